"""The SQL of alarms."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, upsert_for
from portal.people.models import OrgUnit
from questionnaires.metrics.models import DailyTotal
from questionnaires.reports.models import MetricAlarm


def nodes(session: Session, first: date, last: date) -> list[UUID]:
    """The nodes that had answers in some days."""
    return list(session.scalars(select(col(DailyTotal.node_id)).where(col(DailyTotal.day).between(first, last)).distinct()))


def open_units(session: Session) -> set[UUID]:
    """Units that are open."""
    return set(session.scalars(select(col(OrgUnit.id)).where(col(OrgUnit.closed_at).is_(None))))


def recent(session: Session, since: datetime) -> set[tuple[str, UUID, str]]:
    """What an alarm was raised about of late: kind, unit, indicator."""
    query = select(col(MetricAlarm.kind), col(MetricAlarm.unit_id), col(MetricAlarm.indicator)).where(col(MetricAlarm.raised_at) > since)
    return {(row[0], row[1], row[2]) for row in session.execute(query)}


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Write alarms; what another process wrote first is left alone. How many are new."""
    table: Table = MetricAlarm.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    key = ["kind", "unit_id", "indicator", "first", "last"]
    session.execute(upsert_for(session)(table).on_conflict_do_nothing(index_elements=key), list(rows))
    query = select(col(MetricAlarm.id)).where(ids_in(MetricAlarm.id, [row["id"] for row in rows]))
    return len(session.scalars(query).all())
