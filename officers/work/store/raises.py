"""Wishes to raise a task's budget of points."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from officers.work.raise_models import TaskRaise


def of_task(session: Session, task_id: UUID) -> Sequence[TaskRaise]:
    """All of a task, the newest first."""
    return session.scalars(select(TaskRaise).where(col(TaskRaise.task_id) == task_id).order_by(col(TaskRaise.asked_at).desc())).all()


def waiting(session: Session, task_id: UUID) -> TaskRaise | None:
    """The one that waits for a second person, as it stands now."""
    rows = select(TaskRaise).where(col(TaskRaise.task_id) == task_id, col(TaskRaise.state) == "waiting")
    return session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def add(session: Session, row: TaskRaise) -> None:
    """A new wish."""
    session.add(row)
    session.flush()
