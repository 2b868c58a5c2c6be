"""More points for a task that runs already."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

RAISE_STATES = ("waiting", "approved", "declined")
WAITING = text("state = 'waiting'")


class TaskRaise(SQLModel, table=True):
    """A wish to raise a task's budget of points: asked for by one person, decided by another; one at a time."""

    __tablename__ = "task_raise"
    __table_args__ = (
        CheckConstraint(one_of("state", RAISE_STATES), name="state"),
        CheckConstraint("budget > was", name="more"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("decided_by <> asked_by", name="second_person"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        Index("uq_task_raise_waiting", "task_id", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_task_raise_of_task", "task_id", "asked_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    task_id: UUID = Field(foreign_key="task.id")
    budget: int
    was: int
    reason: str = Field(max_length=300)
    state: str = Field(default="waiting", max_length=8)
    asked_by: UUID = Field(foreign_key="app_user.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
