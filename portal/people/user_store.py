"""The SQL of users: lists, roles and their counts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, delete, exists, func, or_, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in
from portal.people.models import OrgUnit, User, UserRole
from portal.people.rules.roles import Role, Scope
from portal.people.store import in_scope

PAGE = 50


def users_of_page(
    session: Session, scope: Scope, now: datetime, *, search: str = "", role: str = "", active: bool | None = None, after: str = ""
) -> list[User]:
    """A page of users by log-in, one more than a page where there are more."""
    query = _listed(scope, now).order_by(col(User.login)).limit(PAGE + 1)
    if search:
        like = f"%{_escaped(search)}%"
        query = query.where(or_(col(User.login).ilike(like, escape="\\"), col(User.name).ilike(like, escape="\\")))
    if role:
        query = query.where(exists().where(col(UserRole.user_id) == col(User.id), col(UserRole.role) == role))
    if active is not None:
        query = query.where(col(User.active).is_(active))
    if after:
        query = query.where(col(User.login) > after)
    return list(session.scalars(query))


def in_users_scope(session: Session, scope: Scope, user_id: UUID, now: datetime) -> bool:
    """Whether a user belongs to a unit in scope, or holds a role there."""
    return session.scalar(_listed(scope, now).where(col(User.id) == user_id)) is not None


def roles_with_units(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, list[tuple[UserRole, OrgUnit]]]:
    """The roles of several users with their units."""
    rows = session.execute(
        select(UserRole, OrgUnit)
        .join(OrgUnit, col(OrgUnit.id) == col(UserRole.unit_id))
        .where(ids_in(col(UserRole.user_id), user_ids))
        .order_by(col(UserRole.role), col(OrgUnit.code))
    )
    found: dict[UUID, list[tuple[UserRole, OrgUnit]]] = {}
    for role, unit in rows:
        found.setdefault(role.user_id, []).append((role, unit))
    return found


def logins_taken(session: Session, logins: Sequence[str]) -> dict[str, User]:
    """Users by log-in in lower case."""
    wanted = [login.lower() for login in logins]
    return {user.login.lower(): user for user in session.scalars(select(User).where(keys_in(func.lower(col(User.login)), wanted)))}


def other_administrators(session: Session, user_id: UUID, head_id: UUID | None, now: datetime) -> int:
    """How many other active users administer the whole bank, not counting emergencies, which end within hours."""
    lives = or_(col(UserRole.expires_at).is_(None), col(UserRole.expires_at) > now)
    query = select(func.count(func.distinct(col(User.id)))).join(UserRole, col(UserRole.user_id) == col(User.id))
    mine = and_(
        col(UserRole.role) == Role.ADMINISTRATOR.value, col(UserRole.unit_id) == head_id, lives, col(UserRole.source) != "emergency"
    )
    return session.scalar(query.where(mine, col(User.active), col(User.id) != user_id)) or 0


def drop_roles(session: Session, role_ids: Sequence[UUID]) -> None:
    """Take roles away."""
    session.execute(delete(UserRole).where(ids_in(col(UserRole.id), role_ids)))


def _listed(scope: Scope, now: datetime) -> Select[User]:
    held = exists().where(col(UserRole.user_id) == col(User.id), in_scope(col(UserRole.unit_id), scope, now))
    return select(User).where(or_(in_scope(col(User.unit_id), scope, now), held))


def _escaped(search: str) -> str:
    return search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def names(session: Session, user_ids: Iterable[UUID]) -> dict[str, str]:
    """Users' names by the text of their id."""
    rows = session.execute(select(col(User.id), col(User.name)).where(ids_in(col(User.id), set(user_ids))))
    return {str(key): name for key, name in rows}
