"""The officers' rows, as far as points need them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from officers.people.models import Officer


def living(session: Session) -> list[tuple[UUID, datetime]]:
    """Active officers with the moment they joined, the oldest first."""
    rows = select(col(Officer.id), col(Officer.joined_at)).where(col(Officer.state) == "active", col(Officer.joined_at).is_not(None))
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(Officer.joined_at), col(Officer.id)))]
