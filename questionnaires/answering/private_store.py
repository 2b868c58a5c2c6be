"""SQL of answers that are brought under seal."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from questionnaires.answering.models import Response


class Stored(NamedTuple):
    """An answer as it is stored."""

    id: UUID
    version_id: UUID
    revision: int
    answers: dict[str, Any]
    private_enc: bytes | None


class Changed(NamedTuple):
    """An answer as it shall be, and the revision it was read at."""

    id: UUID
    revision: int
    answers: dict[str, Any]
    private_enc: bytes


def after(session: Session, last: UUID | None, limit: int) -> list[Stored]:
    """The next answers behind a key, in the order of keys."""
    rows = select(*(col(getattr(Response, name)) for name in Stored._fields)).order_by(col(Response.id)).limit(limit)
    if last is not None:
        rows = rows.where(col(Response.id) > last)
    return [Stored(*row) for row in session.execute(rows)]


def change(session: Session, rows: Sequence[Changed]) -> None:
    """Write answers anew; one whose customer went on meanwhile is left to the next round."""
    if not rows:
        return
    table: Any = Response.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    same = (table.c.id == bindparam("of"), table.c.revision == bindparam("was"))
    values: dict[str, Any] = {"answers": bindparam("new"), "private_enc": bindparam("sealed")}
    given = [{"of": one.id, "was": one.revision, "new": one.answers, "sealed": one.private_enc} for one in rows]
    session.connection().execute(update(table).where(*same).values(values), given)
