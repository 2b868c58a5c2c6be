"""The SQL of tiers: versions, and the officers that the monthly check looks at."""

from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from officers.people.models import Officer
from officers.people.panel_models import TierVersion


def in_force(session: Session) -> TierVersion | None:
    """The version in force; None while the built-in one holds."""
    return session.scalars(select(TierVersion).where(col(TierVersion.state) == "active")).one_or_none()


def versions(session: Session) -> list[TierVersion]:
    """All versions, the newest first."""
    return list(session.scalars(select(TierVersion).order_by(col(TierVersion.number).desc())))


def version(session: Session, version_id: UUID) -> TierVersion | None:
    """One version, held until the transaction ends and read anew."""
    query = select(TierVersion).where(col(TierVersion.id) == version_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def next_number(session: Session) -> int:
    """The number of the next version."""
    return (session.scalar(select(func.max(col(TierVersion.number)))) or 0) + 1


def to_check(session: Session, month: str, limit: int) -> list[UUID]:
    """Active officers whom this month's check has not looked at."""
    query = select(col(Officer.id)).where(col(Officer.state) == "active", col(Officer.checked_on) < month)
    return list(session.scalars(query.order_by(col(Officer.id)).limit(limit)))


def active(session: Session) -> list[tuple[UUID, str]]:
    """All active officers with their tiers."""
    query = select(col(Officer.id), col(Officer.tier)).where(col(Officer.state) == "active").order_by(col(Officer.id))
    return list(session.execute(query).all())


def counts(session: Session) -> dict[str, int]:
    """How many active officers are in each tier."""
    query = select(col(Officer.tier), func.count()).where(col(Officer.state) == "active").group_by(col(Officer.tier))
    return dict(session.execute(query).all())
