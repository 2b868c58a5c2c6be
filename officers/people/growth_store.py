"""The SQL of growth."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from officers.people.models import GrowthEntry
from portal.foundation.db import ids_in, upsert_for

TABLE: Any = GrowthEntry.__table__  # type: ignore[attr-defined]  # SQLModel hides it


def add(session: Session, row: dict[str, Any]) -> bool:
    """Write an entry unless the officer has one of this source; whether it is new."""
    made = upsert_for(session)(TABLE).values(row).on_conflict_do_nothing().returning(TABLE.c.id)
    return session.execute(made).first() is not None


def to_take_back(session: Session, source: str) -> Sequence[GrowthEntry]:
    """Entries of a source and its parts (`source:…`) that nothing reverses yet, in the order of officers."""
    back = aliased(GrowthEntry)
    query = (
        select(GrowthEntry)
        .outerjoin(back, col(back.reverses) == col(GrowthEntry.id))
        .where(
            or_(col(GrowthEntry.source) == source, col(GrowthEntry.source).startswith(f"{source}:", autoescape=True)),
            col(GrowthEntry.reverses).is_(None),
            col(back.id).is_(None),
        )
        .order_by(col(GrowthEntry.officer_id), col(GrowthEntry.id))
    )
    return session.scalars(query).all()


def sums(session: Session, officer_ids: Iterable[UUID], since: datetime) -> dict[UUID, int]:
    """Growth of officers whose window begins after `since`; who has none is absent."""
    query = (
        select(col(GrowthEntry.officer_id), func.sum(col(GrowthEntry.amount)))
        .where(ids_in(col(GrowthEntry.officer_id), set(officer_ids)), col(GrowthEntry.counts_at) > since)
        .group_by(col(GrowthEntry.officer_id))
    )
    return {officer_id: int(amount) for officer_id, amount in session.execute(query)}


def newest(session: Session, officer_id: UUID, limit: int) -> list[GrowthEntry]:
    """An officer's newest entries."""
    query = select(GrowthEntry).where(col(GrowthEntry.officer_id) == officer_id)
    return list(session.scalars(query.order_by(col(GrowthEntry.at).desc(), col(GrowthEntry.id).desc()).limit(limit)))


def sums_all(session: Session, since: datetime) -> dict[UUID, int]:
    """Growth of everybody whose window begins after `since`, in one statement."""
    query = select(col(GrowthEntry.officer_id), func.sum(col(GrowthEntry.amount))).where(col(GrowthEntry.counts_at) > since)
    return {officer_id: int(amount) for officer_id, amount in session.execute(query.group_by(col(GrowthEntry.officer_id)))}
