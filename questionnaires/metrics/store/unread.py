"""The queue of counted responses whose words the room above has not read yet."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows
from questionnaires.metrics.unread_models import UnreadResponse


def note(session: Session, ids: Iterable[UUID], now: datetime) -> None:
    """Put responses into the queue, in the transaction that counts them: one statement."""
    insert_rows(session, UnreadResponse, [{"response_id": one, "counted_at": now} for one in ids])


def waiting(session: Session, limit: int) -> list[UUID]:
    """Some responses of the queue, in the order they were begun."""
    return list(session.scalars(select(col(UnreadResponse.response_id)).order_by(col(UnreadResponse.response_id)).limit(limit)))


def done(session: Session, ids: Sequence[UUID]) -> None:
    """Take responses out of the queue."""
    session.execute(delete(UnreadResponse).where(ids_in(UnreadResponse.response_id, ids)).execution_options(synchronize_session=False))
