"""The officers' rows, as far as points need them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from officers.people.models import Officer
from portal.foundation.db import dialect_of, ids_in


def hold(session: Session, officer_ids: Iterable[UUID]) -> None:
    """Hold many officers at once, in sorted order; on SQLite the writer is alone anyway."""
    if dialect_of(session) == "postgresql":
        rows = select(col(Officer.id)).where(ids_in(col(Officer.id), officer_ids)).order_by(col(Officer.id))
        session.execute(rows.with_for_update(key_share=True)).all()


def living(session: Session) -> list[tuple[UUID, datetime]]:
    """Active officers with the moment they joined, the oldest first."""
    rows = select(col(Officer.id), col(Officer.joined_at)).where(col(Officer.state) == "active", col(Officer.joined_at).is_not(None))
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(Officer.joined_at), col(Officer.id)))]
