"""What goes and what is given when a customer asks: addresses and notes go, figures stay without a name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.points.store import erasing as store


def forget(session: Session, customer_ids: Sequence[UUID]) -> int:
    """Addresses and what was written about redemptions and corrections are gone; entries hold no personal data and stay."""
    return store.forget(session, customer_ids)


def copy_of(session: Session, customer_id: UUID) -> list[dict[str, Any]]:
    """A customer's entries and redemptions, as they get them."""
    return store.copy_of(session, customer_id)
