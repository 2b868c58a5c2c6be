"""The SQL of the simulator's runs, and of the recorded events they play."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from portal.people.models import Customer, OrgUnit, User
from scheduler.contacts.models import SimulationRun
from scheduler.intake.events import EventIn
from scheduler.intake.models import Event
from scheduler.touchpoints.models import Touchpoint
from scheduler.touchpoints.rules.schema import OWN_TYPES

PAGE = 2_000
SHARDS = 256


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


def how_many(session: Session, first: datetime, last: datetime) -> int:
    """How many events were recorded in a time."""
    query = select(func.count()).select_from(Event).where(col(Event.occurred_at) >= first, col(Event.occurred_at) < last)
    return session.scalar(query.where(col(Event.event_type).not_in(OWN_TYPES))) or 0


def persons(session: Session, first: datetime, last: datetime, part: int, parts: int) -> list[UUID]:
    """Everybody of a part of the customers to whom something happened."""
    query = select(col(Event.person_id)).join(Customer, col(Customer.id) == col(Event.person_id)).distinct()
    return list(session.scalars(query.where(*_in_part(first, last, part, parts))))


def events(session: Session, first: datetime, last: datetime, part: int, parts: int) -> Iterator[EventIn]:
    """A part's recorded events in order of time, a page of rows in memory at once."""
    query = (
        select(Event, col(Customer.ref), col(OrgUnit.code))
        .join(Customer, col(Customer.id) == col(Event.person_id))
        .outerjoin(OrgUnit, col(OrgUnit.id) == col(Event.unit_id))
        .where(*_in_part(first, last, part, parts), col(Customer.ref).is_not(None))
        .order_by(col(Event.occurred_at), col(Event.event_id))
        .execution_options(yield_per=PAGE)
    )
    for event, ref, unit in session.execute(query):
        yield EventIn.model_construct(
            event_id=event.event_id, event_type=event.event_type, customer_ref=ref, occurred_at=event.occurred_at,
            transaction_ref=event.transaction_ref, unit=unit, staff=event.staff, channel=event.channel, attributes=event.attributes,
        )  # fmt: skip
        session.expunge(event)


def _in_part(first: datetime, last: datetime, part: int, parts: int) -> Sequence[Any]:
    low, high = SHARDS * part // parts, SHARDS * (part + 1) // parts
    return (
        col(Event.occurred_at) >= first, col(Event.occurred_at) < last, col(Event.event_type).not_in(OWN_TYPES),
        col(Customer.shard) >= low, col(Customer.shard) < high,
    )  # fmt: skip


def touchpoints(session: Session) -> list[Touchpoint]:
    """The touchpoints that are on, campaigns aside."""
    query = select(Touchpoint).where(col(Touchpoint.active).is_(True), col(Touchpoint.event_type).not_in(OWN_TYPES))
    return list(session.scalars(query.order_by(col(Touchpoint.code))))
