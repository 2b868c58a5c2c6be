"""The SQL of the bank's own roles, and of who holds what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlmodel import Session, col

from portal.people.access_models import BankRole
from portal.people.models import OrgUnit, User, UserRole
from portal.people.rules.roles import Scope
from portal.people.store import in_scope


def all_roles(session: Session) -> list[BankRole]:
    """All of the bank's own roles, proposed ones too."""
    return list(session.scalars(select(BankRole).order_by(col(BankRole.code))))


def role(session: Session, code: str) -> BankRole | None:
    """One of them."""
    return session.get(BankRole, code)


def drop_holders(session: Session, code: str) -> int:
    """Take a role from everybody who holds it."""
    gone = session.execute(delete(UserRole).where(col(UserRole.role) == code))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # the result of a delete has it


def holders(session: Session, roles: set[str], scope: Scope, now: datetime, after: tuple[str, UUID] | None, limit: int) -> list[Any]:
    """Who holds one of some roles now, for a unit in scope: (UserRole, User, OrgUnit) by log-in."""
    live = or_(col(UserRole.expires_at).is_(None), col(UserRole.expires_at) > now)
    query = (
        select(UserRole, User, OrgUnit)
        .join(User, col(User.id) == col(UserRole.user_id))
        .join(OrgUnit, col(OrgUnit.id) == col(UserRole.unit_id))
        .where(col(UserRole.role).in_(roles), col(User.active), live, in_scope(col(UserRole.unit_id), scope, now))
        .order_by(col(User.login), col(UserRole.id))
        .limit(limit)
    )
    if after is not None:
        login, key = after
        query = query.where(or_(col(User.login) > login, (col(User.login) == login) & (col(UserRole.id) > key)))
    return list(session.execute(query))
