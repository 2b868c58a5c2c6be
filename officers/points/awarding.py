"""Awards: computed by the rules in force, paid in two parts, each once; taken back where the work behind them was revoked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import growth, notices, roster, tiers
from officers.people.models import Officer
from officers.points import ledger, money, rulebooks
from officers.points import words as words  # registers what officers are told
from officers.points.lines import KeyTaken, Line, digest
from officers.points.models import PointAward, PointEntry
from officers.points.rulebooks import InForce
from officers.points.rules import amounts
from officers.points.rules.amounts import Amount, BadFacts
from officers.points.rules.lots import day_of, lives
from officers.points.rules.rulebook import Refusal
from officers.points.store import awards as store
from officers.points.store import ledger as ledger_store
from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ids import new_id

SYSTEM = Actor.system("points")


@dataclass(frozen=True)
class Award:
    """What is to be paid, to whom and for what.

    Shape   rule: a code of the rules; source: what it is for, such as `submission:<id>`; part: first, second or whole;
            facts: severity 1 (highest) to 4, quality 1 to 4, grade, points, task, and of a duplicate `original`: the source of the
            submission it repeats; version: the rules it was promised by, refused where others are in force by now
    """

    officer_id: UUID
    rule: str
    source: str
    part: str = "whole"
    facts: Mapping[str, Any] = field(default_factory=dict)
    version: UUID | None = None
    actor: Actor = SYSTEM

    @property
    def key(self) -> str:
        """By which a second asking is known."""
        return f"{self.source}:{self.part}"


@dataclass(frozen=True)
class Paid:
    """What came of it: the entry, points and growth; or the code of why nothing was paid."""

    entry_id: UUID | None = None
    points: int = 0
    growth: int = 0
    refused: str | None = None


def award(session: Session, wanted: Award, now: datetime) -> Paid:
    """Pay an award, once: the same key again returns the first result and changes nothing.

    Note    a refusal pays nothing and may be asked for again, for example when a new month has a budget
    Raises  NotFound for no such officer; KeyTaken where the key came with something else; InvalidInput for facts that make no sense
    """
    officer = roster.lock(session, wanted.officer_id)
    ledger_store.open_account(session, officer.id)
    if wanted.part == "second" and (promised := store.award_by_key(session, f"{wanted.source}:first")) and promised.state != "refused":
        return _promised(session, promised, wanted, now)
    found = store.award_by_key(session, wanted.key)
    if found is not None and found.payload_hash != _hash(wanted):
        raise KeyTaken
    if found is not None and found.state != "refused":
        return _first_result(session, found)
    force = rulebooks.in_force(session, now)
    amount = _amount(session, wanted, officer, force, now)
    taken, refused = ([], amount.refused) if amount.refused else _take(session, wanted, force, amount, now)
    row = _row(wanted, force, amount, taken, refused, now)
    if found is None:
        if not store.add_award(session, row):
            raise KeyTaken  # another officer's award took the key in this very moment
    elif refused is None:
        store.pay_refused(session, found.id, {name: value for name, value in row.items() if name != "id"})
    if refused is not None:
        return Paid(refused=refused.value)
    made = store.award_by_key(session, wanted.key)
    assert made is not None  # written above, under the officer's lock
    paid = _pay(session, made, "award", force, wanted.actor, now)
    if made.verified_at is None or not store.mark_second(session, made.id, now):
        return paid
    more = _pay(session, made, "second", force, wanted.actor, now)
    return Paid(paid.entry_id, paid.points + more.points, paid.growth + more.growth)


def verified(session: Session, source: str, now: datetime) -> int:
    """Pay the second part of all that was awarded under a source; returns how many points. Safe to call twice.

    Note    an award that was refused so far pays both parts once somebody pays it after all
    """
    force, points = rulebooks.in_force(session, now), 0
    held = _held(session, source)
    store.note_verified(session, source, now)
    for one in held:
        if store.mark_second(session, one.id, now):
            points += _pay(session, one, "second", force, SYSTEM, now).points
    return points


def claw_back(session: Session, source: str, actor: Actor, now: datetime) -> int:
    """Take back the points and the growth of all that was awarded under a source; what is spent is owed. Once.

    Note    what was refused is never paid any more; why it was revoked stands where it was: entries stay for ever and hold no words
    Returns how many points were taken or are owed by now
    """
    due, held = 0, _held(session, source)
    store.revoke_refused(session, source, now)
    for one in held:
        if not store.mark_revoked(session, one.id, now):
            continue
        _paid, first = ledger_store.paid_of_award(session, one.id)
        line = Line(
            one.officer_id, "claw_back", f"claw_back:{one.key}", actor, {"award": one.id}, award_id=one.id, reverses=first, rule=one.rule,
            version_id=one.version_id,
        )  # fmt: skip
        entry = ledger.claw_back(session, line, one.id, now)
        money.release(session, one.budgets, one.first + one.second)
        growth.take_back(session, one.key, now)
        lost = (entry.owed - entry.amount) if entry else 0
        if lost:
            notices.tell(session, [one.officer_id], "points_claw_back", {"points": lost}, now, url="/officers/points")
        due += lost
        record(session, actor, "points.claw_back", "point_award", one.id, now, {"points": lost})
    return due


def pay_again(session: Session, award_id: UUID, actor: Actor, now: datetime) -> Paid:
    """Ask once more for an award that was refused.

    Raises  NotFound
    """
    row = store.award_by_id(session, award_id)
    if row is None:
        raise NotFound
    wanted = Award(row.officer_id, row.rule, row.source, row.part, row.facts, actor=actor)
    done = award(session, wanted, now)
    record(session, actor, "points.pay_again", "point_award", award_id, now, {"points": done.points, "refused": done.refused})
    return done


def _held(session: Session, source: str) -> Sequence[PointAward]:
    """The paid awards of a source, all officers of paid and refused ones held in sorted order before anything else is."""
    roster.lock_all(session, {one.officer_id for state in ("paid", "refused") for one in store.of_source(session, source, state)})
    return store.of_source(session, source)


def _promised(session: Session, promised: PointAward, wanted: Award, now: datetime) -> Paid:
    """The second part was asked for by itself: what the first promised is what is paid."""
    if promised.officer_id != wanted.officer_id:
        raise KeyTaken
    if promised.state == "revoked":
        return Paid(refused=Refusal.REVOKED.value)
    if store.mark_second(session, promised.id, now):
        return _pay(session, promised, "second", rulebooks.in_force(session, now), wanted.actor, now)
    entry = ledger_store.entry_by_key(session, f"second:{promised.key}")
    if entry is None:
        return Paid(refused=Refusal.NOTHING.value)
    return Paid(entry.id, entry.amount, promised.growth_second)


def _first_result(session: Session, row: PointAward) -> Paid:
    if row.state == "revoked":
        return Paid(refused=Refusal.REVOKED.value)
    entry = ledger_store.entry_by_key(session, f"award:{row.key}")
    return Paid(entry.id if entry else None, row.first, row.growth_first)


def _amount(session: Session, wanted: Award, officer: Officer, force: InForce, now: datetime) -> Amount:
    """What the rules say, within the day's cap."""
    if wanted.version is not None and wanted.version != force.id:
        return Amount(refused=Refusal.VERSION)
    if wanted.rule == "duplicate" and (refused := _why_no_duplicate(session, wanted)):
        return Amount(refused=refused)
    try:
        amount = amounts.amount_of(force.book, wanted.rule, wanted.part, wanted.facts, tiers.factor(session, officer))
    except BadFacts as error:
        raise InvalidInput({str(error): "out_of_range"}) from None
    cap = force.book.caps.points
    used = store.day_used(session, officer.id, day_of(now, force.book.zone), "points") if cap else 0
    return amounts.capped(amount, cap - used) if cap else amount


def _why_no_duplicate(session: Session, wanted: Award) -> Refusal | None:
    """A duplicate pays only once the original is accepted, and never its own author."""
    original = wanted.facts.get("original")
    accepted = store.of_source(session, str(original)) if original else ()
    if not accepted:
        return Refusal.ORIGINAL
    return Refusal.OWN_DUPLICATE if any(one.officer_id == wanted.officer_id for one in accepted) else None


def _take(session: Session, wanted: Award, force: InForce, amount: Amount, now: datetime) -> tuple[list[list[str]], Refusal | None]:
    """Take an award from the officer's day and the budgets; the officer is held, so the day can't change in between."""
    taken, refused = money.charge(session, force.book, wanted.facts.get("task"), amount.total, now)
    if refused is not None:
        return taken, refused
    day = day_of(now, force.book.zone)
    store.use_day(session, wanted.officer_id, day, "points", amount.total, 0)
    return taken, None


def _row(wanted: Award, force: InForce, amount: Amount, taken: list[list[str]], refused: Refusal | None, now: datetime) -> dict[str, Any]:
    parts = {"first": 0, "second": 0, "growth_first": 0, "growth_second": 0}
    if refused is None:
        parts = {name: getattr(amount, name) for name in parts}
    return {
        "id": new_id(), "key": wanted.key, "source": wanted.source, "officer_id": wanted.officer_id, "rule": wanted.rule,
        "part": wanted.part, "version_id": force.id, "facts": _plain(wanted.facts), "payload_hash": _hash(wanted),
        "state": "refused" if refused else "paid", "code": refused.value if refused else "", **parts,
        "factors": {**amount.factors, "version": force.number}, "budgets": taken, "at": now,
    }  # fmt: skip


def _pay(session: Session, row: PointAward, kind: str, force: InForce, actor: Actor, now: datetime) -> Paid:
    """Write the entry of a part, by the terms of the award; waiting and expiry by the rules in force now."""
    points, grown = (row.first, row.growth_first) if kind == "award" else (row.second, row.growth_second)
    line = Line(
        row.officer_id, kind, f"{kind}:{row.key}", actor, {"award": row.id}, award_id=row.id, rule=row.rule, version_id=row.version_id,
        factors=row.factors,
    )  # fmt: skip
    entry: PointEntry = ledger.credit(session, line, points, lives(now, force.book), now)
    growth.add(session, row.officer_id, grown, f"{row.key}:{kind}", now)
    return Paid(entry.id, points, grown)


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in facts.items()}


def _hash(wanted: Award) -> str:
    return digest({"officer": wanted.officer_id, "rule": wanted.rule, "part": wanted.part, "facts": _plain(wanted.facts)})
