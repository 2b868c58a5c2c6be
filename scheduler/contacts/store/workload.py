"""The SQL of R8's rests: units with more open cases than they can handle, and who was told."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import OrgUnit
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from scheduler.contacts.models import UnitLoad, UnitPause


class Loaded(NamedTuple):
    """A unit with its open cases and what it can handle."""

    unit_id: UUID
    open_cases: int
    capacity: int


def over_capacity(session: Session, capacity: int) -> list[Loaded]:
    """Units at or over their capacity; their own goes before the policy's."""
    own = func.coalesce(col(UnitLoad.capacity), capacity)
    query = select(col(UnitLoad.unit_id), col(UnitLoad.open_cases), own).where(own > 0, col(UnitLoad.open_cases) >= own)
    return [Loaded(*row) for row in session.execute(query.order_by(col(UnitLoad.unit_id)))]


def pauses_until(session: Session, since: datetime) -> list[UnitPause]:
    """Rests that last, or ended since."""
    return list(session.scalars(select(UnitPause).where(col(UnitPause.until) > since)))


def add(session: Session, pauses: Sequence[UnitPause]) -> None:
    """Write rests."""
    session.add_all(pauses)
    session.flush()


def end(session: Session, pause_ids: Iterable[UUID], now: datetime) -> None:
    """The units can take more again."""
    session.execute(update(UnitPause).where(ids_in(col(UnitPause.id), pause_ids)).values(until=now))


def told_to(session: Session, scope: Scope, now: datetime) -> list[tuple[UnitPause, OrgUnit]]:
    """Rests of now that were reported to units of a scope."""
    query = select(UnitPause, OrgUnit).join(OrgUnit, col(OrgUnit.id) == col(UnitPause.unit_id))
    seen = in_scope(col(UnitPause.reported_to), scope, now)
    rows = session.execute(query.where(col(UnitPause.from_) <= now, col(UnitPause.until) > now, seen).order_by(col(UnitPause.from_)))
    return [(pause, unit) for pause, unit in rows]
