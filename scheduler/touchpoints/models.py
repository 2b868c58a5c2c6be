"""Journeys, the event catalogue and touchpoints."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

CLASSES = ("service", "high", "normal", "panel", "staff")
IN_CHARGE = ("event_unit", "account_unit", "department")
TYPE_STATES = ("proposed", "live", "retired")
VERSION_STATES = ("draft", "submitted", "approved", "past")


class Journey(SQLModel, table=True):
    """A customer journey, an ordered list of stages."""

    __tablename__ = "journey"
    __table_args__ = (UniqueConstraint("code"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=60)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    position: int = 0


class Stage(SQLModel, table=True):
    """A stage of a journey."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("code"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    journey_id: UUID = Field(foreign_key="journey.id", index=True)
    code: str = Field(max_length=60)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    position: int = 0


class EventType(SQLModel, table=True):
    """A kind of event in the catalogue, as it is in force.

    Shape   `attributes`: name to `text`, `number`, `flag` or `date`; `shape`: the same in full, a list of `rules.schema.Attribute`.
            `proposed`: no version was approved yet, so that nothing may listen to it
    """

    __tablename__ = "event_type"
    __table_args__ = (CheckConstraint(one_of("state", TYPE_STATES), name="state"),)
    code: str = Field(primary_key=True, max_length=60)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    attributes: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    shape: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    state: str = Field(default="live", max_length=10)
    version: int = 0


class EventTypeVersion(SQLModel, table=True):
    """One version of an event type: written by one person, approved by another; without an author it came with the product."""

    __tablename__ = "event_type_version"
    __table_args__ = (
        UniqueConstraint("event_type", "number"),
        CheckConstraint(one_of("state", VERSION_STATES), name="state"),
        CheckConstraint("approved_by IS NULL OR author_id IS NULL OR approved_by <> author_id", name="two_people"),
        CheckConstraint("state IN ('draft', 'submitted') OR author_id IS NULL OR approved_by IS NOT NULL", name="approved_by_somebody"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    event_type: str = Field(foreign_key="event_type.code", max_length=60)
    number: int
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    shape: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    state: str = Field(default="draft", max_length=10)
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Touchpoint(SQLModel, table=True):
    """Which events ask which questionnaire, how soon, on which channels, and who is in charge of what comes back.

    Shape   `units`: ids of chosen units, each with all below it, None = all; `expires_hours` after the event it is too late to ask;
            `reminders`, `reminder_hours` None = as the policy says; `paused_at` set while an incident is being put right;
            `circle`: only customers of this circle are asked, see `circles`
    """

    __tablename__ = "touchpoint"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("class", CLASSES), name="class"),
        CheckConstraint(one_of("in_charge", IN_CHARGE), name="in_charge"),
        CheckConstraint("priority BETWEEN 0 AND 100", name="priority"),
        CheckConstraint("rate IS NULL OR (rate >= 0 AND rate <= 1)", name="rate"),
        CheckConstraint("in_charge <> 'department' OR department_id IS NOT NULL", name="department_named"),
        CheckConstraint("reminders IS NULL OR (reminders >= 0 AND reminders <= 2)", name="reminders"),
        CheckConstraint("expires_hours IS NULL OR expires_hours > 0", name="expires_hours"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=60)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    short_zh: str = Field(default="", max_length=20)
    short_en: str = Field(default="", max_length=24)
    stage_id: UUID | None = Field(default=None, foreign_key="stage.id")
    event_type: str = Field(foreign_key="event_type.code", max_length=60, index=True)
    filter: dict[str, Any] | None = Field(default=None, sa_type=Json)
    questionnaire_id: UUID = Field(foreign_key="questionnaire.id")
    purpose: str = Field(default="survey", max_length=30)
    group: str | None = Field(default=None, max_length=40)
    class_: str = Field(default="normal", max_length=10, sa_column_kwargs={"name": "class"})
    priority: int = 50
    delay_minutes: int = 60
    channels: list[str] = Field(default_factory=lambda: ["file"], sa_type=Json)
    in_charge: str = Field(default="event_unit", max_length=20)
    department_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    rate: float | None = None
    tenure_days: int | None = None
    cooldown: dict[str, Any] | None = Field(default=None, sa_type=Json)
    avoid_holidays: bool = False
    expires_hours: int | None = None
    units: list[str] | None = Field(default=None, sa_type=Json)
    reminders: int | None = None
    reminder_hours: int | None = None
    circle: str | None = Field(default=None, max_length=60)
    active: bool = False
    starts_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sample: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
