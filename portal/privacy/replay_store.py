"""The SQL of erasures that are replayed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from portal.people.models import Customer, ErasedRef


def erased(session: Session) -> Sequence[ErasedRef]:
    """All erasures, the oldest first."""
    return session.scalars(select(ErasedRef).order_by(col(ErasedRef.erased_at))).all()


def refs_after(session: Session, after: str, limit: int) -> list[str]:
    """References behind one, in order."""
    ref = col(Customer.ref)
    return [one for one in session.scalars(select(ref).where(ref.is_not(None), ref > after).order_by(ref).limit(limit)) if one]
