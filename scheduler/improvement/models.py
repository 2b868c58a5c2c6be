"""The improvement register: one for the whole bank. Issues come from cases, answers, complaints, ideas and officers' work."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

ISSUE_STATES = ("found", "analysed", "planned", "fixed", "verified", "reopened", "wont_fix")
KINDS = ("nuisance", "pain_point", "blind_spot")
TURNED = ("delight", "highlight", "opportunity")
SOURCES = ("case", "response", "complaint", "idea", "submission", "feedback", "issue")
UNSETTLED = text("state NOT IN ('verified', 'wont_fix')")


class Issue(SQLModel, table=True):
    """A cause that many customers meet: found, analysed, planned, fixed, and verified by the figure itself.

    `touchpoint`, `indicator` and `measured_unit_id` name the figure; `before` and `after` hold its estimates (value, lower, upper,
    n, first and last day) as they stood when it was fixed and when it was verified.
    """

    __tablename__ = "issue"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(one_of("state", ISSUE_STATES), name="state"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("turned_into", TURNED), name="turned_into"),
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        CheckConstraint("(state = 'verified') = (verified_at IS NOT NULL)", name="verified"),
        CheckConstraint("state <> 'verified' OR verified_by <> owner_id", name="verified_by_another"),
        CheckConstraint("state <> 'wont_fix' OR wont_reason <> ''", name="reason_why_not"),
        Index("ix_issue_of_unit", "unit_id", "state"),
        Index("ix_issue_due", "fix_due_on", sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
        Index("ix_issue_of_programme", "programme_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(max_length=20)
    title: str = Field(max_length=120)
    description: str = Field(default="", max_length=3000)
    kind: str = Field(max_length=12)
    turned_into: str | None = Field(default=None, max_length=12)
    severity: int = 3
    state: str = Field(default="found", max_length=10)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    owner_id: UUID = Field(foreign_key="app_user.id")
    programme_id: UUID | None = Field(default=None, foreign_key="improvement_programme.id")
    root_cause: str = Field(default="", max_length=60)
    topic: str = Field(default="", max_length=80)
    touchpoint: str = Field(default="", max_length=60)
    indicator: str = Field(default="nps", max_length=40)
    measured_unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    analysis: str = Field(default="", max_length=3000)
    plan: str = Field(default="", max_length=3000)
    lasting_measure: str = Field(default="", max_length=2000)
    story: str = Field(default="", max_length=3000)
    wont_reason: str = Field(default="", max_length=1000)
    found_at: datetime = Field(sa_type=UtcDateTime)
    found_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    fix_due_on: date | None = None
    verify_on: date | None = None
    fixed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verified_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    before: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    revision: int = 1


class IssueNumber(SQLModel, table=True):
    """The last number given to an issue in a year."""

    __tablename__ = "issue_number"
    year: int = Field(primary_key=True)
    last: int = 0


class IssueLink(SQLModel, table=True):
    """What an issue was seen in: a case, an answer, a complaint, an idea …; once each."""

    __tablename__ = "issue_link"
    __table_args__ = (
        CheckConstraint(one_of("kind", SOURCES), name="kind"),
        Index("ix_issue_link_of_object", "kind", "object_id"),
    )
    issue_id: UUID = Field(primary_key=True, foreign_key="issue.id")
    kind: str = Field(primary_key=True, max_length=12)
    object_id: UUID = Field(primary_key=True)
    added_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    added_at: datetime = Field(sa_type=UtcDateTime)


class IssueStep(SQLModel, table=True):
    """One line of an issue's timeline; never changed."""

    __tablename__ = "issue_step"
    __table_args__ = (Index("ix_issue_step_of_issue", "issue_id", "at"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    issue_id: UUID = Field(foreign_key="issue.id")
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID | None = None
    act: str = Field(max_length=20)
    note: str = Field(default="", max_length=2000)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class IssueAction(SQLModel, table=True):
    """Something somebody does about an issue by a day; decided in a meeting, or not."""

    __tablename__ = "issue_action"
    __table_args__ = (Index("ix_issue_action_of_issue", "issue_id"), Index("ix_issue_action_of_owner", "owner_id", "due_on"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    issue_id: UUID = Field(foreign_key="issue.id")
    meeting_id: UUID | None = Field(default=None, foreign_key="improvement_meeting.id")
    what: str = Field(max_length=300)
    owner_id: UUID = Field(foreign_key="app_user.id")
    due_on: date
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Meeting(SQLModel, table=True):
    """A meeting of the working group: its list of issues, and its minutes."""

    __tablename__ = "improvement_meeting"
    __table_args__ = (CheckConstraint(one_of("state", ("planned", "held")), name="state"), Index("ix_improvement_meeting_held", "held_on"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    title: str = Field(max_length=120)
    held_on: date
    unit_id: UUID = Field(foreign_key="org_unit.id")
    programme_id: UUID | None = Field(default=None, foreign_key="improvement_programme.id")
    chair_id: UUID = Field(foreign_key="app_user.id")
    state: str = Field(default="planned", max_length=10)
    present: str = Field(default="", max_length=500)
    minutes: str = Field(default="", max_length=5000)
    created_at: datetime = Field(sa_type=UtcDateTime)


class MeetingItem(SQLModel, table=True):
    """An issue on a meeting's list, with what was decided about it."""

    __tablename__ = "meeting_item"
    meeting_id: UUID = Field(primary_key=True, foreign_key="improvement_meeting.id")
    issue_id: UUID = Field(primary_key=True, foreign_key="issue.id")
    position: int = 0
    decision: str = Field(default="", max_length=1000)


class Programme(SQLModel, table=True):
    """A goal that one person answers for, with its figure, its units and its dates; gathers issues, meetings, surveys and cases."""

    __tablename__ = "improvement_programme"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("state", ("running", "ended")), name="state"),
        CheckConstraint("ends_on > starts_on", name="in_order"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=20)
    name: str = Field(max_length=120)
    goal: str = Field(max_length=1000)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    owner_id: UUID = Field(foreign_key="app_user.id")
    indicator: str = Field(default="nps", max_length=40)
    touchpoint: str = Field(default="", max_length=60)
    target: float
    starts_on: date
    ends_on: date
    state: str = Field(default="running", max_length=10)
    conclusion: str = Field(default="", max_length=2000)
    created_at: datetime = Field(sa_type=UtcDateTime)


class ProgrammePart(SQLModel, table=True):
    """A unit, questionnaire or case that belongs to a programme."""

    __tablename__ = "programme_part"
    __table_args__ = (CheckConstraint(one_of("kind", ("unit", "questionnaire", "case")), name="kind"),)
    programme_id: UUID = Field(primary_key=True, foreign_key="improvement_programme.id")
    kind: str = Field(primary_key=True, max_length=15)
    object_id: UUID = Field(primary_key=True)
