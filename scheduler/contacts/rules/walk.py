"""One person's candidates in simulated time: through each due time in turn, deferrals and all. Replay and simulator share it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from scheduler.contacts.rules.arbitrate import Weighed, contact_of, decide_person
from scheduler.contacts.rules.decide import Rulebook, Verdict
from scheduler.contacts.rules.explain import as_of
from scheduler.contacts.rules.facts import Candidate, PastContact, Person
from scheduler.contacts.rules.reasons import Outcome
from scheduler.contacts.rules.windows import add

Answering = Callable[[Candidate, PastContact], PastContact]
"""What becomes of a contact once it is sent: the same row with the times of the answer, which may lie ahead."""


class Step(NamedTuple):
    """One verdict and the simulated time at which it fell."""

    candidate: Candidate
    verdict: Verdict
    at: datetime


def walk(
    book: Rulebook, candidates: Sequence[Candidate], person: Person, answering: Answering | None = None, until: datetime | None = None
) -> list[Step]:
    """Decide one person's candidates, each when it is due, as if the clock stood at its due time.

    Shape   at each step all that were received by then and fall due within the window compete; what is put off comes
            again at its new due time. `person.history` grows by what is sent. What falls due after `until` is left
    Returns every verdict in order, deferrals among them
    """
    waiting = list(candidates)
    steps: list[Step] = []
    while waiting:
        now = min(map(_up_at, waiting))
        if until is not None and now > until:
            break
        up = [one for one in waiting if one.received_at <= now and (one.due_at <= now or one.due_at < now + book.window)]
        seen = person if answering is None else person._replace(history=as_of(person.history, now))
        decided = decide_person(book, up, seen, now)
        steps += [Step(one, verdict, now) for one, verdict in decided]
        if answering is not None:
            _learn(book, person, decided, answering)
        waiting = _left(waiting, decided)
    return steps


def _up_at(candidate: Candidate) -> datetime:
    return max(candidate.due_at, candidate.received_at)


def _learn(book: Rulebook, person: Person, decided: Sequence[Weighed], answering: Answering) -> None:
    for one, verdict in decided:
        if verdict.outcome is Outcome.SEND:
            add(person.history, answering(one, contact_of(book, one, verdict)))


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
