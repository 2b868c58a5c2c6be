"""Looks at submissions, appeals against them, the inspected unit's word, and the reasons reviewers choose from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text, true
from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

ROUNDS = ("first", "second", "appeal")
VERDICTS = ("approve", "reject", "duplicate", "need_info")
OUTCOMES = ("upheld", "overturned")
DECIDES = text("verdict <> 'need_info'")
UNDECIDED = text("decided_at IS NULL")
NEED_INFO = text("verdict = 'need_info'")


class SubmissionReview(SQLModel, table=True):
    """One look at a submission; append-only. Nobody decides twice on one, so an appeal's judge is never its first reviewer.

    Triggers refuse the submitter himself, who manages his unit, and a look without a person where one is needed.
    """

    __tablename__ = "submission_review"
    __table_args__ = (
        CheckConstraint(one_of("round", ROUNDS), name="round"),
        CheckConstraint(one_of("verdict", VERDICTS), name="verdict"),
        CheckConstraint("quality BETWEEN 1 AND 4", name="quality"),
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        CheckConstraint("reviewer_id IS NOT NULL OR (round = 'first' AND verdict = 'approve')", name="a_person"),
        CheckConstraint("verdict <> 'need_info' OR round = 'first'", name="info_once"),
        Index("uq_submission_review_person", "submission_id", "reviewer_id", unique=True, sqlite_where=DECIDES, postgresql_where=DECIDES),
        Index("uq_submission_review_round", "submission_id", "round", unique=True, sqlite_where=DECIDES, postgresql_where=DECIDES),
        Index("uq_submission_review_info", "submission_id", unique=True, sqlite_where=NEED_INFO, postgresql_where=NEED_INFO),
        Index("ix_submission_review_of_reviewer", "reviewer_id", "at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    submission_id: UUID = Field(foreign_key="submission.id")
    round: str = Field(max_length=10)
    reviewer_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    verdict: str = Field(max_length=10)
    quality: int | None = None
    severity: int | None = None
    reason: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=500)
    at: datetime = Field(sa_type=UtcDateTime)


class SubmissionAppeal(SQLModel, table=True):
    """An officer's appeal against a refusal; one for each submission."""

    __tablename__ = "submission_appeal"
    __table_args__ = (
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("(outcome IS NOT NULL) = (decided_at IS NOT NULL)", name="decided"),
        Index("ix_submission_appeal_open", "filed_at", sqlite_where=UNDECIDED, postgresql_where=UNDECIDED),
        Index("ix_submission_appeal_of_officer", "officer_id", "filed_at"),
    )
    submission_id: UUID = Field(foreign_key="submission.id", primary_key=True)
    officer_id: UUID = Field(foreign_key="officer.id")
    text: str = Field(max_length=1000)
    filed_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    outcome: str | None = Field(default=None, max_length=10)
    answer: str = Field(default="", max_length=500)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UnitComment(SQLModel, table=True):
    """What the inspected unit says before a visit counts; empty where it has nothing to add."""

    __tablename__ = "unit_comment"
    submission_id: UUID = Field(foreign_key="submission.id", primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id")
    text: str = Field(default="", max_length=1000)
    at: datetime = Field(sa_type=UtcDateTime)


class ReviewReason(SQLModel, table=True):
    """A reason to choose from, with what the officer is told to do better; `for_verdict`: a refusal, or a question."""

    __tablename__ = "review_reason"
    __table_args__ = (UniqueConstraint("position"), CheckConstraint(one_of("for_verdict", ("reject", "need_info")), name="for_verdict"))
    code: str = Field(primary_key=True, max_length=40)
    position: int
    for_verdict: str = Field(default="reject", max_length=10)
    name_zh: str = Field(max_length=80)
    name_en: str = Field(max_length=120)
    advice_zh: str = Field(default="", max_length=300)
    advice_en: str = Field(default="", max_length=300)
    active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
