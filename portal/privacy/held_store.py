"""The SQL of legal holds and held records."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from portal.people.models import Customer
from portal.privacy.models import HeldRecord, LegalHold

STANDING = ("in_force", "lifting")
PAGE = 200


def holds_on(session: Session, customer_id: UUID) -> list[LegalHold]:
    """The holds that forbid an erasure."""
    mine = select(LegalHold).where(col(LegalHold.customer_id) == customer_id, col(LegalHold.state).in_(STANDING))
    return list(session.scalars(mine))


def under_hold() -> Select[Any]:
    """The customers of whom nothing may be removed for now, as a part of a query."""
    return select(col(LegalHold.customer_id)).where(col(LegalHold.state).in_(STANDING))


def free(customer_id: Mapped[Any]) -> ColumnElement[bool]:
    """Rows of nobody, or of somebody who is under no legal hold."""
    return or_(customer_id.is_(None), customer_id.not_in(under_hold()))


def hold(session: Session, hold_id: UUID) -> LegalHold | None:
    """One hold."""
    return session.get(LegalHold, hold_id)


def holds(session: Session) -> list[tuple[LegalHold, Customer]]:
    """All holds with their customers, those at work first, then the newest."""
    rows = select(LegalHold, Customer).join(Customer, col(Customer.id) == col(LegalHold.customer_id))
    over = col(LegalHold.state).in_(("lifted", "refused"))
    return [(one, customer) for one, customer in session.execute(rows.order_by(over, col(LegalHold.asked_at).desc()).limit(PAGE))]


def records_of(session: Session, customer_id: UUID, *, live: bool = True) -> list[HeldRecord]:
    """What is held of a customer."""
    mine = select(HeldRecord).where(col(HeldRecord.customer_id) == customer_id).order_by(col(HeldRecord.part))
    return list(session.scalars(mine.where(col(HeldRecord.released_at).is_(None)) if live else mine))


def due(session: Session, now: datetime, limit: int) -> list[HeldRecord]:
    """Records whose period is over, of customers under no legal hold."""
    ours = select(HeldRecord).where(col(HeldRecord.released_at).is_(None), col(HeldRecord.until) <= now)
    ours = ours.where(free(col(HeldRecord.customer_id)))
    return list(session.scalars(ours.order_by(col(HeldRecord.until), col(HeldRecord.id)).limit(limit)))


def live(session: Session) -> Sequence[HeldRecord]:
    """All that is held, what ends first first."""
    ours = select(HeldRecord).where(col(HeldRecord.released_at).is_(None))
    return session.scalars(ours.order_by(col(HeldRecord.until), col(HeldRecord.id)).limit(PAGE)).all()
