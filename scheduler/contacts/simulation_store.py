"""The SQL of the simulator's runs, and of the recorded events they play."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import Customer, OrgUnit, User
from scheduler.contacts.models import SimulationRun
from scheduler.contacts.rules.facts import Planned
from scheduler.contacts.store.precision import newest_plan, rates_of
from scheduler.intake.events import EventIn
from scheduler.intake.models import Event
from scheduler.touchpoints.models import Touchpoint
from scheduler.touchpoints.rules.schema import OWN_TYPES
from scheduler.touchpoints.store import codes_below

PAGE = 2_000
Place = tuple[datetime, str]
"""When an event happened, and its id: where a page ends."""


def runs(session: Session, before: datetime | None, limit: int) -> list[tuple[SimulationRun, str | None]]:
    """Runs with who started them, the newest first."""
    query = select(SimulationRun, col(User.name)).outerjoin(User, col(User.id) == col(SimulationRun.created_by))
    if before is not None:
        query = query.where(col(SimulationRun.created_at) < before)
    return [(row[0], row[1]) for row in session.execute(query.order_by(col(SimulationRun.created_at).desc()).limit(limit))]


def run(session: Session, run_id: UUID, *, lock: bool = False) -> SimulationRun | None:
    """One run."""
    query = select(SimulationRun).where(col(SimulationRun.id) == run_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def going(session: Session, alive_since: datetime) -> int:
    """How many runs are being played by somebody who was heard of lately."""
    query = select(func.count()).where(col(SimulationRun.state) == "running", col(SimulationRun.beat_at) > alive_since)
    return session.scalar(query) or 0


def unfinished(session: Session) -> list[UUID]:
    """Runs that wait or are played."""
    return list(session.scalars(select(col(SimulationRun.id)).where(col(SimulationRun.state).in_(("waiting", "running")))))


def bury(session: Session, alive_since: datetime, now: datetime) -> int:
    """Say of runs whose player was not heard of any more that they failed."""
    values = {"state": "failed", "problem": "simulation_stopped", "ended_at": now}
    query = update(SimulationRun).where(col(SimulationRun.state) == "running", col(SimulationRun.beat_at) <= alive_since)
    done: Any = session.execute(query.values(**values).execution_options(synchronize_session=False))
    return int(done.rowcount)


def claim(session: Session, now: datetime) -> UUID | None:
    """Take the oldest run that waits; two clocks never take the same."""
    query = select(col(SimulationRun.id)).where(col(SimulationRun.state) == "waiting").order_by(col(SimulationRun.created_at)).limit(1)
    found = session.scalar(query.with_for_update(skip_locked=True))
    if found is None:
        return None
    taken = update(SimulationRun).where(col(SimulationRun.id) == found, col(SimulationRun.state) == "waiting")
    done: Any = session.execute(taken.values(state="running", started_at=now, beat_at=now))
    return found if done.rowcount else None


def beat(session: Session, run_id: UUID, done: int, now: datetime) -> bool:
    """Note how far a run is; returns whether it is to stop."""
    session.execute(update(SimulationRun).where(col(SimulationRun.id) == run_id).values(done=done, beat_at=now))
    return bool(session.scalar(select(col(SimulationRun.cancel)).where(col(SimulationRun.id) == run_id)))


class Recorded(NamedTuple):
    """A recorded event with its person's id and the code of the unit that keeps their account."""

    event: EventIn
    person_id: UUID
    account_unit: str

    @property
    def place(self) -> Place:
        """Its place in time; no two events share one."""
        return self.event.occurred_at, self.event.event_id


def how_many(session: Session, first: datetime, last: datetime) -> int:
    """How many events were recorded in a time."""
    query = select(func.count()).select_from(Event).where(col(Event.occurred_at) >= first, col(Event.occurred_at) < last)
    return session.scalar(query.where(col(Event.event_type).not_in(OWN_TYPES))) or 0


def event_types(session: Session) -> list[str]:
    """Every type of which an event was recorded, campaigns aside."""
    return sorted(session.scalars(select(col(Event.event_type)).distinct().where(col(Event.event_type).not_in(OWN_TYPES))))


def page(session: Session, event_type: str, first: datetime, last: datetime, after: Place | None) -> list[Recorded]:
    """The next recorded events of a type in order of time; an index holds them in this order."""
    home = aliased(OrgUnit)
    query = (
        select(Event, col(Customer.ref), col(OrgUnit.code), home.code)  # type: ignore[call-overload]
        .join(Customer, col(Customer.id) == col(Event.person_id))
        .outerjoin(OrgUnit, col(OrgUnit.id) == col(Event.unit_id))
        .outerjoin(home, home.id == col(Customer.unit_id))
        .where(col(Event.event_type) == event_type, col(Event.occurred_at) >= (after[0] if after else first), col(Event.occurred_at) < last)
        .where(col(Customer.ref).is_not(None))
        .order_by(col(Event.occurred_at), col(Event.event_id))
        .limit(PAGE)
    )
    if after is not None:
        query = query.where(tuple_(col(Event.occurred_at), col(Event.event_id)) > tuple_(*after))
    return [Recorded(_event(event, ref, unit), event.person_id, account or "") for event, ref, unit, account in session.execute(query)]


def _event(event: Event, ref: str, unit: str | None) -> EventIn:
    return EventIn.model_construct(
        event_id=event.event_id, event_type=event.event_type, customer_ref=ref, occurred_at=event.occurred_at,
        transaction_ref=event.transaction_ref, unit=unit, staff=event.staff, channel=event.channel, attributes=event.attributes,
    )  # fmt: skip


def touchpoints(session: Session) -> list[Touchpoint]:
    """The touchpoints that are on, campaigns aside."""
    query = select(Touchpoint).where(col(Touchpoint.active).is_(True), col(Touchpoint.event_type).not_in(OWN_TYPES))
    return list(session.scalars(query.order_by(col(Touchpoint.code))))


def chosen_units(session: Session, rows: Iterable[Touchpoint], day: date) -> dict[str, tuple[str, ...]]:
    """By touchpoint that is on in chosen units only: the codes of those, with all below them on a day."""
    chosen = {row.code: [UUID(one) for one in row.units] for row in rows if row.units is not None}
    below = codes_below(session, [one for several in chosen.values() for one in several], day)
    return {code: tuple(sorted({one for unit in several for one in below.get(unit, ())})) for code, several in chosen.items()}


def codes(session: Session, unit_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The codes of units."""
    return {row[0]: row[1] for row in session.execute(select(col(OrgUnit.id), col(OrgUnit.code)).where(ids_in(col(OrgUnit.id), unit_ids)))}


def rates(session: Session, months: Sequence[str]) -> Mapping[tuple[str, str | None, str], Planned] | None:
    """What the newest plan of sampling to precision says, by units' codes; None where there is no plan."""
    plan = newest_plan(session)
    if plan is None:
        return None
    found = rates_of(session, plan.id, months)
    names = codes(session, {unit for _, unit, _ in found if unit})
    return {
        (touchpoint, names.get(unit) if unit else None, month): rate
        for (touchpoint, unit, month), rate in found.items()
        if not unit or unit in names
    }
