"""The SQL of trials: recorded events of one type."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.people.models import OrgUnit
from scheduler.intake.models import Event


class TrialEvent(NamedTuple):
    """A recorded event, as a touchpoint hears it and as the rules need it."""

    id: UUID
    event_id: str
    customer_id: UUID
    person_id: UUID
    occurred_at: datetime
    received_at: datetime
    unit_id: UUID | None
    account_unit_id: UUID | None
    unit: str | None
    staff: str | None
    channel: str | None
    attributes: dict[str, Any]

    def facts(self, event_type: str) -> dict[str, Any]:
        """What an event filter may read."""
        return {**self.attributes, "event_type": event_type, "unit": self.unit, "staff": self.staff, "channel": self.channel}


def recorded(session: Session, event_type: str, first: datetime, last: datetime, limit: int) -> list[TrialEvent]:
    """The newest events of a type in a time."""
    columns = (getattr(Event, name) for name in TrialEvent._fields if name != "unit")
    by_name = dict(zip([name for name in TrialEvent._fields if name != "unit"], columns, strict=True))
    query = select(*(col(OrgUnit.code) if name == "unit" else by_name[name] for name in TrialEvent._fields))
    query = query.select_from(Event).outerjoin(OrgUnit, col(OrgUnit.id) == col(Event.unit_id))
    query = query.where(col(Event.event_type) == event_type, col(Event.occurred_at) >= first, col(Event.occurred_at) < last)
    return [TrialEvent(*row) for row in session.execute(query.order_by(col(Event.occurred_at).desc()).limit(limit))]


def how_many(session: Session, event_type: str, first: datetime, last: datetime) -> int:
    """How many events of a type there were."""
    query = select(func.count()).where(col(Event.event_type) == event_type, col(Event.occurred_at) >= first, col(Event.occurred_at) < last)
    return session.scalar(query) or 0
