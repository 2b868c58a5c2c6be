"""The SQL of this room's jobs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from officers.people.models import Officer, OfficerNotice


def settle(notice: OfficerNotice, found: object) -> None:
    """What became of a notice's message: the contact it was sent by, or the reason why it stays in the zone."""
    if isinstance(found, UUID):
        notice.sending, notice.contact_id = "sent", found
    else:
        notice.sending, notice.kept_why = "kept", str(found)[:40]


def due_back(session: Session, now: datetime, limit: int) -> list[UUID]:
    """Officers on leave whose day has come."""
    query = select(col(Officer.id)).where(col(Officer.state) == "paused", col(Officer.back_on) <= now)
    return list(session.scalars(query.order_by(col(Officer.id)).limit(limit)))
