"""Runs of the simulator: asked for on a page, played by a process of their own, kept with what came out."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import NotFound, SoundingsError
from portal.foundation.ground import Ground
from scheduler.contacts import simulation_store as store
from scheduler.contacts.answers import Answering, ResponsePlan
from scheduler.contacts.models import SimulationRun
from scheduler.contacts.outcome import Result
from scheduler.contacts.plans import TouchpointPlan, assumed_touchpoints
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.simulation_people import RecordedPeople, look_back, months, touchpoints
from scheduler.contacts.simulator import Setup, simulate
from scheduler.intake.events import EventIn
from scheduler.intake.layout.reading import read_file
from scheduler.intake.layout.shape import read_layout

BEAT, DEAD = timedelta(seconds=2), timedelta(minutes=3)
KEPT = timedelta(hours=1)
"""A folder without a run may belong to one that is being asked for at this moment."""
MOST = 6
"""So many invitations, or more, are one bar of the chart."""


class Cancelled(Exception):
    """Somebody asked for the run to stop."""


class Source(NamedTuple):
    """What is played: how many events, at which touchpoints; `begin` gives for a policy the events and more of its `Setup`."""

    total: int
    touchpoints: list[TouchpointPlan]
    begin: Callable[[ContactPolicy], tuple[Iterable[EventIn], dict[str, Any]]]


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
    finally:
        forget_files(ground, run_id)
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
    events, told = source.begin(policy)
    setup = Setup(policy, ground.settings.zone, source.touchpoints, answering=Answering(ResponsePlan()))._replace(**told)
    return simulate(events, setup, beat, keep=False)


def histogram(found: Result) -> list[int]:
    """How many customers got none, one, two … six or more invitations."""
    counts = [0] * (MOST + 1)
    for ref in found.persons:
        counts[min(MOST, found.sent_to[ref])] += 1
    return counts


@contextmanager
def _source(ground: Ground, found: SimulationRun) -> Iterator[Source]:
    if found.source == "file":
        with _file_source(ground, found) as source:
            yield source
    else:
        yield _recorded_source(ground, found)


@contextmanager
def _file_source(ground: Ground, found: SimulationRun) -> Iterator[Source]:
    folder = folder_of(ground, found.id)
    with read_file(folder / found.file, read_layout(folder / found.layout)) as reading:
        types = {event.event_type for event in reading.events()}
        yield Source(reading.count, assumed_touchpoints(types), lambda _policy: (reading.events(), {}))


def _recorded_source(ground: Ground, found: SimulationRun) -> Source:
    """Today's touchpoints and planned rates; people as they are today, with what they had been sent before if the run wants it."""
    first, last = found.first or found.created_at, found.last or found.created_at
    with ground.reading() as session:
        plans = touchpoints(session, found.created_at)
        rates = store.rates(session, months(first, last))
        total = store.how_many(session, first, last)

    def begin(policy: ContactPolicy) -> tuple[Iterable[EventIn], dict[str, Any]]:
        people = RecordedPeople(ground, first, last, first - look_back(policy, plans) if found.history else None)
        return people.events(), {"customers": people.plans, "past": people, "rates": rates}

    return Source(total, plans, begin)


def folder_of(ground: Ground, run_id: UUID) -> Path:
    """Where a run's uploaded files lie."""
    return ground.settings.data_dir / "simulations" / str(run_id)


def forget_files(ground: Ground, run_id: UUID) -> None:
    """Remove a run's uploaded files: they name customers, and what came out needs them no more."""
    rmtree(folder_of(ground, run_id), ignore_errors=True)


def tidy(ground: Ground, now: datetime) -> int:
    """Remove the files of runs that are neither waiting nor played: their process may have been killed. Returns how many folders went."""
    folders = {folder.name: folder for folder in folder_of(ground, UUID(int=0)).parent.glob("*") if folder.is_dir()}
    if not folders:
        return 0
    with ground.reading() as session:
        needed = {str(one) for one in store.unfinished(session)}
    old = [folder for name, folder in folders.items() if name not in needed and folder.stat().st_mtime < (now - KEPT).timestamp()]
    for folder in old:
        rmtree(folder, ignore_errors=True)
    return len(old)
