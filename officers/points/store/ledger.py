"""Entries, lots, allocations and accounts. Whatever checks and writes does so in one guarded statement and says whether it did."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from officers.points.models import PointAccount, PointAllocation, PointEntry, PointLot
from officers.points.rules.lots import Remainder, Take
from portal.foundation.db import ids_in, insert_rows, upsert_for

QUIET = {"synchronize_session": False}


def entry_by_key(session: Session, key: str) -> PointEntry | None:
    """The entry that was written under an idempotency key."""
    return session.scalars(select(PointEntry).where(col(PointEntry.key) == key)).one_or_none()


def add_entry(session: Session, entry: PointEntry) -> None:
    """Write an entry; the key's uniqueness is the table's."""
    session.add(entry)
    session.flush()


def add_lot(session: Session, lot: PointLot) -> None:
    """Write a lot."""
    session.add(lot)
    session.flush()


def open_account(session: Session, officer_id: UUID) -> None:
    """An officer's account, empty at first; nothing where it is there."""
    row = {"officer_id": officer_id, "balance": 0, "held": 0, "owed": 0}
    session.execute(upsert_for(session)(PointAccount).values(**row).on_conflict_do_nothing())


def account(session: Session, officer_id: UUID) -> tuple[int, int, int]:
    """Balance, held and owed; zeros where there is no account."""
    columns = select(col(PointAccount.balance), col(PointAccount.held), col(PointAccount.owed))
    row = session.execute(columns.where(col(PointAccount.officer_id) == officer_id)).one_or_none()
    return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)


def move(session: Session, officer_id: UUID, balance: int = 0, held: int = 0, owed: int = 0, *, free: bool = False) -> bool:
    """Change an account's sums where none falls below nothing; `free`: only while nothing is owed."""
    mine = update(PointAccount).where(
        col(PointAccount.officer_id) == officer_id,
        col(PointAccount.balance) + balance >= 0,
        col(PointAccount.held) + held >= 0,
        col(PointAccount.owed) + owed >= 0,
        *([col(PointAccount.owed) == 0] if free else []),
    )
    values = {"balance": PointAccount.balance + balance, "held": PointAccount.held + held, "owed": PointAccount.owed + owed}
    return bool(session.execute(mine.values(**values).execution_options(**QUIET)).rowcount == 1)  # type: ignore[attr-defined]


def live_lots(session: Session, officer_id: UUID, now: datetime, *, usable: bool, award_id: UUID | None = None) -> list[Remainder]:
    """Lots with something left that have not expired; `usable`: those only whose waiting is over; of one award, where asked."""
    columns = select(col(PointLot.id), col(PointLot.remaining), col(PointLot.usable_from), col(PointLot.expires_at))
    rows = columns.where(col(PointLot.officer_id) == officer_id, col(PointLot.remaining) > 0, col(PointLot.expires_at) > now)
    if usable:
        rows = rows.where(col(PointLot.usable_from) <= now)
    if award_id is not None:
        rows = rows.where(col(PointLot.award_id) == award_id)
    return [Remainder(row[0], int(row[1]), row[2], row[3]) for row in session.execute(rows)]


def take(session: Session, takes: Iterable[Take], now: datetime) -> bool:
    """Take out of lots what they hold and what has not expired; False where one of them holds too little."""
    for one in takes:
        lot = update(PointLot).where(col(PointLot.id) == one.lot_id, col(PointLot.remaining) >= one.amount, col(PointLot.expires_at) > now)
        done = session.execute(lot.values(remaining=PointLot.remaining - one.amount).execution_options(**QUIET))
        if done.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
            return False
    return True


def give_back(session: Session, lot_id: UUID, amount: int, now: datetime) -> bool:
    """Put points back into their lot; False where it has expired or is closed.

    Note    a lot that was swept is dead also for a machine whose clock is behind the one that swept it: it expires once
    """
    swept = select(col(PointEntry.id)).where(col(PointEntry.key) == f"expiry:{lot_id}").exists()
    lot = update(PointLot).where(
        col(PointLot.id) == lot_id,
        col(PointLot.expires_at) > now,
        col(PointLot.closed_at).is_(None),
        ~swept,
        col(PointLot.remaining) + amount <= col(PointLot.amount),
    )
    done = session.execute(lot.values(remaining=PointLot.remaining + amount).execution_options(**QUIET))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE's result has it


def allocate(session: Session, entry_id: UUID, takes: Iterable[Take]) -> None:
    """Write down what an entry took out of lots; negative amounts went back."""
    insert_rows(session, PointAllocation, [{"entry_id": entry_id, "lot_id": one.lot_id, "amount": one.amount} for one in takes])


def allocations(session: Session, entry_id: UUID) -> list[tuple[UUID, int, UUID | None, datetime | None]]:
    """What an entry took: lot, amount, the lot's award, and when the lot was closed; the earliest to expire first."""
    rows = select(col(PointAllocation.lot_id), col(PointAllocation.amount), col(PointLot.award_id), col(PointLot.closed_at))
    rows = rows.join(PointLot, col(PointLot.id) == col(PointAllocation.lot_id)).where(col(PointAllocation.entry_id) == entry_id)
    return [(row[0], int(row[1]), row[2], row[3]) for row in session.execute(rows.order_by(col(PointLot.expires_at), col(PointLot.id)))]


def expired_of_award(session: Session, award_id: UUID) -> int:
    """How many points of an award have expired."""
    total = select(func.coalesce(func.sum(col(PointAllocation.amount)), 0))
    total = total.join(PointLot, col(PointLot.id) == col(PointAllocation.lot_id))
    total = total.join(PointEntry, col(PointEntry.id) == col(PointAllocation.entry_id))
    return int(session.scalar(total.where(col(PointLot.award_id) == award_id, col(PointEntry.kind) == "expiry")) or 0)


def paid_of_award(session: Session, award_id: UUID) -> tuple[int, UUID | None]:
    """How many points an award has paid, and its first entry."""
    ours = select(col(PointEntry.amount), col(PointEntry.id)).where(
        col(PointEntry.award_id) == award_id, col(PointEntry.kind).in_(["award", "second"])
    )
    rows = session.execute(ours.order_by(col(PointEntry.at), col(PointEntry.id))).all()
    return sum(int(row[0]) for row in rows), rows[0][1] if rows else None


def close_lots(session: Session, award_id: UUID, now: datetime) -> None:
    """Nothing comes back to the lots of a revoked award; by now they hold nothing."""
    lots = update(PointLot).where(col(PointLot.award_id) == award_id, col(PointLot.closed_at).is_(None))
    session.execute(lots.values(closed_at=now).execution_options(**QUIET))


def dead_lots(session: Session, now: datetime, limit: int, officer_id: UUID | None = None) -> Sequence[tuple[UUID, UUID]]:
    """Lots that expired and still hold something, with their officers; the longest dead first."""
    rows = select(col(PointLot.id), col(PointLot.officer_id)).where(col(PointLot.remaining) > 0, col(PointLot.expires_at) <= now)
    if officer_id is not None:
        rows = rows.where(col(PointLot.officer_id) == officer_id)
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(PointLot.expires_at), col(PointLot.id)).limit(limit))]


def remainders(session: Session, lot_ids: Iterable[UUID], now: datetime) -> list[dict[str, Any]]:
    """What these lots still hold, where they have expired: read again once their officers are held."""
    rows = select(col(PointLot.id), col(PointLot.officer_id), col(PointLot.remaining), col(PointLot.award_id), col(PointLot.expires_at))
    rows = rows.where(ids_in(col(PointLot.id), lot_ids), col(PointLot.remaining) > 0, col(PointLot.expires_at) <= now)
    return [dict(row._mapping) for row in session.execute(rows)]


def sink(session: Session, lot_ids: Sequence[UUID], officers: Collection[UUID], now: datetime) -> bool:
    """Take what expired lots hold from their accounts, then from the lots themselves, in two statements whatever their number."""
    dead = (ids_in(col(PointLot.id), lot_ids), col(PointLot.remaining) > 0, col(PointLot.expires_at) <= now)
    sums: Any = select(col(PointLot.officer_id).label("officer_id"), func.sum(col(PointLot.remaining)).label("gone")).where(*dead)
    lost = sums.group_by(col(PointLot.officer_id)).subquery("lost")
    theirs = ids_in(col(PointAccount.officer_id), officers)  # or SQLite goes through all accounts for each batch
    accounts = update(PointAccount).where(
        theirs, col(PointAccount.officer_id) == lost.c.officer_id, col(PointAccount.balance) >= lost.c.gone
    )
    first = session.execute(accounts.values(balance=PointAccount.balance - lost.c.gone).execution_options(**QUIET))
    second = session.execute(update(PointLot).where(*dead).values(remaining=0).execution_options(**QUIET))
    return bool(first.rowcount == len(officers) and second.rowcount == len(lot_ids))  # type: ignore[attr-defined]
