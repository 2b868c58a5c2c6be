"""The SQL of API keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from portal.people.access_models import ServiceAccount
from portal.people.models import ApiKey, User


def all_keys(session: Session) -> list[ApiKey]:
    """All keys, live ones first, the newest first."""
    return list(session.scalars(select(ApiKey).order_by(col(ApiKey.revoked_at).is_not(None), col(ApiKey.created_at).desc())))


def successor(session: Session, key_id: UUID) -> bool:
    """Whether a key in this one's place was made already."""
    return (
        session.scalars(select(ApiKey).where(col(ApiKey.replaces) == key_id, col(ApiKey.revoked_at).is_(None)).limit(1)).first() is not None
    )


def accounts(session: Session) -> list[tuple[ServiceAccount, User]]:
    """Service accounts with those who answer for them, live ones first."""
    rows = session.execute(
        select(ServiceAccount, User)
        .join(User, col(User.id) == col(ServiceAccount.owner_id))
        .order_by(col(ServiceAccount.ended_at).is_not(None), col(ServiceAccount.name))
    )
    return [(account, user) for account, user in rows]


def account_named(session: Session, name: str) -> ServiceAccount | None:
    """A service account by its name."""
    return session.scalars(select(ServiceAccount).where(col(ServiceAccount.name) == name)).one_or_none()


def revoke_all(session: Session, account_id: UUID, now: datetime) -> int:
    """End all keys of a service account; returns how many."""
    mine = update(ApiKey).where(col(ApiKey.account_id) == account_id, col(ApiKey.revoked_at).is_(None))
    return int(session.execute(mine.values(revoked_at=now)).rowcount)  # type: ignore[attr-defined]  # the result of an update has it


def note_use(session: Session, key_id: UUID, now: datetime, before: datetime) -> None:
    """Write the moment of use unless another process just did."""
    old = or_(col(ApiKey.last_used_at).is_(None), col(ApiKey.last_used_at) <= before)
    session.execute(update(ApiKey).where(col(ApiKey.id) == key_id, old).values(last_used_at=now))
