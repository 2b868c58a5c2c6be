"""R14 and R16: is there still time, is it quiet now, and by which channel?"""

from datetime import datetime, time

from scheduler.contacts.rules.caps import channel_for
from scheduler.contacts.rules.checks import Check, Failure
from scheduler.contacts.rules.facts import Candidate, Person
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.quiet import NO_DAYS, EndAfter, quiet_hours
from scheduler.contacts.rules.reasons import Reason

_NEVER_QUIET = quiet_hours(time(0), time(0))


def quiet_of(policy: ContactPolicy) -> EndAfter:
    """The policy's quiet hours; where it has none only days off are quiet."""
    section = policy.quiet_hours
    return quiet_hours(section.start, section.end) if section else _NEVER_QUIET


def in_time(policy: ContactPolicy) -> Check:
    """R14: too late is dropped, quiet hours put off. The delay is already in `due_at`."""
    end_after = quiet_of(policy)
    has_hours = policy.quiet_hours is not None

    def check(candidate: Candidate, person: Person, now: datetime) -> Failure | None:
        at = max(now, candidate.due_at)
        if at >= candidate.expires_at:
            return Failure(Reason.EXPIRED, {"expires_at": candidate.expires_at.isoformat()})
        days_off = candidate.touchpoint.days_off.get(person.calendar, NO_DAYS) if candidate.touchpoint.days_off else NO_DAYS
        if has_hours or days_off:
            until = end_after(at, person.zone, days_off)
            if until:
                return Failure(Reason.QUIET_HOURS, {"next_at": until.isoformat()}, until)
        return None

    return check


def reachable(candidate: Candidate, person: Person, _now: datetime) -> Failure | None:
    """R16: some channel of the touchpoint may and can reach the person."""
    if channel_for(candidate, person) is None:
        lost = sorted(person.lost.intersection(candidate.touchpoint.channels))
        wanted = {"wanted": list(candidate.touchpoint.channels)}
        return Failure(Reason.NO_CHANNEL, {**wanted, "lost": lost} if lost else wanted)
    return None
