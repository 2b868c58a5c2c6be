"""Tasks, their places, and what a claim needs to know of officers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from officers.people.models import Officer
from officers.people.panel_models import OfficerGroup, OfficerGroupMember
from officers.work.models import Task, TaskCell, TaskClaim
from portal.foundation.db import dialect_of, ids_in, insert_rows
from portal.people.models import OrgUnit, UnitAncestor, User, UserRole
from portal.people.rules.roles import Role, Scope
from portal.people.store import in_scope
from questionnaires.library.models import Questionnaire, QuestionnaireVersion

PAGE = 50
LIVE = ("reserved", "submitted")


def by_id(session: Session, task_id: UUID) -> Task | None:
    """A task."""
    return session.get(Task, task_id)


def locked(session: Session, task_id: UUID) -> Task | None:
    """A task that nobody else changes until the transaction ends."""
    query = select(Task).where(col(Task.id) == task_id).execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if dialect_of(session) == "postgresql" else query).one_or_none()


def page(session: Session, scope: Scope, now: datetime, state: str = "", kind: str = "", before: UUID | None = None) -> Sequence[Task]:
    """Tasks of a scope, the newest first; one more than a page where there are more."""
    rows = select(Task).where(in_scope(col(Task.unit_id), scope, now))
    for column, value in ((col(Task.state), state), (col(Task.kind), kind)):
        rows = rows.where(column == value) if value else rows
    if before is not None:
        rows = rows.where(col(Task.id) < before)
    return session.scalars(rows.order_by(col(Task.id).desc()).limit(PAGE + 1)).all()


def in_state(session: Session, scope: Scope, now: datetime) -> dict[str, int]:
    """How many tasks of a scope are in each state."""
    rows = session.execute(select(col(Task.state), func.count()).where(in_scope(col(Task.unit_id), scope, now)).group_by(col(Task.state)))
    return {state: int(n) for state, n in rows}


def published(session: Session, now: datetime) -> Sequence[Task]:
    """Tasks with places to give now, those that close first first."""
    rows = select(Task).where(
        col(Task.state) == "published",
        or_(col(Task.opens_at).is_(None), col(Task.opens_at) <= now),
        or_(col(Task.closes_at).is_(None), col(Task.closes_at) > now),
    )
    return session.scalars(rows.order_by(col(Task.closes_at).is_(None), col(Task.closes_at), col(Task.id)).limit(200)).all()


def of_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, Task]:
    """Tasks by id."""
    return {row.id: row for row in session.scalars(select(Task).where(ids_in(col(Task.id), set(ids))))}


def over(session: Session, now: datetime, limit: int) -> Sequence[Task]:
    """Tasks whose time is over and that are still on show; held, and without those that somebody holds in this moment."""
    rows = select(Task).where(col(Task.state).in_(("published", "paused")), col(Task.closes_at) <= now)
    return session.scalars(rows.order_by(col(Task.closes_at)).limit(limit).with_for_update(skip_locked=True)).all()


def cells(session: Session, task_ids: Iterable[UUID]) -> dict[UUID, list[TaskCell]]:
    """The places of tasks, in their order."""
    found: dict[UUID, list[TaskCell]] = {}
    rows = select(TaskCell).where(ids_in(col(TaskCell.task_id), set(task_ids))).order_by(col(TaskCell.task_id), col(TaskCell.position))
    for row in session.scalars(rows):
        found.setdefault(row.task_id, []).append(row)
    return found


def set_cells(session: Session, task_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """The places of a draft, in place of those before; nobody can have taken one."""
    session.execute(delete(TaskCell).where(col(TaskCell.task_id) == task_id))
    insert_rows(session, TaskCell, rows)


def take_place(session: Session, cell_id: UUID) -> bool:
    """Take one place; False where the last one is gone."""
    statement = update(TaskCell).where(col(TaskCell.id) == cell_id, col(TaskCell.used) < col(TaskCell.cap))
    return _changed(session, statement.values(used=col(TaskCell.used) + 1))


def give_place_back(session: Session, cell_id: UUID) -> bool:
    """Give one place back."""
    statement = update(TaskCell).where(col(TaskCell.id) == cell_id, col(TaskCell.used) > 0)
    return _changed(session, statement.values(used=col(TaskCell.used) - 1))


def _changed(session: Session, statement: Any) -> bool:
    return session.execute(statement.execution_options(synchronize_session=False)).rowcount == 1  # type: ignore[attr-defined,no-any-return]


class Count(NamedTuple):
    """A task's claims in numbers."""

    live: int
    all: int


def claim_counts(session: Session, task_ids: Iterable[UUID]) -> dict[UUID, Count]:
    """Claims of tasks."""
    live = func.sum(case((col(TaskClaim.state).in_(LIVE), 1), else_=0))
    rows = select(col(TaskClaim.task_id), live, func.count()).where(ids_in(col(TaskClaim.task_id), set(task_ids)))
    return {task: Count(int(n or 0), int(every)) for task, n, every in session.execute(rows.group_by(col(TaskClaim.task_id)))}


def groups(session: Session) -> Sequence[OfficerGroup]:
    """The named groups of officers."""
    return session.scalars(select(OfficerGroup).order_by(col(OfficerGroup.code))).all()


def groups_by_hand(session: Session, officer_id: UUID) -> set[UUID]:
    """The groups that an officer was put into one by one."""
    return set(session.scalars(select(col(OfficerGroupMember.group_id)).where(col(OfficerGroupMember.officer_id) == officer_id)))


def direct_managers(session: Session, unit_id: UUID, now: datetime) -> frozenset[UUID]:
    """Who manages just this unit."""
    live = or_(col(UserRole.expires_at).is_(None), col(UserRole.expires_at) > now)
    rows = select(col(UserRole.user_id)).where(col(UserRole.role) == Role.OUTLET_MANAGER.value, col(UserRole.unit_id) == unit_id, live)
    return frozenset(session.scalars(rows))


def managers_above(session: Session, unit_ids: Iterable[UUID], now: datetime) -> dict[UUID, frozenset[UUID]]:
    """Who manages each unit, there or above."""
    wanted = set(unit_ids)
    rows = session.execute(_managed(now).where(ids_in(col(UnitAncestor.unit_id), wanted)))
    found: dict[UUID, set[UUID]] = {unit: set() for unit in wanted}
    for unit, user in rows:
        found[unit].add(user)
    return {unit: frozenset(users) for unit, users in found.items()}


def _managed(now: datetime) -> Any:
    day = now.date()
    return (
        select(col(UnitAncestor.unit_id), col(UserRole.user_id))
        .join(UserRole, col(UserRole.unit_id) == col(UnitAncestor.ancestor_id))
        .where(
            col(UnitAncestor.valid_from) <= day, col(UnitAncestor.valid_to) > day, col(UserRole.role) == Role.OUTLET_MANAGER.value,
            or_(col(UserRole.expires_at).is_(None), col(UserRole.expires_at) > now),
        )
    )  # fmt: skip


def manages(user_id: UUID, unit: Any, now: datetime) -> Any:
    """A clause: a user manages the unit in a column, there or above."""
    return _managed(now).where(col(UnitAncestor.unit_id) == unit, col(UserRole.user_id) == user_id).exists()


def unit_names(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, OrgUnit]:
    """Units by id."""
    wanted = {one for one in ids if one is not None}
    return {row.id: row for row in session.scalars(select(OrgUnit).where(ids_in(col(OrgUnit.id), wanted)))}


class Published(NamedTuple):
    """A questionnaire's published version."""

    id: UUID
    title_zh: str
    title_en: str
    number: int


def versions(session: Session) -> list[Published]:
    """Published versions to choose from, the newest of each questionnaire."""
    others = aliased(QuestionnaireVersion)
    newest = select(func.max(col(others.number))).where(col(others.questionnaire_id) == col(Questionnaire.id)).scalar_subquery()
    rows = session.execute(
        select(col(QuestionnaireVersion.id), col(Questionnaire.title_zh), col(Questionnaire.title_en), col(QuestionnaireVersion.number))
        .join(Questionnaire, col(Questionnaire.id) == col(QuestionnaireVersion.questionnaire_id))
        .where(col(QuestionnaireVersion.number) == newest, col(Questionnaire.status) == "published")
        .order_by(col(Questionnaire.code))
        .limit(300)
    )
    return [Published(*row) for row in rows]


def version_title(session: Session, version_id: UUID) -> Published | None:
    """The questionnaire of a version."""
    row = session.execute(
        select(col(QuestionnaireVersion.id), col(Questionnaire.title_zh), col(Questionnaire.title_en), col(QuestionnaireVersion.number))
        .join(Questionnaire, col(Questionnaire.id) == col(QuestionnaireVersion.questionnaire_id))
        .where(col(QuestionnaireVersion.id) == version_id)
    ).one_or_none()
    return Published(*row) if row else None


def total(session: Session) -> int:
    """How many tasks there are."""
    return int(session.scalar(select(func.count()).select_from(Task)) or 0)


def officers(session: Session, ids: Iterable[UUID]) -> dict[UUID, Officer]:
    """Officers by id."""
    return {row.id: row for row in session.scalars(select(Officer).where(ids_in(col(Officer.id), set(ids))))}


def user_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Members of staff by id."""
    rows = session.execute(select(col(User.id), col(User.name)).where(ids_in(col(User.id), set(ids))))
    return {row[0]: row[1] for row in rows}


def active_customers(session: Session) -> list[Officer]:
    """Active officers who are customers, in the order in which they applied."""
    rows = select(Officer).where(col(Officer.state) == "active", col(Officer.kind) == "customer")
    return list(session.scalars(rows.order_by(col(Officer.applied_at), col(Officer.alias))))


def takes(session: Session, officer_id: UUID) -> int:
    """How many places an officer ever took."""
    return int(session.scalar(select(func.count()).where(col(TaskClaim.officer_id) == officer_id)) or 0)
