"""The decision when due: claim persons, read, weigh, reserve, all in the transaction that holds their locks."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.crypto import Keys
from portal.foundation.queries import together
from portal.foundation.settings import Settings
from questionnaires.metrics.store.counting import add_funnel
from scheduler.contacts import companies, policies, rooms
from scheduler.contacts.gather import Gathering, People, candidate_facts
from scheduler.contacts.rules.arbitrate import decide_person
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import Candidate
from scheduler.contacts.rules.room import Room
from scheduler.contacts.rules.walk import Answering, Step, Track, walk_all
from scheduler.contacts.standing import Standing, standing_at
from scheduler.contacts.store import claiming, ledger
from scheduler.contacts.store.claiming import CandidateRow, Claimed
from scheduler.contacts.store.precision import Rates
from scheduler.contacts.writing import Batch
from scheduler.touchpoints import circles

BATCH = 500
"""At most so many due candidates a batch while serving: the writer is held for some tens of milliseconds."""

PORTION = 200
"""So many decisions are sent to the database at once while more are weighed."""


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
            `sent` sees each batch in its transaction; `room` goes from batch to batch, since nobody else decides meanwhile;
            `plan` stands for the stored plan of sampling to precision
    """

    until: datetime
    room: Room
    answering: Answering | None = None
    sent: Callable[[Session, Batch], None] | None = None
    plan: Rates | None = None


def decide_due(session: Session, means: Means, now: datetime, limit: int = BATCH, shards: Sequence[int] | None = None) -> int:
    """Decide the candidates that are due, with all that compete with them; returns how many were looked at.

    Shape   one transaction, given by the caller; a number of statements that does not grow with the batch
    """
    versions = policies.now_in_force(session, now)
    claimed = claiming.claim_persons(session, now, limit, shards)
    if not claimed.person_ids:
        return 0
    standing = standing_at(session, versions.version, means.settings, now, versions.variant)
    with _unhurried_by_the_collector():
        return _decide(session, means, standing, claimed, now)


def _decide(session: Session, means: Means, standing: Standing, claimed: Claimed, now: datetime) -> int:
    """Read, weigh and write at one instant; all that was made is gone when this returns, before the collector is on again."""
    person_ids = claimed.person_ids
    until = now + standing.window if standing.window else _just_after(now)
    since, room = now - standing.since, Room(means.zone, rests=standing.rests, unit_ids=standing.unit_ids)
    inside = circles.of_persons(session, standing.circles, person_ids)
    with together(session) as arrived:
        waiting = claiming.DUE_OF.ask(session, persons=person_ids, received_by=now, due_before=until)
        arrived()
        gathering = Gathering(session, person_ids, now, inside, shared=room, refs=claimed.refs)
        given = _given(standing, means, waiting(), gathering, since, arrived)
    rooms.open_room(session, room, standing, given.candidates(), now)
    _share_companies(session, given, since)
    batch = _weighed(session, given, now, lambda: _each(given, now))
    _write(session, batch, room)
    return len(given.rows)


def decide_simulated(session: Session, means: Means, simulated: Simulated, limit: int) -> int:
    """The same in simulated time: the next `limit` candidates, or more where several are due at one instant, all in order of time."""
    until = min(simulated.until, claiming.last_of_next(session, limit) or simulated.until)
    versions = policies.now_in_force(session, until)
    claimed = claiming.claim_persons(session, until, None)
    if not claimed.person_ids:
        return 0
    with _unhurried_by_the_collector():
        return _simulate(session, means, simulated, versions, claimed, until)


def _simulate(session: Session, means: Means, simulated: Simulated, versions: policies.InForce, claimed: Claimed, until: datetime) -> int:
    rows = claiming.WAITING_OF.rows(session, persons=claimed.person_ids, received_by=until)
    earliest = min((row.due_at for row in rows), default=until)
    standing = standing_at(session, versions.version, means.settings, until, versions.variant, rests_since=earliest)
    if simulated.plan is not None:
        standing = replace(standing, plan=simulated.plan)
    since, room = min(earliest, until) - standing.since, simulated.room
    inside = circles.of_persons(session, standing.circles, claimed.person_ids)
    room.rests, room.unit_ids = standing.rests, standing.unit_ids
    with together(session) as arrived:
        gathering = Gathering(session, claimed.person_ids, until, inside, shared=room, refs=claimed.refs)
        given = _given(standing, means, rows, gathering, since, arrived)
    _share_companies(session, given, since)
    batch = _weighed(session, given, until, lambda: _through(given, simulated.answering, until), simulated)
    _write(session, batch, room, simulated)
    return len(batch.marks)


@dataclass(frozen=True)
class _Given:
    """What one batch is made of."""

    standing: Standing
    means: Means
    rows: Sequence[CandidateRow]
    groups: Mapping[UUID, list[Candidate]]
    people: People
    units: Mapping[UUID, UUID | None]

    def candidates(self) -> list[Candidate]:
        """All of them."""
        return [one for group in self.groups.values() for one in group]

    def book(self, person_id: UUID) -> Rulebook:
        """The rules that hold for a person."""
        if self.standing.variant is None:
            return self.standing.book
        return self.standing.choose(self.people.persons[person_id].ref, self.units[person_id]).book


def _given(
    standing: Standing, means: Means, rows: Sequence[CandidateRow], gathering: Gathering, since: datetime, arrived: Callable[[], None]
) -> _Given:
    """The candidates by person, made while the customers are on their way, where their refs are known; the persons while the ledger is.

    Note    whoever was not drawn for anything is refused before any rule looks at the ledger, so theirs is not read
    """
    zone, segments = means.zone, gathering.segments() if standing.by_segment else {}
    known: list[CandidateRow] = []
    groups: dict[UUID, list[Candidate]] = defaultdict(list)
    for row in rows:
        if (ref := gathering.refs.get(row.person_id)) is not None:  # one who was just found to be another waits for its new name
            known.append(row)
            groups[row.person_id].append(candidate_facts(row, standing, ref, zone, segments.get(row.customer_id) if segments else None))
    drawn = _drawn(standing.books, groups)
    arrived()
    gathering.ask_history(drawn, since)
    people = gathering.people(standing.zone(means.settings.zone))
    units = {row.person_id: row.account_unit_id for row in known} if standing.variant else {}
    return _Given(standing, means, known, groups, people, units)


def _drawn(books: Sequence[Rulebook], groups: Mapping[UUID, list[Candidate]]) -> list[UUID]:
    """Persons who were drawn for anything under any of the rules that may hold for them."""
    if len(books) == 1:
        drawn = books[0].drawn
        return [who for who, group in groups.items() if any(map(drawn, group))]
    return [who for who, group in groups.items() if any(book.drawn(one) for book in books for one in group)]


def _share_companies(session: Session, given: _Given, since: datetime) -> None:
    """Let the persons see the companies they speak for, besides the room that all share."""
    if companies.matter(given.standing.books):
        owners = {row.id: row.person_id for row in given.people.customers.values() if row.for_company}
        given.people.persons.update(companies.with_companies(session, given.people.persons, owners, since))


def _each(given: _Given, now: datetime) -> Iterator[list[Step]]:
    """Everybody's verdicts at one instant."""
    persons = given.people.persons
    for person_id, group in given.groups.items():
        decided = decide_person(given.book(person_id), group, persons[person_id], now)
        yield [Step(candidate, verdict, now) for candidate, verdict in decided]


def _through(given: _Given, answering: Answering | None, until: datetime) -> Iterator[list[Step]]:
    """Everybody's verdicts in order of time, together for each person."""
    persons = given.people.persons
    tracks = {one: Track(given.book(one), group, persons[one], answering) for one, group in given.groups.items()}
    told: dict[UUID, list[Step]] = defaultdict(list)
    for person_id, steps in walk_all(tracks, until):
        told[person_id] += steps
    yield from told.values()


def _weighed(
    session: Session, given: _Given, now: datetime, weigh: Callable[[], Iterator[list[Step]]], simulated: Simulated | None = None
) -> Batch:
    """Weigh person by person; the database takes in decisions meanwhile, and marks the candidates while the other rows are made."""
    rows = {row.id: row for row in given.rows}
    batch = Batch(given.standing, given.people, rows, given.means.keys, given.means.zone, simulated.answering if simulated else None)
    with ledger.writing_decisions(session) as write:
        for steps in weigh():
            batch.add(steps)
            if len(batch.fresh) >= PORTION:
                write(batch.take_fresh())
        write(batch.take_fresh())
    with together(session):
        ledger.mark_candidates(session, batch.marks)
        batch.finish(now, simulated=simulated is not None)
    return batch


def _write(session: Session, batch: Batch, room: Room, simulated: Simulated | None = None) -> None:
    ledger.write(session, batch.written)
    add_funnel(session, batch.funnel)
    rooms.close_room(session, room, alone=simulated is not None)
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


def _just_after(now: datetime) -> datetime:
    return now + timedelta(microseconds=1)
