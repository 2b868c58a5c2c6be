"""The ledger's few movements: in, out, back, gone, taken back. All of them under the officer's lock, each once under its key.

Whoever calls holds the officer's lock (`officers.people.roster.lock`) and has opened the account.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.points.expiry import expire_lots
from officers.points.lines import LedgerBusy, Line, NotEnough, replayed, write
from officers.points.models import HUGE, PointEntry, PointLot
from officers.points.rules.lots import Take, as_much, payers
from officers.points.store import ledger as store
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput


def credit(session: Session, line: Line, amount: int, life: tuple[datetime, datetime], now: datetime) -> PointEntry:
    """Points come in, as a lot of their own; what is owed is taken from them at once.

    Raises  KeyTaken; InvalidInput for an amount of nothing, below it, or huge
    """
    _check(amount)
    if found := replayed(session, line):
        return found
    entry = write(session, line, amount, now)
    told = now if life[0] <= now else None  # what can be spent at once need not be announced later
    lot = PointLot(
        officer_id=line.officer_id, entry_id=entry.id, award_id=line.award_id, amount=amount, remaining=amount, usable_from=life[0],
        expires_at=life[1], told_at=told,
    )  # fmt: skip
    store.add_lot(session, lot)
    _move(session, line.officer_id, balance=amount)
    settle(session, entry, now)
    return entry


def spend(session: Session, line: Line, cost: int, now: datetime) -> PointEntry:
    """Points go out for a redemption, first-expiring-first, and are held until it is settled.

    Raises  KeyTaken, NotEnough; InvalidInput for a cost of nothing, below it, or huge
    """
    _check(cost)
    if found := replayed(session, line):
        return found
    takes = payers(store.live_lots(session, line.officer_id, now, usable=True), cost)
    if takes is None or not store.move(session, line.officer_id, balance=-cost, held=cost, free=True):
        raise NotEnough
    return _take(session, line, cost, takes, now)


def take_away(session: Session, line: Line, amount: int, now: datetime) -> PointEntry:
    """A correction downwards: from what is there, waiting points included, never below nothing.

    Raises  KeyTaken, NotEnough; InvalidInput for an amount of nothing, below it, or huge
    """
    _check(amount)
    if found := replayed(session, line):
        return found
    takes = payers(store.live_lots(session, line.officer_id, now, usable=False), amount)
    if takes is None:
        raise NotEnough
    _move(session, line.officer_id, balance=-amount)
    return _take(session, line, amount, takes, now)


def claw_back(session: Session, line: Line, award_id: UUID, now: datetime) -> PointEntry | None:
    """Take back what an award paid, but for what has expired of it: from its own lots, then from others; the rest is owed.

    Shape   taken + owed + expired = paid; None where all of it has expired. Nothing comes back to its lots afterwards
    """
    if found := replayed(session, line):
        return found
    expire_one(session, line.officer_id, now)
    paid, _first = store.paid_of_award(session, award_id)
    due = paid - store.expired_of_award(session, award_id)
    takes = as_much(store.live_lots(session, line.officer_id, now, usable=False, award_id=award_id), due)
    rest = due - sum(one.amount for one in takes)
    known = {one.lot_id for one in takes}
    others = [one for one in store.live_lots(session, line.officer_id, now, usable=False) if one.lot_id not in known]
    takes += as_much(others, rest)
    taken = sum(one.amount for one in takes)
    if due <= 0:
        store.close_lots(session, award_id, now)
        return None
    _move(session, line.officer_id, balance=-taken, owed=due - taken)
    entry = write(session, line, -taken, now, owed=due - taken)
    _take_out(session, entry, takes, now)
    store.close_lots(session, award_id, now)
    return entry


def refund(session: Session, line: Line, debit: PointEntry, now: datetime, grace_days: int, *, held: bool) -> PointEntry:
    """Points of a redemption come back: to their lots, or, where those are dead, to a fresh lot with a time of grace.

    held    the redemption still held them
    Raises  KeyTaken
    """
    if found := replayed(session, line):
        return found
    cost = -debit.amount
    entry = write(session, line, cost, now)
    back: list[Take] = []
    fresh: dict[UUID | None, int] = {}
    for lot_id, amount, award_id, closed_at in store.allocations(session, debit.id):
        if store.give_back(session, lot_id, amount, now):
            back.append(Take(lot_id, -amount))
        else:
            origin = None if closed_at is not None else award_id  # a revoked award has been settled: these points are the officer's own
            fresh[origin] = fresh.get(origin, 0) + amount
    store.allocate(session, entry.id, back)
    for origin, amount in fresh.items():
        lot = PointLot(
            officer_id=line.officer_id, entry_id=entry.id, award_id=origin, amount=amount, remaining=amount, usable_from=now,
            expires_at=now + timedelta(days=grace_days), told_at=now,
        )  # fmt: skip
        store.add_lot(session, lot)
    _move(session, line.officer_id, balance=cost, held=-cost if held else 0)
    settle(session, entry, now)
    return entry


def settle(session: Session, cause: PointEntry, now: datetime) -> None:
    """Take what is owed from what has come in."""
    _balance, _held, owed = store.account(session, cause.officer_id)
    takes = as_much(store.live_lots(session, cause.officer_id, now, usable=False), owed) if owed else []
    taken = sum(one.amount for one in takes)
    if not taken:
        return
    line = Line(cause.officer_id, "settle", f"settle:{cause.id}", Actor.system("points"), reverses=cause.id)
    _move(session, cause.officer_id, balance=-taken, owed=-taken)
    entry = write(session, line, -taken, now, owed=-taken)
    _take_out(session, entry, takes, now)


def expire_one(session: Session, officer_id: UUID, now: datetime) -> int:
    """Expire what is due of one officer, before anything that depends on it."""
    return expire_lots(session, [one for one, _officer in store.dead_lots(session, now, 10_000, officer_id)], now)


def _take(session: Session, line: Line, amount: int, takes: list[Take], now: datetime) -> PointEntry:
    entry = write(session, line, -amount, now)
    _take_out(session, entry, takes, now)
    return entry


def _take_out(session: Session, entry: PointEntry, takes: list[Take], now: datetime) -> None:
    if not store.take(session, takes, now):
        raise LedgerBusy
    store.allocate(session, entry.id, takes)


def _move(session: Session, officer_id: UUID, balance: int = 0, held: int = 0, owed: int = 0) -> None:
    if not store.move(session, officer_id, balance, held, owed):
        raise LedgerBusy


def _check(amount: int) -> None:
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 < amount <= HUGE:
        raise InvalidInput({"amount": "out_of_range"})
