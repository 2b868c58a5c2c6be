"""SQL of targets."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from questionnaires.metrics.index_models import Indicator, MetricTarget


def on(session: Session, unit_ids: Iterable[UUID], day: date) -> list[MetricTarget]:
    """The targets of some units in force on a day."""
    query = select(MetricTarget).where(
        ids_in(MetricTarget.unit_id, unit_ids), col(MetricTarget.first) <= day, day <= col(MetricTarget.last)
    )
    return list(session.scalars(query))


def listed(session: Session, unit_ids: Iterable[UUID]) -> list[MetricTarget]:
    """All targets of some units, the newest period first."""
    query = select(MetricTarget).where(ids_in(MetricTarget.unit_id, unit_ids))
    return list(session.scalars(query.order_by(col(MetricTarget.first).desc(), col(MetricTarget.indicator))))


def drop(session: Session, unit_id: UUID, indicator: str, first: date) -> None:
    """Make place for a new value."""
    same = (col(MetricTarget.unit_id) == unit_id, col(MetricTarget.indicator) == indicator, col(MetricTarget.first) == first)
    session.execute(delete(MetricTarget).where(*same))


def knows(session: Session, indicator: str) -> bool:
    """Whether the bank keeps an indicator of this code."""
    return bool(session.scalar(select(exists().where(col(Indicator.code) == indicator))))
