"""R12: at most so many contacts within rolling windows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from scheduler.contacts.rules.checks import Check, Failure
from scheduler.contacts.rules.facts import Candidate, CandidateClass, Kind, PastContact, Person
from scheduler.contacts.rules.policy import Cap, ContactPolicy

COUNTED: Mapping[str, frozenset[str]] = {
    "invite": frozenset({Kind.INVITE.value, Kind.RERATE.value}),
    "message": frozenset({Kind.INVITE.value, Kind.RERATE.value, Kind.REMINDER.value}),
    "panel": frozenset({Kind.PANEL.value}),
}
DAY = timedelta(hours=24)
STAFF_CHANNELS = frozenset({"wecom", "email", "file"})


class Limit(NamedTuple):
    """A cap made ready for counting."""

    code: str
    kinds: frozenset[str]
    channel: str | None
    n: int
    length: timedelta
    weighted: bool
    per: str  # person, company or both
    for_service: bool  # the 24-hour and SMS caps hold for re-ratings too, and put them off


class Count(NamedTuple):
    """What was found in a window: how much is used, and when enough of it falls out for one more."""

    used: float
    next_at: datetime | None


def limits(policy: ContactPolicy) -> list[Limit]:
    """The caps that are on."""
    return [_limit(cap) for cap in policy.caps if cap.n]


def _limit(cap: Cap) -> Limit:
    kinds = frozenset({cap.kind}) if cap.kind else COUNTED[cap.scope]
    channel = None if cap.channel == "any" else cap.channel
    return Limit(cap.code, kinds, channel, cap.n, cap.length, cap.weighted, cap.per, cap.length <= DAY or channel == "sms")


def count(limit: Limit, history: Sequence[PastContact], now: datetime, added: float = 1.0) -> Count:
    """Count what lies in the window. `next_at` is set only where one more of weight `added` does not fit."""
    room = limit.n - (added if limit.weighted else 1)
    used = 0.0
    over_since: datetime | None = None
    for past in history:  # newest first: the contact that makes it too much is the one that must fall out
        at = past.counts_at
        if at is None or now - at >= limit.length:
            break
        if past.kind in limit.kinds and (limit.channel is None or past.channel == limit.channel):
            used += past.weight if limit.weighted else 1
            if over_since is None and used > room:
                over_since = at
    if over_since is None:
        return Count(used, None if room >= 0 else now + limit.length)
    return Count(used, over_since + limit.length)


def caps(policy: ContactPolicy) -> Check | None:
    """R12, per person and per company. A re-rating is put off by the 24-hour and SMS caps, the others do not hold for it."""
    active = limits(policy)
    if not active:
        return None
    weights = policy.weights

    def check(candidate: Candidate, person: Person, now: datetime) -> Failure | None:
        if not person.history and not weights and not person.companies:
            return None  # one fits into every cap
        channel = channel_for(candidate, person)
        service = candidate.cls == CandidateClass.SERVICE
        if service and now >= candidate.expires_at:
            return None  # a cap never drops a re-rating: it is too late (R14)
        kind, weight = kind_of(candidate), weights.get(channel or "", 1.0)
        for limit in active:
            if kind not in limit.kinds or (limit.channel and limit.channel != channel) or (service and not limit.for_service):
                continue
            if failure := over(limit, person, now, weight):
                return failure._replace(until=min(_next(failure), candidate.expires_at)) if service else failure
        return None

    return check


def over(limit: Limit, person: Person, now: datetime, weight: float = 1.0) -> Failure | None:
    """Whether one more contact of this weight does not fit: for the person, or for a company they speak for."""
    if limit.per != "company":
        found = count(limit, person.history, now, weight)
        if found.next_at:
            return _failure(limit, found, found.next_at, "person")
    if limit.per != "person":
        for history in person.companies:
            found = count(limit, history, now, weight)
            if found.next_at:
                return _failure(limit, found, found.next_at, "company")
    return None


def _failure(limit: Limit, found: Count, next_at: datetime, of: str) -> Failure:
    days = limit.length.total_seconds() / 86_400
    evidence = {"used": found.used, "n": limit.n, "days": days, "next_at": next_at.isoformat()}
    return Failure(limit.code, evidence if of == "person" else {**evidence, "of": of})


def _next(failure: Failure) -> datetime:
    return datetime.fromisoformat(failure.evidence["next_at"])


def channel_for(candidate: Candidate, person: Person) -> str | None:
    """The first channel that may and can reach the person: their own choice where the touchpoint offers it, else in its order.

    Note    staff are asked at work, never by their own phone
    """
    staff = candidate.cls == CandidateClass.STAFF
    offered, preferred = candidate.touchpoint.channels, person.preferred
    for channel in (preferred, *offered) if preferred in offered else offered:
        if channel in person.channels and not (staff and channel not in STAFF_CHANNELS):
            return channel
    return None


def kind_of(candidate: Candidate) -> str:
    """The kind of contact a candidate would become."""
    if candidate.cls == CandidateClass.SERVICE:
        return Kind.RERATE.value
    return Kind.PANEL.value if candidate.cls == CandidateClass.PANEL else Kind.INVITE.value
