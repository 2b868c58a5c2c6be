"""R9, R10, R11 and R13: pauses that earlier contacts started."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from scheduler.contacts.rules.checks import Check, Failure
from scheduler.contacts.rules.facts import INVITATION_LIFE, Candidate, CandidateClass, Kind, PastContact, Person
from scheduler.contacts.rules.policy import WHATS, WHOS, ContactPolicy
from scheduler.contacts.rules.reasons import Reason

ASKED = frozenset({Kind.INVITE.value, Kind.RERATE.value})
UNTOUCHED = frozenset({CandidateClass.SERVICE.value, CandidateClass.PANEL.value})  # classes that skip R9 to R11 and R13
_MARKS = dict(zip(WHATS, ("counts_at", "answered_at", "declined_at", "abandoned_at"), strict=True))


def one_open(policy: ContactPolicy) -> Check | None:
    """R9: an invitation is still open."""
    if not policy.pending or not policy.pending.days:
        return None
    life = timedelta(days=policy.pending.days)

    def check(candidate: Candidate, person: Person, now: datetime) -> Failure | None:
        if candidate.cls in UNTOUCHED:
            return None
        for past in person.history:
            if past.counts_at is None or now - past.counts_at >= life:
                return None  # newest first: the rest is older still
            if past.kind in ASKED and not (past.answered_at or past.declined_at or past.abandoned_at or past.expired_at):
                return Failure(Reason.PENDING, _evidence(past, past.counts_at, past.counts_at + life))
        return None

    return check


def cool_down(policy: ContactPolicy) -> Check | None:
    """R10: the first pause in the order any, group, same names the reason; `next_at` is when the last of them ends."""
    pauses = [
        (who, what, f"{who}.{what}", policy.cooldown_days(who, what).days, policy.cooldown_days(who, what).high_days)
        for who in WHOS
        for what in WHATS
    ]

    def length_of(candidate: Candidate, key: str, days: float, high: float) -> timedelta | None:
        own = candidate.touchpoint.cooldowns.get(key, 0)
        floor = high if high and candidate.cls == CandidateClass.HIGH else days
        return timedelta(days=max(own, floor)) if own or floor else None

    def check(candidate: Candidate, person: Person, now: datetime) -> Failure | None:
        if candidate.cls in UNTOUCHED or person.bypass or not person.history:
            return None
        found: tuple[str, PastContact, datetime, timedelta] | None = None
        next_at = now
        for who, what, key, days, high in pauses:
            if not (days or key in candidate.touchpoint.cooldowns):
                continue
            length = length_of(candidate, key, days, high)
            past = length and _latest(person.history, who, what, candidate)
            if past and length and now - past[1] < length:
                found = found or (f"COOLDOWN_{who}_{what}".upper(), *past, length)
                next_at = max(next_at, past[1] + length)
        if found is None:
            return None
        return Failure(found[0], {**_evidence(found[1], found[2], next_at), "days": found[3].total_seconds() / 86_400})

    return check


def _latest(history: Sequence[PastContact], who: str, what: str, candidate: Candidate) -> tuple[PastContact, datetime] | None:
    """The contact whose step of that kind is the newest, and when it was."""
    mark = _MARKS[what]
    best: tuple[PastContact, datetime] | None = None
    for past in history:
        at: datetime | None = getattr(past, mark)
        if at is None or past.kind not in ASKED or (best and at <= best[1]):
            continue
        if _started_by(past, who, candidate):
            best = (past, at)
            if what == "sent":
                break  # newest first
    return best


def _started_by(past: PastContact, who: str, candidate: Candidate) -> bool:
    if who == "any":
        return True
    if who == "same":
        return past.touchpoint == candidate.touchpoint.code
    return past.group is not None and past.group == candidate.touchpoint.group


def back_off(policy: ContactPolicy) -> Check | None:
    """R11: a run of unanswered invitations lengthens the pause after the last of them; an answer ends the run."""
    steps = [timedelta(days=days) for days in (policy.backoff.days if policy.backoff else ()) if days]
    if not steps:
        return None
    look_back = back_off_look_back(policy)
    lifted = UNTOUCHED | {CandidateClass.HIGH.value}

    def check(candidate: Candidate, person: Person, now: datetime) -> Failure | None:
        if candidate.cls in lifted or person.bypass:
            return None
        run = unanswered_run(person.history, now, look_back)
        if not run:
            return None
        length = steps[min(len(run), len(steps)) - 1]
        last = run[0].counts_at
        if last is None or now - last >= length:
            return None
        return Failure(Reason.BACKOFF, {**_evidence(run[0], last, last + length), "n": len(run), "days": length.days})

    return check


def back_off_look_back(policy: ContactPolicy) -> timedelta:
    """How far back a run is followed: twice what the steps add up to, so that the run does not depend on what was loaded."""
    return timedelta(days=2 * sum(policy.backoff.days)) if policy.backoff else timedelta(0)


def unanswered_run(history: Sequence[PastContact], now: datetime, look_back: timedelta) -> list[PastContact]:
    """The unanswered invitations since the last answer, newest first. An open or declined one neither counts nor ends the run."""
    run: list[PastContact] = []
    for past in history:
        if past.answered_at and past.kind in ASKED:
            break
        if past.counts_at is None or now - past.counts_at >= look_back:
            break
        if past.kind not in ASKED or past.declined_at:
            continue
        if past.abandoned_at or past.expired_at or now - past.counts_at >= INVITATION_LIFE:
            run.append(past)
    return run


def pairs(policy: ContactPolicy) -> Check | None:
    """R13: never one touchpoint so soon after another."""
    forbidden: dict[str, dict[str, timedelta]] = {}
    for pair in policy.pairs:
        for then, first in [(pair.then, pair.first), *([(pair.first, pair.then)] if pair.both_ways else [])]:
            row = forbidden.setdefault(then, {})
            row[first] = max(row.get(first, timedelta(0)), pair.length)
    if not forbidden:
        return None

    def check(candidate: Candidate, person: Person, now: datetime) -> Failure | None:
        row = forbidden.get(candidate.touchpoint.code)
        if not row or candidate.cls in UNTOUCHED:
            return None
        for past in person.history:
            length = row.get(past.touchpoint or "")
            if length and past.counts_at and past.kind in ASKED and now - past.counts_at < length:
                return Failure(Reason.PAIR, _evidence(past, past.counts_at, past.counts_at + length))
        return None

    return check


def _evidence(past: PastContact, at: datetime, next_at: datetime) -> dict[str, object]:
    return {"last": at.isoformat(), "touchpoint": past.touchpoint, "channel": past.channel, "next_at": next_at.isoformat()}
