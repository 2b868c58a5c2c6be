"""Alert rules, cases and everything that was done about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

CASE_STATES = ("new", "assigned", "contacted", "in_progress", "resolved", "closed", "reopened", "merged")
RULE_STATES = ("draft", "submitted", "active", "off")
OPEN = "state NOT IN ('closed', 'merged')"
RESOLVED = "state = 'resolved'"
MARKED = text("next_mark_at IS NOT NULL")
RUNNING = text("ended_at IS NULL")


class AlertRule(SQLModel, table=True):
    """One version of an alert rule: which answers open a case, for whom. A change is a new row, so that what ran stays readable.

    Shape   `routing`, `merging`, `surge`: see `rules.alerts.AlertSpec`; `active_from`, `active_until`: when it was held against answers
    """

    __tablename__ = "alert_rule"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint(one_of("state", RULE_STATES), name="state"),
        CheckConstraint("approved_by IS NULL OR author_id IS NULL OR approved_by <> author_id", name="two_people"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=60)
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    name_zh: str = Field(max_length=80)
    name_en: str = Field(max_length=100)
    condition: dict[str, Any] = Field(sa_type=Json)
    touchpoints: list[str] = Field(default_factory=list, sa_type=Json)
    case_kind: str = Field(default="low_score", max_length=20)
    routing: dict[str, Any] = Field(default_factory=dict, sa_type=Json, sa_column_kwargs={"server_default": "{}"})
    state: str = Field(default="draft", max_length=10, sa_column_kwargs={"server_default": "draft"})
    active: bool = False
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    active_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    active_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Case(SQLModel, table=True):
    """Something a unit must put right for one customer. Never vanishes: closed, merged or reopened."""

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(one_of("state", CASE_STATES), name="state"),
        Index("ix_case_of_unit", "unit_id", "state", "due_at"),
        Index("ix_case_of_unit_newest", "unit_id", "number"),
        Index("ix_case_opened", "opened_at"),
        Index("ix_case_of_person", "person_id"),
        Index("ix_case_open_by_due", "due_at", "number", "state", "unit_id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_case_open_of_kind", "kind", "due_at", "number", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_case_resolved", "number", sqlite_where=text(RESOLVED), postgresql_where=text(RESOLVED)),
        Index("ix_case_of_owner", "owner_id", "due_at", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_case_next_mark", "next_mark_at", sqlite_where=MARKED, postgresql_where=MARKED),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(max_length=20)
    kind: str = Field(max_length=20)
    kind_version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    source: str = Field(default="answer", max_length=20, sa_column_kwargs={"server_default": "answer"})
    title: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    unit_id: UUID = Field(foreign_key="org_unit.id")
    person_id: UUID | None = None
    customer_id: UUID | None = None
    response_id: UUID | None = Field(default=None, index=True)
    feedback_id: UUID | None = Field(default=None, index=True)
    touchpoint: str = Field(default="", max_length=60)
    product: str | None = Field(default=None, max_length=60)
    topic: str | None = Field(default=None, max_length=60)
    incident_id: UUID | None = Field(default=None, index=True)
    rule_id: UUID | None = Field(default=None, foreign_key="alert_rule.id")
    rated_staff: str | None = Field(default=None, max_length=40)
    may_call: bool | None = None
    state: str = Field(default="new", max_length=12)
    owner_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    score: float | None = None
    indicator: str | None = Field(default=None, max_length=40)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    accept_due_at: datetime = Field(sa_type=UtcDateTime)
    contact_due_at: datetime = Field(sa_type=UtcDateTime)
    resolve_due_at: datetime = Field(sa_type=UtcDateTime)
    clock_from: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_mark_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    contacted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    escalated: int = 0
    clock_mark: int = 0
    root_cause: str | None = Field(default=None, max_length=60)
    remedy: str | None = Field(default=None, max_length=1000)
    result: str = Field(default="", max_length=1000, sa_column_kwargs={"server_default": ""})
    fields: dict[str, Any] = Field(default_factory=dict, sa_type=Json, sa_column_kwargs={"server_default": "{}"})
    checks: list[str] = Field(default_factory=list, sa_type=Json, sa_column_kwargs={"server_default": "[]"})
    first_contacted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    contact_in_time: bool | None = None
    resolved_in_time: bool | None = None
    reopened: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    rerated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rerated_score: float | None = None
    recovered: bool | None = None
    merged_into: UUID | None = None
    revision: int = 1


class CaseStep(SQLModel, table=True):
    """One line of a case's timeline; append-only."""

    __tablename__ = "case_step"
    __table_args__ = (Index("ix_case_step_of_case", "case_id", "at"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id")
    at: datetime = Field(sa_type=UtcDateTime)
    actor_kind: str = Field(default="system", max_length=10)
    actor_id: UUID | None = None
    act: str = Field(max_length=30)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    note: str = Field(default="", max_length=2000)


class CaseTrigger(SQLModel, table=True):
    """What a rule made of an answer: exactly one case, or one reason why not."""

    __tablename__ = "case_trigger"
    __table_args__ = (
        CheckConstraint("(case_id IS NULL) <> (reason IS NULL)", name="case_or_reason"),
        Index("ix_case_trigger_of_case", "case_id"),
    )
    response_id: UUID = Field(primary_key=True, foreign_key="response.id")
    rule_id: UUID = Field(primary_key=True, foreign_key="alert_rule.id")
    case_id: UUID | None = Field(default=None, foreign_key="case_file.id")
    reason: str | None = Field(default=None, max_length=40)


class FeedbackTrigger(SQLModel, table=True):
    """What a rule made of feedback that came without a questionnaire: exactly one case, or one reason why not."""

    __tablename__ = "feedback_trigger"
    __table_args__ = (
        CheckConstraint("(case_id IS NULL) <> (reason IS NULL)", name="case_or_reason"),
        Index("ix_feedback_trigger_of_case", "case_id"),
    )
    feedback_id: UUID = Field(primary_key=True, foreign_key="feedback.id")
    rule_id: UUID = Field(primary_key=True, foreign_key="alert_rule.id")
    case_id: UUID | None = Field(default=None, foreign_key="case_file.id")
    reason: str | None = Field(default=None, max_length=40)


class CaseNumber(SQLModel, table=True):
    """The last number given to a case on a day."""

    __tablename__ = "case_number"
    day: date = Field(primary_key=True)
    last: int = 0


class CaseIncident(SQLModel, table=True):
    """A surge on a touchpoint: its case is the owner's, low answers attach to it, and the touchpoint's invitations pause while it lasts."""

    __tablename__ = "case_incident"
    __table_args__ = (
        Index("ix_case_incident_running", "touchpoint", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="in_order"),
    )
    case_id: UUID = Field(primary_key=True, foreign_key="case_file.id")
    touchpoint: str = Field(max_length=60)
    topic: str | None = Field(default=None, max_length=60)
    seen: int
    expected: float
    attached: int = 0
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CaseKind(SQLModel, table=True):
    """A bank's own version of a kind of case; version 1 of the shipped kinds is the product's own and stands in no row."""

    __tablename__ = "case_kind"
    __table_args__ = (CheckConstraint("approved_by IS NULL OR approved_by <> author_id", name="two_people"),)
    code: str = Field(primary_key=True, max_length=20)
    version: int = Field(primary_key=True)
    spec: dict[str, Any] = Field(sa_type=Json)
    author_id: UUID = Field(foreign_key="app_user.id")
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    active_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
