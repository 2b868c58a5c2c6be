"""Runs of the simulator: asked for on a page, played by a process of their own, kept with what came out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import NotFound, SoundingsError
from portal.foundation.ground import Ground
from scheduler.contacts import simulation_store as store
from scheduler.contacts.answers import Answering, ResponsePlan
from scheduler.contacts.gather import gather
from scheduler.contacts.models import SimulationRun
from scheduler.contacts.outcome import Result
from scheduler.contacts.plans import CustomerPlan, TouchpointPlan, assumed_touchpoints
from scheduler.contacts.rules.facts import Person
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.standing import EVERYTHING
from scheduler.contacts.simulator import Setup, simulate
from scheduler.intake.events import EventIn
from scheduler.intake.layout.reading import read_file
from scheduler.intake.layout.shape import read_layout

PART = 100_000
"""So many events are played at once, by whole customers: memory does not grow with the run."""
BEAT, DEAD = timedelta(seconds=2), timedelta(minutes=3)
AT_ONCE = 2_000
MOST = 6
OLD_ENOUGH = timedelta(days=366 * 21)
LONG_ENOUGH = timedelta(days=3_660)


class Cancelled(Exception):
    """Somebody asked for the run to stop."""


class Source(NamedTuple):
    """What is played: how many events, touchpoints, and for each part of the customers the events and who they are."""

    total: int
    touchpoints: list[TouchpointPlan] | None
    part: Callable[[int, int], tuple[Iterable[EventIn], Mapping[str, CustomerPlan] | None]]


def ask(session: Session, actor: Actor, now: datetime, **columns: Any) -> SimulationRun:
    """Put a run into the queue; a process of its own takes it within seconds."""
    made = SimulationRun(created_by=actor.user_id, created_at=now, **columns)
    session.add(made)
    session.flush()
    record(session, actor, "simulation.ask", "simulation", made.id, now, {"source": made.source, "policies": len(made.policies)})
    return made


def cancel(session: Session, run_id: UUID, actor: Actor, now: datetime) -> None:
    """Stop a run that waits at once, one that is played within seconds.

    Raises  NotFound
    """
    found = store.run(session, run_id, lock=True)
    if found is None:
        raise NotFound
    if found.state == "waiting":
        found.state, found.ended_at = "cancelled", now
    elif found.state == "running":
        found.cancel = True
    session.flush()
    record(session, actor, "simulation.cancel", "simulation", run_id, now)


@dataclass
class _Beat:
    """Tells the row now and then how far the run is, and hears whether it is to stop."""

    ground: Ground
    run_id: UUID
    done: int = 0
    last: datetime | None = None

    def __call__(self, seen: int) -> None:
        self.done += seen
        now = self.ground.now()
        if self.last is not None and now - self.last < BEAT:
            return
        self.last = now
        with self.ground.writing() as session:
            if store.beat(session, self.run_id, self.done, now):
                raise Cancelled


def play(ground: Ground, run_id: UUID) -> None:
    """Play a run that was claimed and write down what came of it; an error is its end, said by its code."""
    beat = _Beat(ground, run_id)
    state, result, problem = "done", None, None
    try:
        with ground.reading() as session:
            found = store.run(session, run_id)
            if found is None:
                raise NotFound
            session.expunge(found)
        result = _results(ground, found, beat)
    except Cancelled:
        state = "cancelled"
    except SoundingsError as error:
        state, problem = "failed", error.code
    except Exception as error:
        _end(ground, run_id, "failed", None, type(error).__name__)
        raise
    _end(ground, run_id, state, result, problem)


def _end(ground: Ground, run_id: UUID, state: str, result: list[dict[str, Any]] | None, problem: str | None) -> None:
    now = ground.now()
    with ground.writing() as session:
        row = store.run(session, run_id, lock=True)
        if row is not None:
            row.state, row.result, row.problem, row.ended_at, row.beat_at = state, result, problem, now, now
            if state == "done":
                row.done = row.total


def _results(ground: Ground, found: SimulationRun, beat: _Beat) -> list[dict[str, Any]]:
    results = []
    with _source(ground, found) as source:
        with ground.writing() as session:
            row = store.run(session, found.id, lock=True)
            if row is not None:
                row.total = source.total * len(found.policies)
        for one in found.policies:
            policy = ContactPolicy.model_validate({**one["policy"], "salt": one.get("salt", "")})
            came = _play_policy(ground, source, policy, beat)
            results.append({"label": one["label"], **came.as_dict(), "histogram": histogram(came)})
    return results


def _play_policy(ground: Ground, source: Source, policy: ContactPolicy, beat: _Beat) -> Result:
    """Part by part where no rule ties customers together, else all at once."""
    tied = bool(policy.quotas or policy.budgets)
    parts = 1 if tied else max(1, -(-source.total // PART))
    whole: Result | None = None
    for number in range(parts):
        events, customers = source.part(number, parts)
        answering = Answering(ResponsePlan())
        setup = Setup(policy, ground.settings.zone, source.touchpoints, customers, answering)
        found = simulate(events, setup, beat, keep=False)
        whole = found if whole is None else merged(whole, found)
    return whole or Result()


def histogram(found: Result) -> list[int]:
    """How many customers got none, one, two … six or more invitations."""
    counts = [0] * (MOST + 1)
    for ref in found.persons:
        counts[min(MOST, found.sent_to[ref])] += 1
    return counts


def merged(first: Result, second: Result) -> Result:
    """Two results of different customers as one."""
    first.candidates += second.candidates
    first.deferrals += second.deferrals
    for name in ("outcomes", "drops", "sent_to"):
        getattr(first, name).update(getattr(second, name))
    for name in ("by_touchpoint", "by_unit"):
        for code, counts in getattr(second, name).items():
            getattr(first, name)[code].update(counts)
    first.persons |= second.persons
    return first


@contextmanager
def _source(ground: Ground, found: SimulationRun) -> Iterator[Source]:
    if found.source == "file":
        with _file_source(ground, found) as source:
            yield source
    else:
        with ground.reading() as session:
            yield _recorded_source(ground, session, found)


@contextmanager
def _file_source(ground: Ground, found: SimulationRun) -> Iterator[Source]:
    folder = folder_of(ground, found.id)
    with read_file(folder / found.file, read_layout(folder / found.layout)) as reading:
        types = {event.event_type for event in reading.events()}

        def part(number: int, parts: int) -> tuple[Iterable[EventIn], None]:
            return (one for one in reading.events() if _part_of(one.customer_ref, parts) == number), None

        yield Source(reading.count, assumed_touchpoints(types), part)


def _part_of(ref: str, parts: int) -> int:
    return blake2b(ref.encode(), digest_size=2).digest()[0] * parts // 256


def _recorded_source(ground: Ground, session: Session, found: SimulationRun) -> Source:
    first, last = found.first or found.created_at, found.last or found.created_at
    plans = [_plan(one) for one in store.touchpoints(session)]

    def part(number: int, parts: int) -> tuple[Iterable[EventIn], Mapping[str, CustomerPlan]]:
        ids = store.persons(session, first, last, number, parts)
        return store.events(session, first, last, number, parts), _customers(session, ids, first, last, ground.settings.zone)

    return Source(store.how_many(session, first, last), plans, part)


def _plan(row: Any) -> TouchpointPlan:
    return TouchpointPlan(
        code=row.code, event_type=row.event_type, class_=row.class_, priority=row.priority, delay_minutes=row.delay_minutes,
        filter=row.filter, group=row.group, channels=tuple(row.channels), rate=row.rate, tenure_days=row.tenure_days,
        cooldown=row.cooldown or {}, avoid_holidays=row.avoid_holidays,
    )  # fmt: skip


def _customers(session: Session, ids: Sequence[UUID], first: datetime, last: datetime, zone: str) -> dict[str, CustomerPlan]:
    """Who the customers are today; those alike share one plan, so that a million of them fit."""
    found: dict[str, CustomerPlan] = {}
    shared: dict[CustomerPlan, CustomerPlan] = {}
    for start in range(0, len(ids), AT_ONCE):
        people = gather(session, ids[start : start + AT_ONCE], last, zone, since=last)
        for person in people.persons.values():
            plan = _customer(person, first)
            found[person.ref] = shared.setdefault(plan, plan)
    return found


def _customer(person: Person, first: datetime) -> CustomerPlan:
    """A person for the simulator; a long relation and a full age are as good as unknown, which the rules hold against nobody."""
    born, since = person.birth_date, person.customer_since
    return CustomerPlan(
        ref="*",
        consent="survey" in person.consents,
        opt_out=EVERYTHING in person.opted_out or "survey" in person.opted_out,
        birth_date=born if born and born > (first - OLD_ENOUGH).date() else None,
        customer_since=since if since and since > (first - LONG_ENOUGH).date() else None,
        listed="never" if person.excluded_by else "bypass" if person.bypass else "",
        reach=";".join(sorted(person.channels)),
        zone=getattr(person.zone, "key", ""),
    )


def folder_of(ground: Ground, run_id: UUID) -> Path:
    """Where a run's uploaded files lie."""
    return ground.settings.data_dir / "simulations" / str(run_id)
