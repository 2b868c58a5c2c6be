"""What contacts do when a customer is erased, or found to be another person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from scheduler.contacts.store import following, linking, lists


def erase(session: Session, customer_ids: Sequence[UUID], now: datetime) -> int:
    """Reservations that wait are released, no reminder follows, places on lists end; the ledger's figures stay."""
    return following.release_erased(session, customer_ids, now) + lists.forget(session, customer_ids, now)


def rekey(session: Session, old: UUID, new: UUID, shard: int) -> int:
    """What counted for one person counts for another; both are locked. Decisions stay as they were written."""
    return linking.rekey(session, old, new, shard)
