"""The SQL of officers' notices."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from officers.people.models import Officer, OfficerNotice
from portal.foundation.db import dialect_of, ids_in, insert_rows

PAGE = 30


def channels(session: Session, officer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The channel that each living officer chose; the retired, rejected and erased are absent."""
    query = select(col(Officer.id), col(Officer.channel)).where(ids_in(col(Officer.id), set(officer_ids)), col(Officer.erased_at).is_(None))
    return dict(session.execute(query).all())


def write(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add notices."""
    insert_rows(session, OfficerNotice, rows)


def unread(session: Session, officer_id: UUID) -> int:
    """How many notices an officer has not looked at."""
    query = select(func.count()).select_from(OfficerNotice)
    return session.scalar(query.where(col(OfficerNotice.officer_id) == officer_id, col(OfficerNotice.read_at).is_(None))) or 0


def newest(session: Session, officer_id: UUID, limit: int = PAGE) -> list[OfficerNotice]:
    """An officer's newest notices."""
    query = select(OfficerNotice).where(col(OfficerNotice.officer_id) == officer_id)
    return list(session.scalars(query.order_by(col(OfficerNotice.at).desc(), col(OfficerNotice.id).desc()).limit(limit)))


def mark_read(session: Session, officer_id: UUID, now: datetime, notice_id: UUID | None = None) -> None:
    """Note that an officer looked at a notice, or at all."""
    change = update(OfficerNotice).where(col(OfficerNotice.officer_id) == officer_id, col(OfficerNotice.read_at).is_(None))
    if notice_id is not None:
        change = change.where(col(OfficerNotice.id) == notice_id)
    session.execute(change.values(read_at=now))


def one(session: Session, officer_id: UUID, notice_id: UUID) -> OfficerNotice | None:
    """One of an officer's notices."""
    found = session.get(OfficerNotice, notice_id)
    return found if found is not None and found.officer_id == officer_id else None


def to_send(session: Session, limit: int) -> list[tuple[OfficerNotice, Officer]]:
    """Notices that wait for a message, with their officers; claimed, so that two jobs never send one."""
    query = (
        select(OfficerNotice, Officer)
        .join(Officer, col(Officer.id) == col(OfficerNotice.officer_id))
        .where(col(OfficerNotice.sending) == "waiting")
        .order_by(col(OfficerNotice.at), col(OfficerNotice.id))
        .limit(limit)
    )
    if dialect_of(session) == "postgresql":
        query = query.with_for_update(skip_locked=True, of=OfficerNotice)
    return list(session.execute(query).all())
