"""SQL of the files that wait to be read or looked at."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session, col

from questionnaires.interchange.models import FileTaken


class Seen(NamedTuple):
    """A file in a list, without what is in it."""

    id: UUID
    name: str
    state: str
    done: int
    total: int
    questionnaire_id: UUID | None
    created_at: datetime


def anything(session: Session) -> bool:
    """Whether a file waits to be read."""
    return session.scalar(select(col(FileTaken.id)).where(col(FileTaken.state).in_(("waiting", "reading"))).limit(1)) is not None


def claim(session: Session, now: datetime, until: datetime) -> FileTaken | None:
    """The oldest file that nobody reads, held until a moment.

    Note    one whose reader died is refused: it may be what killed the reader, and would do so again and again
    """
    free = or_(col(FileTaken.leased_until).is_(None), col(FileTaken.leased_until) <= now)
    rows = select(FileTaken).where(col(FileTaken.state).in_(("waiting", "reading")), free).order_by(col(FileTaken.created_at))
    while (found := session.scalars(rows.limit(1).with_for_update(skip_locked=True)).one_or_none()) is not None:
        if found.state == "waiting":
            break
        found.state, found.problem, found.sealed, found.leased_until = "refused", {"file": "file_cannot_be_read"}, None, None
        session.flush()
    if found is not None:
        found.state, found.leased_until, found.done = "reading", until, 0
        session.flush()
    return found


def save(session: Session, file_id: UUID, values: Mapping[str, Any]) -> None:
    """Write how far a file is."""
    row = update(FileTaken).where(col(FileTaken.id) == file_id).values(**values)
    session.execute(row.execution_options(synchronize_session=False))


def of_owner(session: Session, file_id: UUID, owner_id: UUID, *, lock: bool = False) -> FileTaken | None:
    """One's own file."""
    query = select(FileTaken).where(col(FileTaken.id) == file_id, col(FileTaken.owner_id) == owner_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def definition_of(session: Session, file_id: UUID, owner_id: UUID) -> dict[str, Any] | None:
    """What one's own file became, ready to be looked at."""
    query = select(col(FileTaken.definition)).where(
        col(FileTaken.id) == file_id, col(FileTaken.owner_id) == owner_id, col(FileTaken.state) == "ready"
    )
    return session.scalar(query)


def listed(session: Session, owner_id: UUID, limit: int = 20) -> list[Seen]:
    """Somebody's files, the newest first."""
    columns = [getattr(FileTaken, name) for name in Seen._fields]
    query: Any = select(*columns).where(col(FileTaken.owner_id) == owner_id)
    return [Seen(*row) for row in session.execute(query.order_by(col(FileTaken.created_at).desc()).limit(limit))]


def remove(session: Session, file_id: UUID) -> None:
    """Throw a file away."""
    session.execute(delete(FileTaken).where(col(FileTaken.id) == file_id))


def clean_up(session: Session, before: datetime) -> int:
    """Remove files of last week; drafts that were made of them stay."""
    gone = session.execute(delete(FileTaken).where(col(FileTaken.created_at) < before).execution_options(synchronize_session=False))
    return int(gone.rowcount)  # type: ignore[attr-defined]
