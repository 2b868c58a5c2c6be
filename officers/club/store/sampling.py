"""Whom the sample bank's club is made with."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from officers.people.models import Officer
from portal.people.models import OrgUnit, UserRole
from portal.people.rules.roles import Role


def officers(session: Session, limit: int) -> list[Officer]:
    """Active officers, the first to have joined first."""
    rows = select(Officer).where(col(Officer.state) == "active").order_by(col(Officer.joined_at), col(Officer.id)).limit(limit)
    return list(session.scalars(rows))


def manager(session: Session) -> UUID | None:
    """Somebody who runs the programme."""
    wanted = (Role.OFFICER_MANAGER.value, Role.ADMINISTRATOR.value)
    rows = session.execute(select(col(UserRole.role), col(UserRole.user_id)).where(col(UserRole.role).in_(wanted)))
    holders = dict(rows.all())
    return holders.get(wanted[0]) or holders.get(wanted[1])


def units(session: Session) -> dict[str, UUID]:
    """Units by code."""
    return dict(session.execute(select(col(OrgUnit.code), col(OrgUnit.id))).all())
