"""The decision when due: claim persons, read, weigh, reserve, all in the transaction that holds their locks."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.crypto import Keys
from portal.foundation.settings import Settings
from questionnaires.metrics.store.counting import add_funnel
from scheduler.contacts import policies
from scheduler.contacts.gather import Gathering, candidate_facts
from scheduler.contacts.rules.arbitrate import decide_person
from scheduler.contacts.rules.facts import Candidate, Person
from scheduler.contacts.rules.walk import Answering, Step, walk
from scheduler.contacts.standing import Standing, standing_at
from scheduler.contacts.store import claiming, ledger
from scheduler.contacts.store.claiming import CandidateRow
from scheduler.contacts.store.hot import together
from scheduler.contacts.writing import Batch

BATCH = 500
"""At most so many due candidates a batch while serving: the writer is held for some tens of milliseconds."""


@dataclass(frozen=True)
class Means:
    """What deciding needs besides the database."""

    settings: Settings
    keys: Keys

    @property
    def zone(self) -> ZoneInfo:
        """The bank's zone: days and periods."""
        return ZoneInfo(self.settings.zone)


@dataclass(frozen=True)
class Simulated:
    """Simulated time instead of the clock's.

    Shape   each candidate is decided at its own due time up to `until`, and what is sent counts as handed over;
            `sent` sees each batch in its transaction
    """

    until: datetime
    answering: Answering | None = None
    sent: Callable[[Session, Batch], None] | None = None


def decide_due(session: Session, means: Means, now: datetime, limit: int = BATCH, shards: Sequence[int] | None = None) -> int:
    """Decide the candidates that are due, with all that compete with them; returns how many were looked at.

    Shape   one transaction, given by the caller; a number of statements that does not grow with the batch
    """
    version = policies.in_force(session, now)
    person_ids = claiming.claim_persons(session, now, limit, shards)
    if not person_ids:
        return 0
    standing = standing_at(session, version, means.settings, now)
    until = now + standing.book.window if standing.book.window else _just_after(now)

    def weigh(group: Sequence[Candidate], person: Person) -> list[Step]:
        return [Step(candidate, verdict, now) for candidate, verdict in decide_person(standing.book, group, person, now)]

    with _unhurried_by_the_collector():
        with together(session):
            waiting = claiming.DUE_OF.ask(session, persons=person_ids, received_by=now, due_before=until)
            gathering = Gathering(session, person_ids, now, since=now - standing.since)
            rows = list(map(CandidateRow._make, waiting()))
            batch = _weighed(session, _Given(standing, means, rows, gathering), now, weigh)
        _write(session, batch)
    return len(rows)


def decide_simulated(session: Session, means: Means, simulated: Simulated, limit: int) -> int:
    """The same in simulated time: whole persons, each through all its due times up to `simulated.until`."""
    until = simulated.until
    version = policies.in_force(session, until)
    person_ids = claiming.claim_persons(session, until, limit)
    if not person_ids:
        return 0
    standing = standing_at(session, version, means.settings, until)

    def through(group: Sequence[Candidate], person: Person) -> list[Step]:
        return walk(standing.book, group, person, simulated.answering, until)

    with _unhurried_by_the_collector():
        rows = list(map(CandidateRow._make, claiming.WAITING_OF.rows(session, persons=person_ids, received_by=until)))
        earliest = min((row.due_at for row in rows), default=until)
        with together(session):
            gathering = Gathering(session, person_ids, until, since=min(earliest, until) - standing.since)
            batch = _weighed(session, _Given(standing, means, rows, gathering), until, through, simulated)
        _write(session, batch, simulated)
    return len(rows)


@dataclass(frozen=True)
class _Given:
    """What one batch is made of."""

    standing: Standing
    means: Means
    rows: Sequence[CandidateRow]
    gathering: Gathering


def _weighed(
    session: Session,
    given: _Given,
    now: datetime,
    weigh: Callable[[Sequence[Candidate], Person], list[Step]],
    simulated: Simulated | None = None,
) -> Batch:
    """Weigh person by person; the database marks the candidates while the other rows are made."""
    groups = _groups(given)
    people = given.gathering.people(given.means.settings.zone)
    rows = {row.id: row for row in given.rows}
    batch = Batch(given.standing, people, rows, given.means.keys, given.means.zone, simulated.answering if simulated else None)
    for person_id, group in groups.items():
        batch.add(weigh(group, people.persons[person_id]))
    ledger.mark_candidates(session, batch.marks)
    batch.finish(now, simulated=simulated is not None)
    return batch


def _write(session: Session, batch: Batch, simulated: Simulated | None = None) -> None:
    ledger.write(session, batch.written)
    add_funnel(session, batch.funnel)
    if simulated and simulated.sent:
        simulated.sent(session, batch)


@contextmanager
def _unhurried_by_the_collector() -> Iterator[None]:
    """A batch makes a hundred thousand small tuples in no circles; the collector would look through them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _groups(given: _Given) -> dict[UUID, list[Candidate]]:
    groups: dict[UUID, list[Candidate]] = defaultdict(list)
    for row in given.rows:
        ref = given.gathering.ref(row.person_id)
        groups[row.person_id].append(candidate_facts(row, given.standing, ref, given.means.zone))
    return groups


def _just_after(now: datetime) -> datetime:
    return now + timedelta(microseconds=1)
