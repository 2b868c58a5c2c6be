"""R7 and R8: how many may be asked today, what it may cost, and whether the unit can take more."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from uuid import UUID

from scheduler.contacts.rules.caps import channel_for
from scheduler.contacts.rules.checks import Check, Failure
from scheduler.contacts.rules.facts import Candidate, CandidateClass, Person
from scheduler.contacts.rules.policy import ContactPolicy, QuotaRule
from scheduler.contacts.rules.reasons import Reason
from scheduler.contacts.rules.room import Room, Scope
from scheduler.contacts.rules.standing import IN_ALL

LONGEST = 120


def scope_of(rule: QuotaRule, touchpoint: str, unit: UUID | None, segment: str | None, unit_ids: Mapping[str, UUID]) -> Scope | None:
    """What a quota counts this under; None where it is not about it."""
    if (rule.touchpoint or touchpoint) != touchpoint or (rule.segment or segment) != segment:
        return None
    if rule.unit and (unit is None or unit_ids.get(rule.unit) != unit):
        return None
    parts: list[str] = [rule.what]
    for name, value, fixed in (("touchpoint", touchpoint, rule.touchpoint), ("unit", unit, rule.unit), ("segment", segment, rule.segment)):
        if name in rule.by:
            parts.append(f"{name}:{value.hex if isinstance(value, UUID) else value or '-'}")
        elif fixed:
            parts.append(f"{name}={fixed}")
    text = " ".join(parts)
    return text if len(text) <= LONGEST else f"{text[:80]}#{blake2b(text.encode(), digest_size=16).hexdigest()}"


def scopes_for(rules: Sequence[QuotaRule], candidate: Candidate, unit_ids: Mapping[str, UUID]) -> list[tuple[Scope, int]]:
    """The quotas that a candidate falls under, with how many each allows."""
    found = ((scope_of(one, candidate.touchpoint.code, candidate.in_charge, candidate.segment, unit_ids), one.n) for one in rules)
    return [(scope, n) for scope, n in found if scope is not None]


def active_quotas(policy: ContactPolicy, what: str | None = None) -> list[QuotaRule]:
    """The quotas that are on; of invites or completes, or all."""
    return [one for one in policy.quotas if one.n and what in (None, one.what)]


def budgets_of(policy: ContactPolicy) -> dict[str, int]:
    """What each channel may cost a day, in cents; a channel without a price needs no budget."""
    return {one.channel: one.cents for one in policy.budgets if one.cents and policy.costs.get(one.channel)}


def pilot_scope(touchpoint: str) -> Scope:
    """Under which a pilot's invitations are counted, from its beginning to its end."""
    return f"pilot:{touchpoint}"


def room_left(policy: ContactPolicy) -> Check | None:
    """R7: the quotas of the day, then the channel's money."""
    rules, budgets, costs = active_quotas(policy), budgets_of(policy), policy.costs
    if not rules and not budgets:
        return None

    def check(candidate: Candidate, person: Person, now: datetime) -> Failure | None:
        room = person.shared
        if room is None or candidate.cls == CandidateClass.SERVICE:
            return None
        if room.answers:
            room.catch_up(now)
        day = room.day(now)
        for scope, n in scopes_for(rules, candidate, room.unit_ids) if rules else ():
            used = room.used.get((scope, day), 0)
            if used >= n:
                return Failure(Reason.QUOTA, {"scope": scope, "used": used, "n": n})
        return _money(candidate, person, room, day) if budgets else None

    def _money(candidate: Candidate, person: Person, room: Room, day: date) -> Failure | None:
        channel = channel_for(candidate, person)
        cents = budgets.get(channel or "")
        spent = room.spent.get((channel or "", day), 0)
        if channel is None or cents is None or spent + costs[channel] <= cents:
            return None
        return Failure(Reason.BUDGET, {"channel": channel, "used": spent, "n": cents})

    return check


def rested(policy: ContactPolicy) -> Check | None:
    """R8: low classes are not asked about a unit that has more open cases than it can handle."""
    section = policy.workload
    if section is None or not section.capacity:
        return None
    classes = frozenset(section.classes)

    def check(candidate: Candidate, person: Person, now: datetime) -> Failure | None:
        room = person.shared
        if room is None or candidate.cls not in classes:
            return None
        rest = room.rest_of(candidate.in_charge, now)
        if rest is None:
            return None
        return Failure(Reason.WORKLOAD, {"unit": str(candidate.in_charge), "until": rest.until.isoformat()})

    return check


def occupy(policy: ContactPolicy, candidate: Candidate, channel: str | None, room: Room, at: datetime) -> None:
    """Somebody is asked: take the place in every quota and the money of the channel. Re-ratings take none."""
    if candidate.cls == CandidateClass.SERVICE:
        return
    day = room.day(at)
    if policy.quotas:
        places = scopes_for(active_quotas(policy, "invites"), candidate, room.unit_ids)
        room.caps.update(places)
        room.take([scope for scope, _ in places], day)
    if candidate.touchpoint.pilot_first is not None:
        room.take([pilot_scope(candidate.touchpoint.code)], IN_ALL)
    if channel and channel in budgets_of(policy):
        room.pay(channel, day, policy.costs[channel])


def completes_of(policy: ContactPolicy, candidate: Candidate, unit_ids: Mapping[str, UUID]) -> tuple[Scope, ...]:
    """The quotas of completes that an answer to this candidate counts in."""
    return tuple(scope for scope, _ in scopes_for(active_quotas(policy, "completes"), candidate, unit_ids))
