"""The SQL of API keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from portal.people.models import ApiKey


def all_keys(session: Session) -> list[ApiKey]:
    """All keys, live ones first, the newest first."""
    return list(session.scalars(select(ApiKey).order_by(col(ApiKey.revoked_at).is_not(None), col(ApiKey.created_at).desc())))


def note_use(session: Session, key_id: UUID, now: datetime, before: datetime) -> None:
    """Write the moment of use unless another process just did."""
    old = or_(col(ApiKey.last_used_at).is_(None), col(ApiKey.last_used_at) <= before)
    session.execute(update(ApiKey).where(col(ApiKey.id) == key_id, old).values(last_used_at=now))
