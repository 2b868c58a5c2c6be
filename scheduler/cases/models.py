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
CASE_KINDS = ("low_score", "complaint")
OPEN = "state NOT IN ('closed', 'merged')"
MARKED = text("next_mark_at IS NOT NULL")


class AlertRule(SQLModel, table=True):
    """Which answers open a case: a condition over scores and answers, for all touchpoints or some."""

    __tablename__ = "alert_rule"
    __table_args__ = (UniqueConstraint("code"), CheckConstraint(one_of("case_kind", CASE_KINDS), name="case_kind"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=60)
    name_zh: str = Field(max_length=80)
    name_en: str = Field(max_length=80)
    condition: dict[str, Any] = Field(sa_type=Json)
    touchpoints: list[str] = Field(default_factory=list, sa_type=Json)
    case_kind: str = Field(default="low_score", max_length=12)
    active: bool = False
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    active_from: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Case(SQLModel, table=True):
    """Something a unit must put right for one customer. Never vanishes: closed, merged or reopened."""

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(one_of("state", CASE_STATES), name="state"),
        CheckConstraint(one_of("kind", CASE_KINDS), name="kind"),
        Index("ix_case_of_unit", "unit_id", "state", "due_at"),
        Index("ix_case_of_person", "person_id"),
        Index("ix_case_open_by_due", "due_at", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_case_of_owner", "owner_id", "due_at", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_case_next_mark", "next_mark_at", sqlite_where=MARKED, postgresql_where=MARKED),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(max_length=20)
    kind: str = Field(max_length=12)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    person_id: UUID | None = None
    customer_id: UUID | None = None
    response_id: UUID | None = Field(default=None, index=True)
    touchpoint: str = Field(default="", max_length=60)
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
    __table_args__ = (CheckConstraint("(case_id IS NULL) <> (reason IS NULL)", name="case_or_reason"),)
    response_id: UUID = Field(primary_key=True, foreign_key="response.id")
    rule_id: UUID = Field(primary_key=True, foreign_key="alert_rule.id")
    case_id: UUID | None = Field(default=None, foreign_key="case_file.id")
    reason: str | None = Field(default=None, max_length=40)


class CaseNumber(SQLModel, table=True):
    """The last number given to a case on a day."""

    __tablename__ = "case_number"
    day: date = Field(primary_key=True)
    last: int = 0
