"""R17: once more before every attempt, of what may have changed since the reservation: R2, R4, R12 and quiet hours."""

from datetime import datetime
from typing import NamedTuple

from scheduler.contacts.rules.caps import limits, over
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import Candidate, CandidateClass, Person
from scheduler.contacts.rules.quiet import NO_DAYS
from scheduler.contacts.rules.standing import lawful, live
from scheduler.contacts.rules.timing import quiet_of


class Recheck(NamedTuple):
    """Neither: go on. `release` is the code why it must not be sent, `until` when it may be tried again."""

    release: str | None = None
    until: datetime | None = None


def recheck(book: Rulebook, candidate: Candidate, kind: str, channel: str, person: Person, now: datetime) -> Recheck:
    """Look again at a reserved contact; `person.history` leaves out its own row."""
    for check in (live, lawful):
        if failure := check(candidate, person, now):
            return Recheck(release=failure.code)
    if channel not in candidate.touchpoint.channels:
        return Recheck(release="INACTIVE")
    if channel not in person.channels:
        return Recheck(release="NO_CHANNEL" if channel in person.lost else "OPTED_OUT")
    service = candidate.cls == CandidateClass.SERVICE
    for limit in limits(book.policy):
        if kind not in limit.kinds or (limit.channel and limit.channel != channel) or (service and not limit.for_service):
            continue
        if failure := over(limit, person, now, book.policy.weights.get(channel, 1.0)):
            return Recheck(until=datetime.fromisoformat(failure.evidence["next_at"])) if service else Recheck(release=limit.code)
    days_off = candidate.touchpoint.days_off.get(person.calendar, NO_DAYS)
    return Recheck(until=quiet_of(book.policy)(now, person.zone, days_off))
