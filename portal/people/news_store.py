"""The SQL of what people are told of their own account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from portal.people.access_models import AccountNews, StaffSession

MOST = 20


def waiting(session: Session, user_id: UUID) -> list[AccountNews]:
    """News that their owner has not said they know, the newest first."""
    query = select(AccountNews).where(col(AccountNews.user_id) == user_id, col(AccountNews.known_at).is_(None))
    return list(session.scalars(query.order_by(col(AccountNews.at).desc(), col(AccountNews.id).desc()).limit(MOST)))


def mark(session: Session, user_id: UUID, now: datetime) -> None:
    """Their owner knows them all."""
    waits = (col(AccountNews.user_id) == user_id, col(AccountNews.known_at).is_(None))
    session.execute(update(AccountNews).where(*waits).values(known_at=now))


def drop_old(session: Session, before: datetime) -> int:
    """Forget news of long ago."""
    gone = session.execute(delete(AccountNews).where(col(AccountNews.at) < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # the result of a delete has it


def came_before(session: Session, made: StaffSession) -> bool:
    """Whether this person came in before at all."""
    query = select(col(StaffSession.id)).where(col(StaffSession.user_id) == made.user_id, col(StaffSession.id) != made.id)
    return session.scalar(query.limit(1)) is not None


def came_from(session: Session, user_id: UUID, address: str, but: UUID | None = None) -> bool:
    """Whether a person came in from an address before."""
    query = select(col(StaffSession.id)).where(col(StaffSession.user_id) == user_id, col(StaffSession.address) == address)
    if but is not None:
        query = query.where(col(StaffSession.id) != but)
    return session.scalar(query.limit(1)) is not None


def came_with(session: Session, made: StaffSession) -> bool:
    """Whether this person came in with this browser before."""
    query = select(col(StaffSession.id)).where(
        col(StaffSession.user_id) == made.user_id, col(StaffSession.agent) == made.agent, col(StaffSession.id) != made.id
    )
    return session.scalar(query.limit(1)) is not None
