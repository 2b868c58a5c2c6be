"""The SQL of R8's rests: units with more open cases than they can handle, and who was told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in, upsert_for
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


PAGE = 50


class CapacityRow(NamedTuple):
    """A unit with its own capacity (None: as the policy says), its open cases, and until when its surveys rest."""

    unit: OrgUnit
    capacity: int | None
    open_cases: int
    rests_until: datetime | None


def page(session: Session, scope: Scope, now: datetime, search: str, own: bool, after: str) -> list[CapacityRow]:
    """Units of a scope by code, one more than a page where there are more.

    Shape   `search` in code or name; `own`: only units with a number of their own
    """
    rests = select(func.max(col(UnitPause.until))).where(
        col(UnitPause.unit_id) == col(OrgUnit.id), col(UnitPause.from_) <= now, col(UnitPause.until) > now
    )
    query = (
        select(OrgUnit, col(UnitLoad.capacity), func.coalesce(col(UnitLoad.open_cases), 0), rests.scalar_subquery())
        .outerjoin(UnitLoad, col(UnitLoad.unit_id) == col(OrgUnit.id))
        .where(in_scope(col(OrgUnit.id), scope, now), col(OrgUnit.closed_at).is_(None), col(OrgUnit.code) > after)
        .order_by(col(OrgUnit.code))
        .limit(PAGE + 1)
    )
    if search:
        named = (col(getattr(OrgUnit, name)).icontains(search, autoescape=True) for name in ("code", "name_zh", "name_en"))
        query = query.where(or_(*named))
    if own:
        query = query.where(col(UnitLoad.capacity).is_not(None))
    return [CapacityRow(*row) for row in session.execute(query)]


def units_by_code(session: Session, scope: Scope, now: datetime, codes: Iterable[str]) -> dict[str, UUID]:
    """Units of a scope by code."""
    query = select(col(OrgUnit.code), col(OrgUnit.id)).where(keys_in(col(OrgUnit.code), codes), in_scope(col(OrgUnit.id), scope, now))
    return {row[0]: row[1] for row in session.execute(query)}


def own_capacities(session: Session, scope: Scope, now: datetime, unit_ids: Iterable[UUID]) -> dict[UUID, int | None]:
    """The numbers that units of a scope have of their own."""
    query = select(col(OrgUnit.id), col(UnitLoad.capacity)).outerjoin(UnitLoad, col(UnitLoad.unit_id) == col(OrgUnit.id))
    rows = session.execute(query.where(ids_in(col(OrgUnit.id), unit_ids), in_scope(col(OrgUnit.id), scope, now)))
    return {row[0]: row[1] for row in rows}


def set_capacities(session: Session, numbers: Mapping[UUID, int | None], now: datetime) -> None:
    """Write units' own numbers, also of units that never had a case."""
    if not numbers:
        return
    rows = [{"unit_id": unit, "open_cases": 0, "capacity": number, "changed_at": now} for unit, number in sorted(numbers.items())]
    insert = upsert_for(session)(UnitLoad)
    session.execute(insert.on_conflict_do_update(index_elements=["unit_id"], set_={"capacity": insert.excluded.capacity}), rows)
