"""What people add to a case: helpers, to-dos, words to say."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.foundation.db import upsert_for
from portal.people.models import User
from scheduler.cases.models import Case
from scheduler.cases.work_models import CaseMember, CaseTask, CaseWords


def members(session: Session, case_id: UUID) -> list[UUID]:
    """Who helps with a case beside its owner."""
    return list(session.scalars(select(col(CaseMember.user_id)).where(col(CaseMember.case_id) == case_id)))


def member_names(session: Session, case_id: UUID) -> list[tuple[UUID, str]]:
    """The helpers with their names."""
    rows = select(col(User.id), col(User.name)).join(CaseMember, col(CaseMember.user_id) == col(User.id))
    return [(row[0], row[1]) for row in session.execute(rows.where(col(CaseMember.case_id) == case_id).order_by(col(User.name)))]


def add_member(session: Session, case_id: UUID, user_id: UUID, added_by: UUID | None, now: datetime) -> None:
    """One more helper; nothing where he is one already."""
    insert = upsert_for(session)(CaseMember).values(case_id=case_id, user_id=user_id, added_by=added_by, added_at=now)
    session.execute(insert.on_conflict_do_nothing(index_elements=["case_id", "user_id"]))


def remove_member(session: Session, case_id: UUID, user_id: UUID) -> None:
    """A helper less."""
    session.execute(delete(CaseMember).where(col(CaseMember.case_id) == case_id, col(CaseMember.user_id) == user_id))


def tasks(session: Session, case_id: UUID) -> Sequence[CaseTask]:
    """A case's to-dos: open ones first, by their day."""
    rows = select(CaseTask).where(col(CaseTask.case_id) == case_id)
    return session.scalars(rows.order_by(col(CaseTask.done_at).is_not(None), col(CaseTask.due_on), col(CaseTask.created_at))).all()


def task(session: Session, case_id: UUID, task_id: UUID) -> CaseTask | None:
    """One to-do of a case, held until the transaction ends."""
    return session.scalars(
        select(CaseTask).where(col(CaseTask.id) == task_id, col(CaseTask.case_id) == case_id).with_for_update()
    ).one_or_none()


def my_tasks(session: Session, user_id: UUID, limit: int) -> list[tuple[CaseTask, str]]:
    """A person's open to-dos with the numbers of their cases, by their day."""
    rows = session.execute(
        select(CaseTask, col(Case.number))
        .join(Case, col(Case.id) == col(CaseTask.case_id))
        .where(col(CaseTask.owner_id) == user_id, col(CaseTask.done_at).is_(None))
        .order_by(col(CaseTask.due_on), col(CaseTask.created_at))
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def words(session: Session) -> Sequence[CaseWords]:
    """All words to say that a bank wrote."""
    return session.scalars(select(CaseWords).order_by(col(CaseWords.kind), col(CaseWords.code))).all()


def words_by_code(session: Session, code: str) -> CaseWords | None:
    """One of them, held until the transaction ends."""
    return session.scalars(select(CaseWords).where(col(CaseWords.code) == code).with_for_update()).one_or_none()
