"""The SQL of emergencies."""

from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.audit.models import AuditEntry
from portal.people.access_models import BreakGlass
from portal.people.models import OrgUnit, User, UserRole

SHOWN = 200


def by_id(session: Session, emergency_id: UUID) -> BreakGlass | None:
    """One emergency."""
    return session.get(BreakGlass, emergency_id)


def role_row(session: Session, user_id: UUID, role: str, unit_id: UUID) -> UserRole | None:
    """The row by which somebody holds a role for a unit."""
    found = select(UserRole).where(col(UserRole.user_id) == user_id, col(UserRole.role) == role, col(UserRole.unit_id) == unit_id)
    return session.scalars(found).one_or_none()


def latest(session: Session) -> list[tuple[BreakGlass, User, OrgUnit]]:
    """Emergencies, those that wait for a judgement first, then the newest."""
    rows = session.execute(
        select(BreakGlass, User, OrgUnit)
        .join(User, col(User.id) == col(BreakGlass.user_id))
        .join(OrgUnit, col(OrgUnit.id) == col(BreakGlass.unit_id))
        .order_by(col(BreakGlass.reviewed_at).is_not(None), col(BreakGlass.started_at).desc())
        .limit(SHOWN)
    )
    return [(one, user, unit) for one, user, unit in rows]


def to_judge(session: Session, but: UUID) -> int:
    """How many wait for somebody else's judgement."""
    query = select(func.count()).select_from(BreakGlass).where(col(BreakGlass.reviewed_at).is_(None), col(BreakGlass.user_id) != but)
    return session.scalar(query) or 0


def deeds(session: Session, one: BreakGlass) -> list[AuditEntry]:
    """What the person did while it was in force, the oldest first."""
    query = select(AuditEntry).where(
        col(AuditEntry.actor_id) == str(one.user_id),
        col(AuditEntry.at) >= one.started_at,
        col(AuditEntry.at) <= (one.ended_at or one.ends_at),
    )
    return list(session.scalars(query.order_by(col(AuditEntry.at), col(AuditEntry.id)).limit(SHOWN)))
