"""Tiers: what they give, moving up at once, the monthly check. What the work of officers says comes by a hook from above."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session

from officers.people import growth_store, notices, roster
from officers.people import tier_store as store
from officers.people.models import Officer, OfficerStep
from officers.people.rules import tiers as rules
from officers.people.rules.tiers import DEFAULT, YEAR, Facts, Record, Scheme, Verdict

RecordFrom = Callable[[Session, Iterable[UUID], datetime], Mapping[UUID, Record]]
BATCH = 200
_records: list[RecordFrom] = []


def record_from(read: RecordFrom) -> None:
    """Register what reads the records of officers' work, in sets; called when the room above is imported."""
    if read not in _records:
        _records.append(read)


def records(session: Session, officer_ids: Iterable[UUID], now: datetime) -> dict[UUID, Record]:
    """What work says of officers; nothing yet where there is none."""
    wanted, found = set(officer_ids), dict[UUID, Record]()
    for read in _records:
        found |= read(session, wanted, now)
    return {one: found.get(one, Record()) for one in wanted}


def scheme(session: Session) -> Scheme:
    """The tiers in force."""
    row = store.in_force(session)
    return Scheme.model_validate(row.scheme) if row else DEFAULT


def factor(session: Session, officer: Officer) -> Decimal:
    """What points are multiplied by, 1 to 1.2."""
    held = scheme(session)
    return held.tiers[held.place(officer.tier)].factor


def rank(session: Session, tier: str) -> int:
    """How high a tier stands; 0 is the lowest, also for a code that is no tier any more."""
    return scheme(session).place(tier)


def facts_of(session: Session, officers: Iterable[Officer], now: datetime) -> dict[UUID, Facts]:
    """What the rules know of officers, in a constant number of statements."""
    people = list(officers)
    ids = [one.id for one in people]
    grown, worked = growth_store.sums(session, ids, now - YEAR), records(session, ids, now)
    return {
        one.id: Facts(
            one.tier, one.tier_since or one.joined_at or now, one.notice_at, grown.get(one.id, 0), one.trained_at is not None,
            worked[one.id], on_leave=one.state == "paused",
        )
        for one in people
    }  # fmt: skip


def look_again(session: Session, officer: Officer, now: datetime) -> Verdict:
    """Raise an officer whose growth and gates give more than the tier held; whoever calls holds the officer's lock.

    Note    also for the rooms above, when a gate may have opened: a submission approved, a fraud older than its time
    """
    if officer.state != "active":
        return Verdict(officer.tier)
    found = rules.rise(facts_of(session, [officer], now)[officer.id], scheme(session), now)
    _follow(session, officer, found, now)
    return found


def check_month(session: Session, month: str, now: datetime, limit: int = BATCH) -> int:
    """The monthly check of officers whom it has not looked at: `2026-06`. Returns how many; safe to run twice."""
    held = scheme(session)
    officers = [roster.lock(session, one) for one in store.to_check(session, month, limit)]
    known = facts_of(session, officers, now)
    for one in officers:
        one.checked_on = month
        if one.state == "active":
            _follow(session, one, rules.monthly(known[one.id], held, now), now)
    session.flush()
    return len(officers)


def _follow(session: Session, officer: Officer, found: Verdict, now: datetime) -> None:
    """Write what was found, and tell the officer."""
    if found.word in ("up", "down"):
        session.add(OfficerStep(officer_id=officer.id, act=f"tier_{found.word}", before=officer.tier, after=found.tier, at=now))
        officer.tier, officer.tier_since, officer.notice_at = found.tier, now, None
    elif found.word == "notice":
        officer.notice_at = now
    elif found.word == "kept":
        officer.notice_at = None
    else:
        return
    session.flush()
    held = scheme(session)
    tier = held.tiers[held.place(officer.tier)]
    facts = {"tier_zh": tier.name_zh, "tier_en": tier.name_en, "days": held.notice_days}
    notices.tell(session, [officer.id], f"tier_{found.word}", facts, now, url="/officers/growth")
