"""What goes and what is given when a customer asks: addresses and notes go at once, reasons of corrections with the ledger's period."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.points.store import erasing as store


def forget(session: Session, customer_ids: Sequence[UUID], _now: datetime) -> int:
    """Addresses and what was written beside redemptions are gone."""
    return store.forget(session, customer_ids)


def forget_ledger(session: Session, customer_ids: Sequence[UUID], _now: datetime) -> int:
    """What was written about corrections is gone; entries hold no personal data and stay."""
    return store.forget_reasons(session, customer_ids)


def since(session: Session, customer_id: UUID) -> datetime | None:
    """From when the ledger's period runs: the last entry."""
    return store.last_entry(session, customer_id)


def subject(session: Session, customer_id: UUID) -> UUID | None:
    """The officer whose ledger it is: when its period is over, nothing leads from the customer to them any more."""
    return store.officer_of(session, customer_id)


def release(session: Session, officer_ids: Sequence[UUID], _now: datetime) -> int:
    """What was written about corrections of these officers is gone."""
    return store.forget_reasons_of(session, officer_ids)


def copy_of(session: Session, customer_id: UUID) -> list[dict[str, Any]]:
    """A customer's entries and redemptions, as they get them."""
    return store.copy_of(session, customer_id)
