"""The SQL of notes on charts, saved views and alarms."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people import store as people
from portal.people.models import OrgUnit
from portal.people.rules.roles import Scope
from questionnaires.reports.models import Annotation, MetricAlarm, SavedView


def of_days(session: Session, first: date, last: date, units: Iterable[UUID]) -> list[Annotation]:
    """Live notes of some days: those of the whole bank, and of some units (a unit with all above it)."""
    own = or_(col(Annotation.unit_id).is_(None), ids_in(Annotation.unit_id, units))
    query = select(Annotation).where(col(Annotation.day).between(first, last), col(Annotation.removed_at).is_(None), own)
    return list(session.scalars(query.order_by(col(Annotation.day), col(Annotation.id))))


def newest(session: Session, limit: int = 50) -> list[tuple[Annotation, OrgUnit | None]]:
    """The latest live notes."""
    query = select(Annotation, OrgUnit).outerjoin(OrgUnit, col(OrgUnit.id) == col(Annotation.unit_id))
    query = query.where(col(Annotation.removed_at).is_(None)).order_by(col(Annotation.day).desc(), col(Annotation.id).desc())
    return [(row[0], row[1]) for row in session.execute(query.limit(limit))]


def note(session: Session, note_id: UUID) -> Annotation | None:
    """A note."""
    return session.get(Annotation, note_id)


def views(session: Session, user_id: UUID) -> list[SavedView]:
    """One's own saved views, and those that others share."""
    query = select(SavedView).where(or_(col(SavedView.owner_id) == user_id, col(SavedView.shared)))
    return list(session.scalars(query.order_by(col(SavedView.name), col(SavedView.id))))


def view(session: Session, view_id: UUID) -> SavedView | None:
    """A saved view."""
    return session.get(SavedView, view_id)


def view_named(session: Session, user_id: UUID, name: str) -> SavedView | None:
    """One's own view of a name."""
    return session.scalars(select(SavedView).where(col(SavedView.owner_id) == user_id, col(SavedView.name) == name)).one_or_none()


def alarms(session: Session, units: Sequence[UUID], first: date, last: date) -> list[MetricAlarm]:
    """Alarms of some units whose last day lies in a period."""
    query = select(MetricAlarm).where(ids_in(MetricAlarm.unit_id, units), col(MetricAlarm.last).between(first, last))
    return list(session.scalars(query.order_by(col(MetricAlarm.raised_at))))


def alarms_in(session: Session, scope: Scope, now: datetime, limit: int = 100) -> list[tuple[MetricAlarm, OrgUnit]]:
    """The latest alarms of the units in scope."""
    query = select(MetricAlarm, OrgUnit).join(OrgUnit, col(OrgUnit.id) == col(MetricAlarm.unit_id))
    query = query.where(people.in_scope(col(MetricAlarm.unit_id), scope, now)).order_by(col(MetricAlarm.raised_at).desc()).limit(limit)
    return [(row[0], row[1]) for row in session.execute(query)]
