"""The SQL of print sheets. Lists leave the PDF out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import Session, col

from portal.people import store as people
from portal.people.models import OrgUnit, User
from portal.people.rules.roles import Scope
from questionnaires.answering.links_models import PosterSheet


class Row(NamedTuple):
    """A sheet without its content."""

    id: UUID
    unit_id: UUID
    layout: str
    state: str
    done: int
    total: int
    options: dict[str, Any]
    created_at: datetime
    unit: OrgUnit
    maker: str


_COLUMNS = (
    *(col(PosterSheet.id), col(PosterSheet.unit_id), col(PosterSheet.layout), col(PosterSheet.state), col(PosterSheet.done)),
    *(col(PosterSheet.total), col(PosterSheet.options), col(PosterSheet.created_at)),
)


def listed(session: Session, scope: Scope, now: datetime, limit: int = 50) -> list[Row]:
    """The newest sheets of the units in a scope."""
    rows = select(*_COLUMNS, OrgUnit, func.coalesce(col(User.name), "")).join(OrgUnit, col(OrgUnit.id) == col(PosterSheet.unit_id))
    rows = rows.outerjoin(User, col(User.id) == col(PosterSheet.made_by)).where(people.in_scope(col(PosterSheet.unit_id), scope, now))
    return [Row(*row) for row in session.execute(rows.order_by(col(PosterSheet.created_at).desc()).limit(limit))]


def content(session: Session, sheet_id: UUID) -> tuple[UUID, bytes | None] | None:
    """A sheet's unit and PDF."""
    found = session.execute(select(col(PosterSheet.unit_id), col(PosterSheet.pdf)).where(col(PosterSheet.id) == sheet_id)).one_or_none()
    return (found[0], bytes(found[1]) if found[1] is not None else None) if found else None


def claim(session: Session, now: datetime, until: datetime) -> PosterSheet | None:
    """The oldest sheet that nobody is making, held until a moment; one that was begun by a process that died is taken again."""
    free = or_(col(PosterSheet.leased_until).is_(None), col(PosterSheet.leased_until) <= now)
    rows = select(PosterSheet).where(col(PosterSheet.state).in_(("waiting", "making")), free).order_by(col(PosterSheet.created_at))
    found = session.scalars(rows.limit(1).with_for_update(skip_locked=True)).one_or_none()
    if found is not None:
        found.state, found.leased_until, found.done = "making", until, 0
        session.flush()
    return found


def save(session: Session, sheet_id: UUID, values: Mapping[str, Any]) -> None:
    """Write how far a sheet is."""
    row = update(PosterSheet).where(col(PosterSheet.id) == sheet_id).values(**values)
    session.execute(row.execution_options(synchronize_session=False))


def clean_up(session: Session, before: datetime) -> int:
    """Remove old sheets; they can be made again at any time."""
    gone = session.execute(delete(PosterSheet).where(col(PosterSheet.created_at) < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]
