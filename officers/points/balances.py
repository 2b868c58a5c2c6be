"""What an officer has: to spend now, waiting, bound, owed, and about to expire."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.points import rulebooks
from officers.points.store import ledger as store


@dataclass(frozen=True)
class Balance:
    """Points of one officer. `expiring` of the spendable ones go within the first warning's days, the next of them at `next_at`."""

    spendable: int = 0
    pending: int = 0
    held: int = 0
    owed: int = 0
    expiring: int = 0
    next_at: datetime | None = None
    next_amount: int = 0


def of(session: Session, officer_id: UUID, now: datetime) -> Balance:
    """The balance at a moment: lots that expired but were not swept yet count no more; while something is owed nothing is spendable."""
    _balance, held, owed = store.account(session, officer_id)
    lots = store.live_lots(session, officer_id, now, usable=False)
    usable = [one for one in lots if one.usable_from <= now]
    soon = now + timedelta(days=rulebooks.seen(session, now).book.warn_days[0])
    going = [one for one in usable if one.expires_at <= soon]
    first = min((one.expires_at for one in going), default=None)
    return Balance(
        spendable=0 if owed else sum(one.remaining for one in usable),
        pending=sum(one.remaining for one in lots) - sum(one.remaining for one in usable),
        held=held,
        owed=owed,
        expiring=sum(one.remaining for one in going),
        next_at=first,
        next_amount=sum(one.remaining for one in going if one.expires_at == first),
    )
