"""Candidates in simulated time: everybody through each due time in turn, deferrals and all. Replay and simulator share it."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import NamedTuple, TypeVar

from scheduler.contacts.rules.arbitrate import Weighed, contact_of, decide_person
from scheduler.contacts.rules.decide import Rulebook, Verdict
from scheduler.contacts.rules.explain import as_of
from scheduler.contacts.rules.facts import Candidate, PastContact, Person
from scheduler.contacts.rules.quotas import completes_of
from scheduler.contacts.rules.reasons import Outcome
from scheduler.contacts.rules.windows import add

Who = TypeVar("Who", bound=Hashable)
Answering = Callable[[Candidate, PastContact], PastContact]
"""What becomes of a contact once it is sent: the same row with the times of the answer, which may lie ahead."""


class Step(NamedTuple):
    """One verdict and the simulated time at which it fell."""

    candidate: Candidate
    verdict: Verdict
    at: datetime


class Track:
    """One person on the way through simulated time.

    Shape   at each step all that were received by then and fall due within the window compete; what is put off comes
            again at its new due time. `person.history` grows by what is sent
    """

    def __init__(self, book: Rulebook, candidates: Sequence[Candidate], person: Person, answering: Answering | None = None) -> None:
        self._book, self._person, self._answering = book, person, answering
        self._waiting = list(candidates)

    @property
    def ref(self) -> str:
        """Who it is; of two at one instant the smaller reference goes first."""
        return self._person.ref

    def receive(self, candidate: Candidate) -> None:
        """One more of theirs came in."""
        self._waiting.append(candidate)

    def next_at(self) -> datetime | None:
        """When the next candidate is up; None at the end."""
        return min(map(_up_at, self._waiting), default=None)

    def step(self, now: datetime) -> list[Step]:
        """Decide what is up at `now`."""
        book, person = self._book, self._person
        up = [one for one in self._waiting if one.received_at <= now and (one.due_at <= now or one.due_at < now + book.window)]
        seen = person if self._answering is None else person._replace(history=as_of(person.history, now))
        decided = decide_person(book, up, seen, now)
        if self._answering is not None:
            self._learn(decided, self._answering)
        self._waiting = _left(self._waiting, decided)
        return [Step(one, verdict, now) for one, verdict in decided]

    def _learn(self, decided: Sequence[Weighed], answering: Answering) -> None:
        for one, verdict in decided:
            if verdict.outcome is not Outcome.SEND:
                continue
            contact = answering(one, contact_of(self._book, one, verdict))
            add(self._person.history, contact)
            room = self._person.shared
            if room is not None and contact.answered_at is not None and self._book.policy.quotas:
                room.expect(contact.answered_at, completes_of(self._book.policy, one, room.unit_ids))


def walk_all(tracks: Mapping[Who, Track], until: datetime | None = None) -> Iterator[tuple[Who, list[Step]]]:
    """Everybody's steps in order of time, so that what they share (quotas, companies) is taken by whoever comes first.

    Shape   what falls due after `until` is left
    """
    order = list(tracks)
    heap = [(at, tracks[who].ref, place) for place, who in enumerate(order) if (at := tracks[who].next_at()) is not None]
    heapify(heap)
    while heap and (until is None or heap[0][0] <= until):
        now, ref, place = heappop(heap)
        track = tracks[order[place]]
        yield order[place], track.step(now)
        if (at := track.next_at()) is not None:
            heappush(heap, (at, ref, place))


def walk_arrivals(
    arrivals: Iterable[tuple[str, Candidate]], track_of: Callable[[str], Track], let_go: Callable[[str], None] = lambda _ref: None
) -> Iterator[tuple[str, list[Step]]]:
    """The same while candidates come in: nobody is known before their first, and forgotten as soon as nothing of theirs waits.

    Shape   references with their candidates in order of `received_at`; `track_of` makes the track of somebody of whom nothing
            waits, `let_go` hears who was forgotten
    """
    tracks: dict[str, Track] = {}
    heap: list[tuple[datetime, str]] = []
    for ref, candidate in arrivals:
        yield from _until(candidate.received_at, tracks, heap, let_go)
        track = tracks.get(ref) or tracks.setdefault(ref, track_of(ref))
        earlier = track.next_at()
        track.receive(candidate)
        if earlier is None or _up_at(candidate) < earlier:
            heappush(heap, (_up_at(candidate), ref))
    yield from _until(None, tracks, heap, let_go)


def _until(
    end: datetime | None, tracks: dict[str, Track], heap: list[tuple[datetime, str]], let_go: Callable[[str], None]
) -> Iterator[tuple[str, list[Step]]]:
    """What is up before somebody else's candidate comes in."""
    while heap and (end is None or heap[0][0] < end):
        now, ref = heappop(heap)
        track = tracks.get(ref)
        if track is None or track.next_at() != now:
            continue  # what was up then was decided together with something that came in later and fell due sooner
        yield ref, track.step(now)
        if (at := track.next_at()) is None:
            del tracks[ref]
            let_go(ref)
        else:
            heappush(heap, (at, ref))


def walk(
    book: Rulebook, candidates: Sequence[Candidate], person: Person, answering: Answering | None = None, until: datetime | None = None
) -> list[Step]:
    """One person alone: every verdict in order, deferrals among them."""
    return [step for _, steps in walk_all({0: Track(book, candidates, person, answering)}, until) for step in steps]


def _up_at(candidate: Candidate) -> datetime:
    return max(candidate.due_at, candidate.received_at)


def _left(waiting: list[Candidate], decided: Sequence[Weighed]) -> list[Candidate]:
    """Who still waits: those not weighed, and those put off, at their new time."""
    put_off = {one.id: verdict.until for one, verdict in decided}
    left = []
    for one in waiting:
        if one.id not in put_off:
            left.append(one)
        elif (until := put_off[one.id]) is not None:
            left.append(one._replace(due_at=until))
    return left
