"""Score appeals: a unit says that a score is not its doing, another person at a level above decides."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

APPEAL_STATES = ("submitted", "upheld", "rejected", "withdrawn")
APPEAL_REASONS = ("wrong_unit", "outside_control", "abuse")
STANDING = text("state <> 'withdrawn'")
OPEN = text("state = 'submitted'")


class ScoreAppeal(SQLModel, table=True):
    """One appeal against the scores of one answer.

    The database itself holds that nobody decides their own appeal, nor a unit its own: `judge_unit_id` is the unit above by
    whose right the judge decides.
    """

    __tablename__ = "score_appeal"
    __table_args__ = (
        CheckConstraint(one_of("state", APPEAL_STATES), name="state"),
        CheckConstraint(one_of("reason", APPEAL_REASONS), name="reason"),
        CheckConstraint("judge_id IS NULL OR judge_id <> author_id", name="another_person"),
        CheckConstraint("judge_unit_id IS NULL OR judge_unit_id <> unit_id", name="level_above"),
        CheckConstraint(
            "(state IN ('upheld', 'rejected')) = (judge_id IS NOT NULL AND judge_unit_id IS NOT NULL AND decided_at IS NOT NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("submitted_at <= file_until", name="in_time"),
        Index("uq_score_appeal_standing", "response_id", unique=True, sqlite_where=STANDING, postgresql_where=STANDING),
        Index("ix_score_appeal_of_unit", "unit_id", "submitted_at"),
        Index("ix_score_appeal_to_decide", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    response_id: UUID = Field(foreign_key="response.id")
    unit_id: UUID = Field(foreign_key="org_unit.id")
    case_id: UUID | None = Field(default=None, foreign_key="case_file.id", index=True)
    reason: str = Field(max_length=20)
    argument: str = Field(max_length=2000)
    state: str = Field(default="submitted", max_length=10)
    author_id: UUID = Field(foreign_key="app_user.id")
    answered_at: datetime = Field(sa_type=UtcDateTime)
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    file_until: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    judge_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    judge_unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decision: str = Field(default="", max_length=1000)
    left_out: int = 0
