"""Tasks with their places, claims, and what officers hand in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

TASK_KINDS = ("visit", "usability", "competitor", "journey", "interview", "survey", "crowd")
TASK_STATES = ("draft", "in_approval", "published", "paused", "closed", "settled", "cancelled")
CLAIM_STATES = ("reserved", "submitted", "released", "expired")
STATES = (
    *("draft", "submitted", "in_review", "need_info", "approved", "rejected", "duplicate"),
    *("appealed", "upheld", "overturned", "revoked"),
)
CLASSES = ("nuisance", "pain_point", "blind_spot")
LIVE = text("state IN ('reserved', 'submitted')")
RESERVED = text("state = 'reserved'")
TO_REVIEW = text("state IN ('submitted', 'in_review')")
TO_ANSWER = text("state = 'need_info'")
TO_SETTLE = text("state IN ('rejected', 'upheld', 'duplicate') AND settled_at IS NULL")


class Task(SQLModel, table=True):
    """Something officers are asked to do. One who neither wrote it nor asked for its approval puts it on show.

    Shape   `steps`: what to do, one after another, each `{"zh", "en"}`. `banks` and `dimensions` of a comparison: each `{"code", "zh",
            "en"}`; ours has the code `own`. `hours` to hand in, none: 2 at a branch, 72 elsewhere. `budget`: points at most, none: no limit
            of its own. `unit_id`: who runs it
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint(one_of("kind", TASK_KINDS), name="kind"),
        CheckConstraint(one_of("state", TASK_STATES), name="state"),
        CheckConstraint("photos_min >= 0 AND photos_min <= photos_max AND photos_max <= 20", name="photos"),
        CheckConstraint("automatic = false OR photos_max = 0", name="photos_need_a_person"),
        CheckConstraint("hours BETWEEN 1 AND 720", name="hours"),
        CheckConstraint("budget > 0", name="budget"),
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint("approved_by IS NULL OR (approved_by <> created_by AND approved_by <> asked_by)", name="two_people"),
        CheckConstraint("state IN ('draft', 'in_approval', 'cancelled') OR approved_by IS NOT NULL", name="approved"),
        Index("ix_task_by_state", "state", "closes_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=12)
    state: str = Field(default="draft", max_length=12)
    title_zh: str = Field(max_length=80)
    title_en: str = Field(max_length=120)
    about_zh: str = Field(default="", max_length=2000)
    about_en: str = Field(default="", max_length=2000)
    steps: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    evidence_zh: str = Field(default="", max_length=500)
    evidence_en: str = Field(default="", max_length=500)
    photos_min: int = 0
    photos_max: int = 0
    banks: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    dimensions: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    version_id: UUID | None = Field(default=None, foreign_key="questionnaire_version.id")
    touchpoint: str = Field(default="", max_length=60)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    audience: dict[str, Any] | None = Field(default=None, sa_type=Json)
    tier: str = Field(default="", max_length=20)
    minutes: int = 15
    hours: int | None = None
    budget: int | None = None
    automatic: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    opens_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closes_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_by: UUID = Field(foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=300)
    revision: int = 1


class TaskCell(SQLModel, table=True):
    """Places of a task for officers who meet a condition, at a unit where one is to be visited; never more taken than there are."""

    __tablename__ = "task_cell"
    __table_args__ = (
        UniqueConstraint("task_id", "position"),
        CheckConstraint("cap BETWEEN 1 AND 100000", name="cap"),
        CheckConstraint("used >= 0 AND used <= cap", name="never_exceeded"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    task_id: UUID = Field(foreign_key="task.id")
    position: int
    name: str = Field(default="", max_length=60)
    condition: dict[str, Any] | None = Field(default=None, sa_type=Json)
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    cap: int
    used: int = 0


class TaskClaim(SQLModel, table=True):
    """A place that an officer took; `invitation_id` leads to the questionnaire."""

    __tablename__ = "task_claim"
    __table_args__ = (
        CheckConstraint(one_of("state", CLAIM_STATES), name="state"),
        CheckConstraint("due_at > claimed_at", name="due_after_claim"),
        CheckConstraint("(state IN ('released', 'expired')) = (ended_at IS NOT NULL)", name="ended"),
        Index("uq_task_claim_live", "task_id", "officer_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_task_claim_to_expire", "due_at", sqlite_where=RESERVED, postgresql_where=RESERVED),
        Index("ix_task_claim_of_officer", "officer_id", "claimed_at"),
        Index("ix_task_claim_of_task", "task_id", "claimed_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    task_id: UUID = Field(foreign_key="task.id")
    cell_id: UUID = Field(foreign_key="task_cell.id")
    officer_id: UUID = Field(foreign_key="officer.id")
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    state: str = Field(default="reserved", max_length=10)
    claimed_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    extended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    invitation_id: UUID | None = Field(default=None, foreign_key="invitation.id")


class Submission(SQLModel, table=True):
    """What an officer hands in for a claim, and how it was found.

    Shape   `steps`: for each of the task's `{"done", "note"}`; `scores`: dimension → bank → 1 to 5. `kind`, `quality`, `severity` are the
            reviewer's (1 is the heaviest severity, quality 4 the best). The review's clock runs from `review_from`
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("claim_id"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("kind", CLASSES), name="kind"),
        CheckConstraint("quality BETWEEN 1 AND 4", name="quality"),
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        CheckConstraint("state NOT IN ('approved', 'overturned') OR (quality IS NOT NULL AND severity IS NOT NULL)", name="graded"),
        CheckConstraint("state <> 'rejected' OR reason <> ''", name="reason_why_not"),
        CheckConstraint("state <> 'duplicate' OR duplicate_of IS NOT NULL", name="duplicate_of"),
        CheckConstraint("duplicate_of <> id", name="not_its_own_duplicate"),
        CheckConstraint("state <> 'revoked' OR (revoked_by IS NOT NULL AND revoke_reason <> '')", name="revoked"),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submitted"),
        Index("ix_submission_to_review", "due_at", sqlite_where=TO_REVIEW, postgresql_where=TO_REVIEW),
        Index("ix_submission_to_answer", "info_due_at", sqlite_where=TO_ANSWER, postgresql_where=TO_ANSWER),
        Index("ix_submission_to_settle", "decided_at", sqlite_where=TO_SETTLE, postgresql_where=TO_SETTLE),
        Index("ix_submission_of_officer", "officer_id", "decided_at"),
        Index("ix_submission_of_task", "task_id", "state"),
        Index("ix_submission_of_unit", "unit_id", "submitted_at"),
        Index("ix_submission_duplicates", "duplicate_of"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    claim_id: UUID = Field(foreign_key="task_claim.id")
    task_id: UUID = Field(foreign_key="task.id")
    officer_id: UUID = Field(foreign_key="officer.id")
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    state: str = Field(default="draft", max_length=12)
    title: str = Field(default="", max_length=120)
    text: str = Field(default="", max_length=3000)
    steps: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    scores: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    started_at: datetime = Field(sa_type=UtcDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    review_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    escalate_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    escalated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    comment_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    question: str = Field(default="", max_length=500)
    info_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reply: str = Field(default="", max_length=2000)
    replied_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    kind: str | None = Field(default=None, max_length=12)
    quality: int | None = None
    severity: int | None = None
    reason: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=500)
    duplicate_of: UUID | None = Field(default=None, foreign_key="submission.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    second_wanted: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    revoke_reason: str = Field(default="", max_length=300)
    issue_id: UUID | None = Field(default=None, foreign_key="issue.id")
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revision: int = 1
