"""Redeeming: an item is reserved, on its way, delivered; or cancelled or failed, and its points come back once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from officers.people import notices, roster, tiers
from officers.people.models import Officer
from officers.people.rules.tiers import Scheme
from officers.points import ledger, rulebooks
from officers.points import words as words  # registers what officers are told
from officers.points.benefit_models import Benefit, Redemption
from officers.points.lines import KeyTaken, LedgerBusy, Line
from officers.points.rules.lots import year_of
from officers.points.store import benefits as store
from officers.points.store import ledger as ledger_store
from portal.audit.trail import Actor, record
from portal.foundation.crypto import Keys
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.ids import new_id

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without letters and figures that look alike."""
HELD = ("reserved", "fulfilling")
"""While it is so, the account holds the points."""
DISPUTE = timedelta(days=30)
ADDRESS_KEPT = timedelta(days=90)
BATCH = 200
OBJECT = "redemption"


class Why(StrEnum):
    """Why something can't be redeemed, or not be moved on; each is an error code."""

    OFF = "benefit_not_on_sale"
    SOLD_OUT = "benefit_sold_out"
    TIER = "benefit_tier_too_low"
    LIMIT = "benefit_limit_reached"
    YEAR = "benefit_year_value_reached"
    INACTIVE = "benefit_officer_not_active"
    STATE = "redemption_moved"


class RedeemRefused(Conflict):
    """It can't be redeemed, or not be moved on so; the code says why. Nothing is written."""

    def __init__(self, why: Why) -> None:
        self.code = why.value
        super().__init__()


def redeem(session: Session, officer_id: UUID, benefit_id: UUID, key: str, actor: Actor, now: datetime) -> Redemption:
    """Reserve one item for an officer and take the points. What needs no address goes on at once; a code is handed out at once.

    key     the form's own: a second sending returns the first redemption
    Raises  NotFound, RedeemRefused, KeyTaken, NotEnough
    """
    officer = roster.lock(session, officer_id)
    ledger_store.open_account(session, officer_id)
    if (found := store.redemption_by_key(session, key)) is not None:
        if (found.officer_id, found.benefit_id) != (officer_id, benefit_id):
            raise KeyTaken
        return found
    force = rulebooks.in_force(session, now)
    benefit = store.benefit(session, benefit_id)
    if benefit is None or benefit.state == "draft":
        raise NotFound
    if why := refusal(shopper(session, officer), benefit, now):
        raise RedeemRefused(why)
    made_id = new_id()
    row = {
        "id": made_id, "number": "R" + "".join(secrets.choice(LETTERS) for _ in range(8)), "key": key, "officer_id": officer_id,
        "benefit_id": benefit_id, "cost": benefit.cost, "value_cents": benefit.value_cents, "year": year_of(now, force.book.zone),
        "tier": officer.tier, "state": "reserved", "note": "", "reserved_at": now, "changed_at": now,
        "reserved_until": now + timedelta(hours=force.book.reserve_hours),
    }  # fmt: skip
    if not store.add_redemption(session, row):
        raise KeyTaken
    made = _found(session, made_id)
    line = Line(
        officer_id, "redeem", f"redeem:{made.id}", actor, {"redemption": made.id}, redemption_id=made.id, version_id=force.id,
        factors={"name_zh": benefit.name_zh, "name_en": benefit.name_en},
    )  # fmt: skip
    ledger.spend(session, line, benefit.cost, now)
    if not store.use_year(session, officer_id, made.year, benefit.value_cents, force.book.year_value_cents):
        raise RedeemRefused(Why.YEAR)
    if not store.take_item(session, benefit_id, now):
        raise RedeemRefused(Why.SOLD_OUT)
    record(session, actor, "benefit.redeem", OBJECT, made.id, now, {"benefit": str(benefit_id), "cost": benefit.cost})
    return made if benefit.kind == "goods" else _go_on(session, made, benefit, actor, now)


@dataclass(frozen=True)
class Shopper:
    """An officer as benefits see them, read once for however many benefits."""

    active: bool
    tier: str
    scheme: Scheme
    taken: Mapping[UUID, int]


def shopper(session: Session, officer: Officer) -> Shopper:
    """What is known of an officer before anything is redeemed."""
    return Shopper(officer.state == "active", officer.tier, tiers.scheme(session), store.taken_by(session, officer.id))


def refusal(who: Shopper, benefit: Benefit, now: datetime) -> Why | None:
    """Why this officer can't redeem this now, by what is known before trying; points and stock are weighed by the statements."""
    if not who.active:
        return Why.INACTIVE
    begun = benefit.sale_from is None or benefit.sale_from <= now
    if benefit.state != "on_sale" or not begun or (benefit.sale_until is not None and benefit.sale_until <= now):
        return Why.OFF
    if benefit.stock <= 0:
        return Why.SOLD_OUT
    if benefit.tier and who.scheme.place(who.tier) < who.scheme.place(benefit.tier):
        return Why.TIER
    if benefit.limit_each and who.taken.get(benefit.id, 0) >= benefit.limit_each:
        return Why.LIMIT
    return None


def give_address(session: Session, keys: Keys, redemption_id: UUID, officer_id: UUID, address: str, now: datetime) -> Redemption:
    """Where the goods go: encrypted; the redemption then waits for the desk.

    Raises  NotFound, InvalidInput for `address`, RedeemRefused
    """
    row = _locked(session, redemption_id, officer_id)
    if not 8 <= len(address.strip()) <= 300:
        raise InvalidInput({"address": "too_long" if len(address.strip()) > 300 else "too_short"})
    values = {"address_enc": keys.encrypt(address.strip()), "changed_at": now}
    _step(session, row, ("reserved",), "fulfilling", values)
    return _found(session, redemption_id)


def deliver(session: Session, redemption_id: UUID, actor: Actor, now: datetime, note: str = "") -> Redemption:
    """It is handed over, or on its way with a number in the note.

    Raises  NotFound, RedeemRefused
    """
    row = _locked(session, redemption_id)
    values = {"delivered_at": now, "changed_at": now, "handled_by": actor.user_id, "note": note[:500]}
    _step(session, row, ("fulfilling",), "delivered", values)
    if not ledger_store.move(session, row.officer_id, held=-row.cost):
        raise LedgerBusy
    record(session, actor, "redemption.deliver", OBJECT, row.id, now)
    _tell(session, row, "redemption_sent", actor, now)
    return _found(session, redemption_id)


def cancel(session: Session, redemption_id: UUID, actor: Actor, now: datetime, officer_id: UUID | None = None) -> Redemption:
    """Nobody has sent it yet: item and points come back. An officer cancels what only they have touched.

    Raises  NotFound, RedeemRefused
    """
    row = _locked(session, redemption_id, officer_id)
    _end(session, row, ("reserved",) if officer_id else HELD, "cancelled", actor, now, whole=True)
    return _found(session, redemption_id)


def fail(session: Session, redemption_id: UUID, actor: Actor, now: datetime, note: str, *, whole: bool) -> Redemption:
    """It could not be delivered, or a dispute was right: the points come back; `whole`: the item does too.

    Raises  NotFound, RedeemRefused, InvalidInput for `note`
    """
    if not note.strip():
        raise InvalidInput({"note": "missing"})
    row = _locked(session, redemption_id)
    spent = store.code_of(session, row.id) is not None  # a code that was shown can't be sold again
    _end(session, row, ("fulfilling", "disputed"), "failed", actor, now, whole=whole and not spent, note=note)
    return _found(session, redemption_id)


def dispute(session: Session, redemption_id: UUID, officer_id: UUID, note: str, now: datetime) -> Redemption:
    """The officer says that it did not come, or not as it should; within 30 days.

    Raises  NotFound, InvalidInput for `note`, RedeemRefused
    """
    row = _locked(session, redemption_id, officer_id)
    if not 0 < len(note.strip()) <= 500:
        raise InvalidInput({"note": "too_long" if note.strip() else "missing"})
    if row.delivered_at is None or now - row.delivered_at >= DISPUTE:
        raise RedeemRefused(Why.STATE)
    _step(session, row, ("delivered",), "disputed", {"note": note.strip(), "changed_at": now})
    return _found(session, redemption_id)


def keep(session: Session, redemption_id: UUID, actor: Actor, now: datetime, note: str) -> Redemption:
    """A dispute is settled, and it stays delivered.

    Raises  NotFound, RedeemRefused, InvalidInput for `note`
    """
    if not note.strip():
        raise InvalidInput({"note": "missing"})
    row = _locked(session, redemption_id)
    _step(session, row, ("disputed",), "delivered", {"note": note.strip()[:500], "changed_at": now, "handled_by": actor.user_id})
    record(session, actor, "redemption.keep", OBJECT, row.id, now)
    return _found(session, redemption_id)


def let_go(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Cancel reservations whose time is over; how many were seen. Safe to run twice."""
    overdue = store.overdue(session, now, limit)
    for one in sorted(overdue):
        row = _locked(session, one)
        if row.state == "reserved" and row.reserved_until <= now:  # meanwhile its officer may have gone on
            _end(session, row, ("reserved",), "cancelled", Actor.system("points.let_go"), now, whole=True)
    return len(overdue)


def _go_on(session: Session, row: Redemption, benefit: Benefit, actor: Actor, now: datetime) -> Redemption:
    """What needs no address waits for the desk; a code needs nobody."""
    _step(session, row, ("reserved",), "fulfilling", {"changed_at": now})
    if benefit.kind != "code":
        return _found(session, row.id)
    if not store.hand_out(session, benefit.id, row.id):
        raise RedeemRefused(Why.SOLD_OUT)
    return deliver(session, row.id, actor, now)


def _end(
    session: Session, row: Redemption, before: tuple[str, ...], after: str, actor: Actor, now: datetime, *, whole: bool, note: str = ""
) -> None:
    """Cancelled or failed: the state's guard lets only one through, who gives the points back."""
    held = row.state in HELD
    _step(session, row, before, after, {"changed_at": now, "handled_by": actor.user_id, **({"note": note[:500]} if note else {})})
    debit = ledger_store.entry_by_key(session, f"redeem:{row.id}")
    assert debit is not None  # written in the transaction of the redemption itself
    line = Line(
        row.officer_id, "refund", f"refund:{row.id}", actor, {"redemption": row.id}, redemption_id=row.id, reverses=debit.id,
        factors={name: debit.factors[name] for name in ("name_zh", "name_en") if name in debit.factors},
    )  # fmt: skip
    ledger.refund(session, line, debit, now, rulebooks.in_force(session, now).book.grace_days, held=held)
    store.use_year(session, row.officer_id, row.year, -row.value_cents, 0)
    if not store.return_item(session, row.benefit_id, whole=whole):
        raise LedgerBusy
    record(session, actor, f"redemption.{after}", OBJECT, row.id, now, {"cost": row.cost})
    _tell(session, row, "redemption_back", actor, now)


def _tell(session: Session, row: Redemption, code: str, actor: Actor, now: datetime) -> None:
    """Officers are told of what others did: the desk, or the clock."""
    benefit = store.benefit(session, row.benefit_id)
    if benefit is not None and (actor.user_id is not None or actor.kind == "system"):
        facts = {"name_zh": benefit.name_zh, "name_en": benefit.name_en}
        notices.tell(session, [row.officer_id], code, facts, now, url=f"/officers/redemptions/{row.id}")


def _step(session: Session, row: Redemption, before: tuple[str, ...], after: str, values: Mapping[str, object]) -> None:
    if not store.step(session, row.id, before, after, dict(values)):
        raise RedeemRefused(Why.STATE)


def _locked(session: Session, redemption_id: UUID, officer_id: UUID | None = None) -> Redemption:
    """A redemption as it stands once its officer is held; another officer's is not there."""
    row = store.redemption(session, redemption_id)
    if row is None or (officer_id is not None and row.officer_id != officer_id):
        raise NotFound
    roster.lock(session, row.officer_id)
    return _found(session, redemption_id)


def _found(session: Session, redemption_id: UUID) -> Redemption:
    row = store.redemption(session, redemption_id)
    if row is None:
        raise NotFound
    return row
