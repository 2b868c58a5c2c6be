"""Reports, exports, views, notes on charts, figures that were signed off, and alarms."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

STATES = ("waiting", "making", "ready", "failed")
RHYTHMS = ("weekly", "monthly")
FORMATS = ("csv", "xlsx", "sav", "jsonl")
SUBJECTS = ("responses", "verbatims")
ALARMS = ("drop", "rate", "flood")
LANGUAGES = ("zh", "en")
UNFINISHED = text("state IN ('waiting', 'making')")
MAIL_WAITS = text("state = 'waiting'")
TO_FOLLOW_UP = text("followed_up_at IS NULL")


class SavedView(SQLModel, table=True):
    """A page with its filters under a name; one's own, or shared with whoever may see the page."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner_id: UUID = Field(foreign_key="app_user.id")
    name: str = Field(max_length=60)
    address: str = Field(max_length=600)
    shared: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)


class Annotation(SQLModel, table=True):
    """What happened on a day, shown on charts of a unit and all below it; no unit: the whole bank."""

    __tablename__ = "annotation"
    __table_args__ = (Index("ix_annotation_by_day", "day"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    day: date
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    words: str = Field(max_length=80)
    made_by: UUID = Field(foreign_key="app_user.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReportPlan(SQLModel, table=True):
    """A report of a unit that is made again each week or month and mailed; addresses are encrypted, one a line."""

    __tablename__ = "report_plan"
    __table_args__ = (
        CheckConstraint(one_of("rhythm", RHYTHMS), name="rhythm"),
        CheckConstraint(one_of("language", LANGUAGES), name="language"),
        Index("ix_report_plan_due", "next_on"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    rhythm: str = Field(max_length=8)
    language: str = Field(max_length=2)
    addresses_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    next_on: date
    made_by: UUID = Field(foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Report(SQLModel, table=True):
    """One report of a unit and period, made by a job as PDF and spreadsheet."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("language", LANGUAGES), name="language"),
        CheckConstraint("first <= last", name="days_in_order"),
        UniqueConstraint("plan_id", "first"),
        Index("ix_report_to_make", "created_at", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index("ix_report_of_unit", "unit_id", "created_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID | None = Field(default=None, foreign_key="report_plan.id")
    unit_id: UUID = Field(foreign_key="org_unit.id")
    first: date
    last: date
    language: str = Field(max_length=2)
    state: str = Field(default="waiting", max_length=8)
    pdf: bytes | None = Field(default=None, sa_type=LargeBinary)
    sheet: bytes | None = Field(default=None, sa_type=LargeBinary)
    made_by: UUID | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReportMail(SQLModel, table=True):
    """One report to one address. An outcome that is not known counts as sent: nobody gets a report twice."""

    __tablename__ = "report_mail"
    __table_args__ = (
        CheckConstraint(one_of("state", ("waiting", "sending", "sent", "refused", "unknown", "off")), name="state"),
        Index("ix_report_mail_to_send", "id", sqlite_where=MAIL_WAITS, postgresql_where=MAIL_WAITS),
        Index("ix_report_mail_of_report", "report_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id")
    address_enc: bytes = Field(sa_type=LargeBinary)
    state: str = Field(default="waiting", max_length=8)
    reason: str = Field(default="", max_length=40)
    attempts: int = 0
    next_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Export(SQLModel, table=True):
    """A file of rows that somebody ordered; `scope` holds the units that they might see when they did."""

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint(one_of("format", FORMATS), name="format"),
        CheckConstraint(one_of("subject", SUBJECTS), name="subject"),
        CheckConstraint(one_of("state", (*STATES, "stopped")), name="state"),
        Index("ix_export_to_make", "created_at", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index("ix_export_of_owner", "owner_id", "created_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner_id: UUID = Field(foreign_key="app_user.id")
    subject: str = Field(max_length=10)
    format: str = Field(max_length=5)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    state: str = Field(default="waiting", max_length=8)
    done: int = 0
    total: int = 0
    size: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ExportChunk(SQLModel, table=True):
    """A piece of an export's file, sealed with the key for personal data, so that any machine may hand it out."""

    __tablename__ = "export_chunk"
    export_id: UUID = Field(foreign_key="export.id", primary_key=True)
    n: int = Field(primary_key=True)
    sealed: bytes = Field(sa_type=LargeBinary)


class FrozenPeriod(SQLModel, table=True):
    """Figures of a period as they stood when they were proposed; append-only. A later version of a period stands beside it."""

    __tablename__ = "frozen_period"
    __table_args__ = (UniqueConstraint("first", "last", "version"), CheckConstraint("first <= last", name="days_in_order"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    first: date
    last: date
    version: int
    note: str = Field(default="", max_length=400)
    proposed_by: UUID = Field(foreign_key="app_user.id")
    proposed_at: datetime = Field(sa_type=UtcDateTime)


class FrozenFigure(SQLModel, table=True):
    """One indicator of one unit in a frozen period, as answered and after upheld appeals; append-only."""

    __tablename__ = "frozen_figure"
    period_id: UUID = Field(foreign_key="frozen_period.id", primary_key=True)
    unit_id: UUID = Field(foreign_key="org_unit.id", primary_key=True)
    indicator: str = Field(primary_key=True, max_length=40)
    n: int
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    adjusted_n: int
    adjusted_value: float | None = None
    adjusted_lower: float | None = None
    adjusted_upper: float | None = None
    appeals: int = 0


class FrozenDecision(SQLModel, table=True):
    """Who signed a frozen period off, or sent it back; append-only, one a period, never by whoever proposed it."""

    __tablename__ = "frozen_decision"
    __table_args__ = (
        CheckConstraint(one_of("outcome", ("signed", "refused")), name="outcome"),
        CheckConstraint("decided_by <> proposed_by", name="second_person"),
    )
    period_id: UUID = Field(foreign_key="frozen_period.id", primary_key=True)
    outcome: str = Field(max_length=8)
    proposed_by: UUID = Field(foreign_key="app_user.id")
    decided_by: UUID = Field(foreign_key="app_user.id")
    decided_at: datetime = Field(sa_type=UtcDateTime)
    note: str = Field(default="", max_length=400)


class MetricAlarm(SQLModel, table=True):
    """A figure that moved further than chance explains; whoever makes cases or messages of it marks it as taken.

    Shape   `before` is the figure it is compared with; value, lower, upper on the indicator's own scale, rates in percent,
            floods as answers a day; `facts` hold what the words need
    """

    __tablename__ = "metric_alarm"
    __table_args__ = (
        CheckConstraint(one_of("kind", ALARMS), name="kind"),
        UniqueConstraint("kind", "unit_id", "indicator", "first", "last", name="uq_metric_alarm_once"),
        Index("ix_metric_alarm_to_follow_up", "id", sqlite_where=TO_FOLLOW_UP, postgresql_where=TO_FOLLOW_UP),
        Index("ix_metric_alarm_of_unit", "unit_id", "raised_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=6)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    indicator: str = Field(default="", max_length=40)
    first: date
    last: date
    value: float
    lower: float | None = None
    upper: float | None = None
    n: int
    before: float
    before_n: int = 0
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    raised_at: datetime = Field(sa_type=UtcDateTime)
    followed_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    case_id: UUID | None = None
