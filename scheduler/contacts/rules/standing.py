"""R1 to R6: is it new, live, eligible, lawful, outside the holdout, and drawn?"""

from datetime import date, datetime, timedelta

from scheduler.contacts.rules.checks import NOTHING, Check, Failure
from scheduler.contacts.rules.facts import Candidate, Person
from scheduler.contacts.rules.policy import ContactPolicy, Eligible
from scheduler.contacts.rules.reasons import Reason

_NO_SPAN = timedelta(0)
EVERYTHING = "all"
GUARDED_BELOW = 14
"""Below this age a guardian must have agreed, whatever the policy says (PIPL, Art. 31)."""
IN_ALL = date(1970, 1, 1)
"""Stands for the day of a count that never starts anew."""


def not_seen(candidate: Candidate, _person: Person, _now: datetime) -> Failure | None:
    """R1 (and what intake found of R3): intake already refused it."""
    return Failure(candidate.refused, NOTHING) if candidate.refused else None


def live(candidate: Candidate, _person: Person, _now: datetime) -> Failure | None:
    """R2: the questionnaire is published, the touchpoint on, a channel up."""
    return None if candidate.touchpoint.live and candidate.touchpoint.channels else Failure(Reason.INACTIVE, NOTHING)


def eligible(section: Eligible | None) -> Check:
    """R3: tenure, age, staleness, future, pilot, circle. What is not known is not held against anybody."""
    rule = section or Eligible()
    stale = timedelta(hours=rule.stale_hours)
    future = timedelta(minutes=rule.future_minutes)

    def check(candidate: Candidate, person: Person, now: datetime) -> Failure | None:
        touchpoint = candidate.touchpoint
        lag = candidate.received_at - candidate.occurred_at
        if stale and lag > stale:
            return Failure(Reason.STALE, {"hours": round(lag.total_seconds() / 3600, 1), "limit": rule.stale_hours})
        if future and -lag > future:
            return Failure(Reason.FUTURE, {"occurred_at": candidate.occurred_at.isoformat()})
        if touchpoint.pilot_units is not None and touchpoint.pilot_units.isdisjoint((candidate.unit_id, candidate.in_charge)):
            return Failure(Reason.PILOT, NOTHING)
        if touchpoint.pilot_first is not None and person.shared is not None:
            asked = person.shared.used.get((f"pilot:{touchpoint.code}", IN_ALL), 0)
            if asked >= touchpoint.pilot_first:
                return Failure(Reason.PILOT, {"used": asked, "n": touchpoint.pilot_first})
        if touchpoint.circle is not None and touchpoint.circle not in person.circles:
            return Failure(Reason.CIRCLE, {"circle": touchpoint.circle})
        needed = rule.tenure_days if touchpoint.tenure_days is None else touchpoint.tenure_days
        if needed and person.customer_since is not None:
            days = (candidate.occurred_at.astimezone(person.zone).date() - person.customer_since).days
            if days < needed:
                return Failure(Reason.TENURE, {"days": days, "n": needed})
        if rule.min_age and person.birth_date is not None and _age(person.birth_date, now.astimezone(person.zone).date()) < rule.min_age:
            return Failure(Reason.MINOR, {"n": rule.min_age})
        return None

    return check


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _is_child(person: Person, now: datetime) -> bool:
    born = person.birth_date
    if born is None or now.year - born.year > GUARDED_BELOW:  # spares most people the clock of their zone
        return False
    return _age(born, now.astimezone(person.zone).date()) < GUARDED_BELOW


def lawful(candidate: Candidate, person: Person, now: datetime) -> Failure | None:
    """R4, never bypassed: opt-out, consent for the purpose (a guardian's for a child), never-contact lists, open cases but one's own."""
    purpose = candidate.touchpoint.purpose
    out = person.opted_out
    if out and (EVERYTHING in out or purpose in out):
        return Failure(Reason.OPTED_OUT, {"purpose": EVERYTHING if EVERYTHING in out else purpose})
    if purpose not in person.consents:
        return Failure(Reason.NO_CONSENT, {"purpose": purpose})
    if purpose not in person.guarded and _is_child(person, now):
        return Failure(Reason.NO_CONSENT, {"purpose": purpose, "guardian": True, "n": GUARDED_BELOW})
    if person.excluded_by is not None:
        return Failure(Reason.EXCLUDED, {"list": person.excluded_by})
    if person.open_cases:
        others = [case for case in person.open_cases if case != candidate.case_id]
        if others:
            return Failure(Reason.OPEN_CASE, {"case": str(min(others))})
    return None


def holdout(policy: ContactPolicy) -> Check | None:
    """R5: in the share that is never asked."""
    share = policy.holdout.share if policy.holdout else 0.0
    if not share:
        return None

    def check(candidate: Candidate, _person: Person, _now: datetime) -> Failure | None:
        if candidate.holdout_chance < share:
            return Failure(Reason.HOLDOUT, {"hash": round(candidate.holdout_chance, 6), "share": share})
        return None

    return check


def rate_for(candidate: Candidate, default: float) -> float:
    """The rate of R6 for one candidate; 1 where it is off. A re-rating and the panel are never drawn."""
    if candidate.cls in ("service", "panel"):
        return 1.0
    return candidate.rate or candidate.touchpoint.rate or default or 1.0


def sampled(policy: ContactPolicy) -> Check:
    """R6: drawn by a hash that sticks to person, touchpoint and period."""
    default = policy.sampling.rate if policy.sampling else 0.0

    def check(candidate: Candidate, _person: Person, _now: datetime) -> Failure | None:
        rate = rate_for(candidate, default)
        if candidate.sample_chance < rate:
            return None
        return Failure(Reason.NOT_SAMPLED, {"hash": round(candidate.sample_chance, 6), "rate": rate})

    return check
