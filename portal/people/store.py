"""The SQL of people: users, units and scopes. Customers have a store of their own."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, func, or_, select, true
from sqlmodel import Session, col

from portal.foundation.db import dialect_of, ids_in
from portal.people.models import ApiKey, Customer, OrgUnit, UnitAncestor, User, UserRole
from portal.people.rules.roles import Scope


def user_by_id(session: Session, user_id: UUID) -> User | None:
    """A user, active or not."""
    return session.get(User, user_id)


def user_by_login(session: Session, login: str) -> User | None:
    """A user by what they type to sign in; letters of either case."""
    return session.scalars(select(User).where(func.lower(col(User.login)) == login.strip().lower())).one_or_none()


def roles_of(session: Session, user_id: UUID) -> list[UserRole]:
    """All roles of a user, expired ones too."""
    return list(session.scalars(select(UserRole).where(col(UserRole.user_id) == user_id)))


def head_id(session: Session) -> UUID | None:
    """The head office, the root of the tree."""
    return session.scalar(select(col(OrgUnit.id)).where(col(OrgUnit.kind) == "head").order_by(col(OrgUnit.code)).limit(1))


def api_key_by_hash(session: Session, key_hash: bytes, now: datetime) -> ApiKey | None:
    """A live key."""
    live = or_(col(ApiKey.expires_at).is_(None), col(ApiKey.expires_at) > now)
    return session.scalars(select(ApiKey).where(col(ApiKey.key_hash) == key_hash, col(ApiKey.revoked_at).is_(None), live)).one_or_none()


def unit_in_scope(session: Session, scope: Scope, unit_id: UUID | None, now: datetime) -> bool:
    """Whether a unit lies in a scope today; a row without a unit belongs to those who see everything."""
    if scope.everything:
        return True
    if unit_id is None or scope.empty:
        return False
    return bool(session.scalar(select(_below(unit_id, scope, now.date()))))


def in_scope(column: Any, scope: Scope, now: datetime) -> ColumnElement[bool]:
    """A clause: the unit in `column` lies in the scope by today's tree."""
    if scope.everything:
        return true()
    if scope.empty:
        return false()
    return _below(column, scope, now.date())


def _below(unit: Any, scope: Scope, day: date) -> ColumnElement[bool]:
    rows = UnitAncestor
    return exists().where(
        col(rows.unit_id) == unit, ids_in(col(rows.ancestor_id), scope.unit_ids), col(rows.valid_from) <= day, col(rows.valid_to) > day
    )


def ancestors_on(session: Session, unit_ids: Iterable[UUID], day: date) -> dict[UUID, list[UUID]]:
    """Each unit's ancestors on a day, itself first."""
    rows = session.execute(
        select(col(UnitAncestor.unit_id), col(UnitAncestor.ancestor_id))
        .where(ids_in(col(UnitAncestor.unit_id), set(unit_ids)), col(UnitAncestor.valid_from) <= day, col(UnitAncestor.valid_to) > day)
        .order_by(col(UnitAncestor.unit_id), col(UnitAncestor.depth))
    )
    found: dict[UUID, list[UUID]] = {}
    for unit_id, ancestor_id in rows:
        found.setdefault(unit_id, []).append(ancestor_id)
    return found


def lock_persons(session: Session, person_ids: Iterable[UUID]) -> None:
    """Hold the persons' locks until the transaction ends, taken in sorted order; history is read in a later statement.

    SQLite needs none: the writer's place is held from the first statement.
    """
    if dialect_of(session) == "postgresql":
        session.execute(
            select(col(Customer.id))
            .where(ids_in(col(Customer.id), sorted(set(person_ids))))
            .order_by(col(Customer.id))
            .with_for_update(key_share=True)
        ).all()


def unit_by_id(session: Session, unit_id: UUID) -> OrgUnit | None:
    """A unit."""
    return session.get(OrgUnit, unit_id)


def unit_by_code(session: Session, code: str) -> OrgUnit | None:
    """A unit by its code."""
    return session.scalars(select(OrgUnit).where(col(OrgUnit.code) == code)).one_or_none()
