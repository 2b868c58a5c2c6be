"""The SQL of officers: finding them, locking them, what a page of them shows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, func, or_, select, tuple_
from sqlmodel import Session, col

from officers.people.models import Officer, OfficerStep
from portal.foundation.db import dialect_of, ids_in
from portal.people.models import OrgUnit, UnitAncestor, UserRole
from portal.people.rules.roles import Scope
from portal.people.store import in_scope

PAGE = 50


def by_id(session: Session, officer_id: UUID) -> Officer | None:
    """An officer in any state."""
    return session.get(Officer, officer_id)


def locked(session: Session, officer_id: UUID) -> Officer | None:
    """An officer whose lock is held until the transaction ends, read anew under it."""
    query = select(Officer).where(col(Officer.id) == officer_id).execution_options(populate_existing=True)
    if dialect_of(session) == "postgresql":
        query = query.with_for_update(key_share=True)
    return session.scalars(query).one_or_none()


def lock_all(session: Session, officer_ids: Iterable[UUID]) -> None:
    """Hold many officers at once, in sorted order; on SQLite the writer is alone anyway."""
    if dialect_of(session) == "postgresql":
        rows = select(col(Officer.id)).where(ids_in(col(Officer.id), officer_ids)).order_by(col(Officer.id))
        session.execute(rows.with_for_update(key_share=True)).all()


def of_user(session: Session, user_id: UUID) -> Officer | None:
    """A member of staff as an officer."""
    return session.scalars(select(Officer).where(col(Officer.user_id) == user_id)).one_or_none()


def of_customer(session: Session, customer_id: UUID) -> Officer | None:
    """A customer as an officer."""
    return session.scalars(select(Officer).where(col(Officer.customer_id) == customer_id)).one_or_none()


def of_customers(session: Session, customer_ids: Iterable[UUID]) -> list[Officer]:
    """Those of some customers who are officers."""
    return list(session.scalars(select(Officer).where(ids_in(col(Officer.customer_id), customer_ids))))


def aliases(session: Session, officer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What officers call themselves."""
    rows = session.execute(select(col(Officer.id), col(Officer.alias)).where(ids_in(col(Officer.id), set(officer_ids))))
    return dict(rows.all())


def alias_taken(session: Session, alias: str, but: UUID | None = None) -> bool:
    """Whether somebody else is called so; letters of either case are the same."""
    query = select(col(Officer.id)).where(func.lower(col(Officer.alias)) == alias.lower())
    return any(found != but for found in session.scalars(query))


def managers(session: Session, unit_id: UUID, role: str, now: datetime) -> set[UUID]:
    """Users who hold a role for a unit, or for one above it, today."""
    day = now.date()
    above = select(col(UnitAncestor.ancestor_id)).where(
        col(UnitAncestor.unit_id) == unit_id, col(UnitAncestor.valid_from) <= day, col(UnitAncestor.valid_to) > day
    )
    live = or_(col(UserRole.expires_at).is_(None), col(UserRole.expires_at) > now)
    return set(session.scalars(select(col(UserRole.user_id)).where(col(UserRole.role) == role, col(UserRole.unit_id).in_(above), live)))


def nearest_managers(session: Session, unit_id: UUID, role: str, now: datetime) -> set[UUID]:
    """Users who hold a role for a unit, else for the nearest one above it that has somebody."""
    day = now.date()
    query = (
        select(col(UserRole.user_id), col(UnitAncestor.depth))
        .join(UnitAncestor, col(UnitAncestor.ancestor_id) == col(UserRole.unit_id))
        .where(
            col(UnitAncestor.unit_id) == unit_id, col(UnitAncestor.valid_from) <= day, col(UnitAncestor.valid_to) > day,
            col(UserRole.role) == role, or_(col(UserRole.expires_at).is_(None), col(UserRole.expires_at) > now),
        )
    )  # fmt: skip
    rows = session.execute(query).all()
    nearest = min((row[1] for row in rows), default=0)
    return {row[0] for row in rows if row[1] == nearest}


class Cut(NamedTuple):
    """What conditions may ask of an officer."""

    id: UUID
    kind: str
    tier: str
    unit: str
    city: str
    device: str
    age_band: str
    segment: str
    language: str


def cuts(session: Session, ids: Iterable[UUID] | None = None) -> list[Cut]:
    """The cuts of all active officers, or of the active ones among some."""
    query = (
        select(
            col(Officer.id), col(Officer.kind), col(Officer.tier), col(OrgUnit.code), col(Officer.city), col(Officer.device),
            col(Officer.age_band), col(Officer.segment), col(Officer.language),
        )
        .join(OrgUnit, col(OrgUnit.id) == col(Officer.unit_id))
        .where(col(Officer.state) == "active")
    )  # fmt: skip
    if ids is not None:
        query = query.where(ids_in(col(Officer.id), ids))
    return [Cut(*row) for row in session.execute(query)]


def steps(session: Session, officer_id: UUID) -> list[OfficerStep]:
    """An officer's way, the newest first."""
    query = select(OfficerStep).where(col(OfficerStep.officer_id) == officer_id)
    return list(session.scalars(query.order_by(col(OfficerStep.at).desc(), col(OfficerStep.id).desc())))


def page(
    session: Session, scope: Scope, now: datetime, *, state: str = "", kind: str = "", words: str = "",
    after: tuple[datetime, UUID] | None = None,
) -> Sequence[Row[Any]]:  # fmt: skip
    """A page of the scope's officers with their units, the newest application first; one more than a page where there are more."""
    query = (
        select(Officer, OrgUnit).join(OrgUnit, col(OrgUnit.id) == col(Officer.unit_id)).where(in_scope(col(Officer.unit_id), scope, now))
    )
    if state:
        query = query.where(col(Officer.state) == state)
    if kind:
        query = query.where(col(Officer.kind) == kind)
    if words:
        query = query.where(func.lower(col(Officer.alias)).contains(words.lower(), autoescape=True))
    if after:
        query = query.where(tuple_(col(Officer.applied_at), col(Officer.id)) < after)
    query = query.order_by(col(Officer.applied_at).desc(), col(Officer.id).desc()).limit(PAGE + 1)
    return session.execute(query).all()


def counts(session: Session, scope: Scope, now: datetime) -> dict[str, int]:
    """How many officers of a scope are in each state."""
    query = select(col(Officer.state), func.count()).where(in_scope(col(Officer.unit_id), scope, now)).group_by(col(Officer.state))
    return dict(session.execute(query).all())


def total(session: Session) -> int:
    """How many officers there are who are not erased."""
    return session.scalar(select(func.count()).select_from(Officer).where(col(Officer.erased_at).is_(None))) or 0
