"""Metric alarms to follow up, and the open cases that such alarms made."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from questionnaires.reports.models import MetricAlarm
from scheduler.cases.models import Case
from scheduler.cases.store.listing import IS_OPEN


def claim(session: Session, limit: int) -> Sequence[MetricAlarm]:
    """Alarms that nobody followed up, held; rows of another process are left to it."""
    rows = select(MetricAlarm).where(col(MetricAlarm.followed_up_at).is_(None)).order_by(col(MetricAlarm.id)).limit(limit)
    return session.scalars(rows.with_for_update(skip_locked=True)).all()


def open_cases(session: Session, unit_ids: Iterable[UUID], kind: str) -> Sequence[Case]:
    """Open cases of a kind at some units."""
    return session.scalars(select(Case).where(ids_in(col(Case.unit_id), unit_ids), IS_OPEN, col(Case.kind) == kind)).all()
