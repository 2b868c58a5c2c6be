"""The SQL of provisioning: rules of groups, identities, users page by page."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.db import keys_in
from portal.people.access_models import GroupRule, Identity
from portal.people.models import OrgUnit, User, UserRole


def rules(session: Session) -> list[tuple[GroupRule, OrgUnit]]:
    """All rules of groups with their units."""
    rows = session.execute(
        select(GroupRule, OrgUnit)
        .join(OrgUnit, col(OrgUnit.id) == col(GroupRule.unit_id))
        .order_by(col(GroupRule.group_name), col(GroupRule.role), col(OrgUnit.code))
    )
    return [(rule, unit) for rule, unit in rows]


def rules_of(session: Session, groups: Collection[str]) -> list[GroupRule]:
    """The rules of some groups."""
    return list(session.scalars(select(GroupRule).where(keys_in(col(GroupRule.group_name), list(groups)))))


def has_rule(session: Session, group: str, role: str, unit_id: UUID) -> bool:
    """Whether there is this rule already."""
    found = select(GroupRule).where(col(GroupRule.group_name) == group, col(GroupRule.role) == role, col(GroupRule.unit_id) == unit_id)
    return session.scalars(found).one_or_none() is not None


def identity(session: Session, issuer: str, subject: str) -> Identity | None:
    """Who somebody at the sign-on service is here."""
    return session.scalars(select(Identity).where(col(Identity.issuer) == issuer, col(Identity.subject) == subject)).one_or_none()


def has_identity(session: Session, user_id: UUID, issuer: str) -> bool:
    """Whether a user is tied to somebody at the sign-on service."""
    found = select(Identity).where(col(Identity.user_id) == user_id, col(Identity.issuer) == issuer)
    return session.scalars(found.limit(1)).one_or_none() is not None


def users_after(session: Session, after: str, limit: int) -> list[User]:
    """Users by log-in, from after one on."""
    return list(session.scalars(select(User).where(col(User.login) > after).order_by(col(User.login)).limit(limit)))


def units_of(session: Session, unit_ids: Collection[UUID]) -> dict[UUID, str]:
    """The codes of units."""
    rows = session.execute(select(col(OrgUnit.id), col(OrgUnit.code)).where(col(OrgUnit.id).in_(unit_ids)))
    return dict(rows.all())


def roles_of(session: Session, user_ids: Collection[UUID], now: datetime) -> dict[UUID, list[UserRole]]:
    """The roles of several users that hold now."""
    found: dict[UUID, list[UserRole]] = {}
    for row in session.scalars(select(UserRole).where(col(UserRole.user_id).in_(user_ids)).order_by(col(UserRole.role))):
        if row.expires_at is None or row.expires_at > now:
            found.setdefault(row.user_id, []).append(row)
    return found
