"""The SQL of the panel: its cells, task hours, named groups."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlmodel import Session, col

from officers.people.models import Officer
from officers.people.panel_models import OfficerGroup, OfficerGroupMember, PanelCell, TaskHours
from portal.foundation.db import ids_in, insert_rows, keys_in, upsert_for
from portal.people.models import Customer, OrgUnit, User
from portal.people.rules.roles import Scope
from portal.people.store import in_scope


def cells(session: Session) -> list[PanelCell]:
    """All cells of the panel."""
    order = (PanelCell.city, PanelCell.device, PanelCell.age_band, PanelCell.segment)
    return list(session.scalars(select(PanelCell).order_by(*(col(one) for one in order))))


def put_cell(session: Session, row: dict[str, Any]) -> None:
    """Write a cell, or the new target of one that is there."""
    made = upsert_for(session)(PanelCell.__table__).values(row)  # type: ignore[attr-defined]  # SQLModel hides it
    session.execute(made.on_conflict_do_update(index_elements=["city", "device", "age_band", "segment"], set_={"target": row["target"]}))


def drop_cell(session: Session, cell_id: UUID) -> None:
    """Take a cell out."""
    session.execute(delete(PanelCell).where(col(PanelCell.id) == cell_id))


def filled(session: Session) -> list[tuple[str, str, str, str, int]]:
    """Active officers by city, device, age band and segment: one row for each mixture."""
    cut = (col(Officer.city), col(Officer.device), col(Officer.age_band), col(Officer.segment))
    query = select(*cut, func.count()).where(col(Officer.state) == "active").group_by(*cut)
    return [(row[0], row[1], row[2], row[3], int(row[4])) for row in session.execute(query)]


def hours_of(session: Session, officer_id: UUID, quarter: str) -> TaskHours | None:
    """What was said of an officer's hours in a quarter."""
    query = select(TaskHours).where(col(TaskHours.officer_id) == officer_id, col(TaskHours.quarter) == quarter)
    return session.scalars(query).one_or_none()


def staff_hours(session: Session, scope: Scope, quarter: str, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Staff officers of a scope with their unit, their own name and what was said of the quarter; those who asked come first."""
    query = (
        select(Officer, OrgUnit, col(User.name), TaskHours)
        .join(OrgUnit, col(OrgUnit.id) == col(Officer.unit_id))
        .join(User, col(User.id) == col(Officer.user_id))
        .outerjoin(TaskHours, (col(TaskHours.officer_id) == col(Officer.id)) & (col(TaskHours.quarter) == quarter))
        .where(in_scope(col(Officer.unit_id), scope, now), col(Officer.state).in_(("training", "active", "paused")))
        .order_by(func.coalesce(col(TaskHours.state), "b"), col(User.name), col(Officer.id))
        .limit(limit)
    )
    return session.execute(query).all()


def asked_hours(session: Session, scope: Scope, quarter: str, now: datetime) -> int:
    """How many officers of a scope wait for an answer about a quarter."""
    query = (
        select(func.count())
        .select_from(TaskHours)
        .join(Officer, col(Officer.id) == col(TaskHours.officer_id))
        .where(col(TaskHours.quarter) == quarter, col(TaskHours.state) == "asked", in_scope(col(Officer.unit_id), scope, now))
    )
    return session.scalar(query) or 0


def groups(session: Session) -> list[tuple[OfficerGroup, int]]:
    """All groups with the number of active members that were chosen by hand."""
    query = (
        select(OfficerGroup, func.count(col(Officer.id)))
        .outerjoin(OfficerGroupMember, col(OfficerGroupMember.group_id) == col(OfficerGroup.id))
        .outerjoin(Officer, (col(Officer.id) == col(OfficerGroupMember.officer_id)) & (col(Officer.state) == "active"))
        .group_by(col(OfficerGroup.id))
        .order_by(col(OfficerGroup.code))
    )
    return list(session.execute(query).all())


def group(session: Session, group_id: UUID) -> OfficerGroup | None:
    """A group."""
    return session.get(OfficerGroup, group_id)


def groups_of_codes(session: Session, codes: Iterable[str]) -> list[OfficerGroup]:
    """Groups by their codes."""
    return list(session.scalars(select(OfficerGroup).where(keys_in(col(OfficerGroup.code), codes))))


def all_groups(session: Session) -> list[OfficerGroup]:
    """All groups by name."""
    return list(session.scalars(select(OfficerGroup).order_by(col(OfficerGroup.name), col(OfficerGroup.code))))


def persons(session: Session, person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The active officers that some persons are as customers, with the person of each."""
    query = (
        select(col(Officer.id), col(Customer.person_id))
        .join(Customer, col(Customer.id) == col(Officer.customer_id))
        .where(ids_in(col(Customer.person_id), person_ids), col(Officer.state) == "active")
    )
    return {row[0]: row[1] for row in session.execute(query)}


def by_hand(session: Session, group_ids: Iterable[UUID], officer_ids: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """Which of some officers were put into which of some groups."""
    query = select(col(OfficerGroupMember.group_id), col(OfficerGroupMember.officer_id)).where(
        ids_in(col(OfficerGroupMember.group_id), group_ids), ids_in(col(OfficerGroupMember.officer_id), officer_ids)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def group_by_code(session: Session, code: str) -> OfficerGroup | None:
    """A group by its code."""
    return session.scalars(select(OfficerGroup).where(col(OfficerGroup.code) == code)).one_or_none()


def drop_group(session: Session, group_id: UUID) -> None:
    """Remove a group and who is in it."""
    session.execute(delete(OfficerGroupMember).where(col(OfficerGroupMember.group_id) == group_id))
    session.execute(delete(OfficerGroup).where(col(OfficerGroup.id) == group_id))


def members(session: Session, group_id: UUID) -> list[UUID]:
    """Active officers who were put into a group."""
    query = (
        select(col(Officer.id))
        .join(OfficerGroupMember, col(OfficerGroupMember.officer_id) == col(Officer.id))
        .where(col(OfficerGroupMember.group_id) == group_id, col(Officer.state) == "active")
    )
    return list(session.scalars(query.order_by(col(Officer.id))))


def member_rows(session: Session, ids: Iterable[UUID], limit: int, scope: Scope, now: datetime) -> Sequence[Row[Any]]:
    """Officers of a scope among some, with their units, by alias."""
    query = select(Officer, OrgUnit).join(OrgUnit, col(OrgUnit.id) == col(Officer.unit_id))
    query = query.where(ids_in(col(Officer.id), ids), in_scope(col(Officer.unit_id), scope, now))
    return session.execute(query.order_by(col(Officer.alias)).limit(limit)).all()


def add_members(session: Session, group_id: UUID, ids: Iterable[UUID]) -> int:
    """Put officers into a group; how many were not in it."""
    there = set(session.scalars(select(col(OfficerGroupMember.officer_id)).where(col(OfficerGroupMember.group_id) == group_id)))
    new = sorted(set(ids) - there)
    insert_rows(session, OfficerGroupMember, [{"group_id": group_id, "officer_id": one} for one in new])
    return len(new)


def drop_member(session: Session, group_id: UUID, officer_id: UUID) -> None:
    """Take an officer out of a group."""
    gone = delete(OfficerGroupMember).where(col(OfficerGroupMember.group_id) == group_id, col(OfficerGroupMember.officer_id) == officer_id)
    session.execute(gone)


def by_aliases(session: Session, aliases: Iterable[str]) -> dict[str, tuple[UUID, str, UUID]]:
    """Officers by alias in lower case: id, state, unit."""
    column = func.lower(col(Officer.alias))
    query = select(column, col(Officer.id), col(Officer.state), col(Officer.unit_id)).where(keys_in(column, aliases))
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query)}
