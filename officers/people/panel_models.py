"""Tiers in versions, training, the panel's quotas, named groups, and the manager's yes to task hours."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

VERSION_STATES = ("draft", "submitted", "active", "retired")
GROUP_KINDS = ("hand", "conditions")
HOURS_STATES = ("asked", "allowed", "refused")
IN_FORCE = text("state = 'active'")


class TierVersion(SQLModel, table=True):
    """One version of the tiers: thresholds, factors, gates and benefits; two people put it into force."""

    __tablename__ = "tier_version"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(one_of("state", VERSION_STATES), name="state"),
        CheckConstraint("approved_by IS NULL OR author_id IS NULL OR approved_by <> author_id", name="two_people"),
        Index("ix_tier_version_in_force", "state", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int
    scheme: dict[str, Any] = Field(sa_type=Json)
    state: str = Field(default="draft", max_length=10)
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    active_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TrainingVersion(SQLModel, table=True):
    """One version of the training: units of text and a quiz, in both languages; the newest counts."""

    __tablename__ = "training_version"
    __table_args__ = (UniqueConstraint("number"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int
    course: dict[str, Any] = Field(sa_type=Json)
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)


class TrainingTry(SQLModel, table=True):
    """One try at the quiz."""

    __tablename__ = "training_try"
    __table_args__ = (
        UniqueConstraint("officer_id", "n"),
        CheckConstraint("right_n >= 0 AND right_n <= asked_n", name="right_of_asked"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    officer_id: UUID = Field(foreign_key="officer.id")
    n: int
    version_id: UUID | None = Field(default=None, foreign_key="training_version.id")
    right_n: int
    asked_n: int
    passed: bool
    at: datetime = Field(sa_type=UtcDateTime)


class PanelCell(SQLModel, table=True):
    """How many active officers of a kind the panel wants; an empty cut means any."""

    __tablename__ = "panel_cell"
    __table_args__ = (UniqueConstraint("city", "device", "age_band", "segment"), CheckConstraint("target > 0", name="target"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    city: str = Field(default="", max_length=40)
    device: str = Field(default="", max_length=20)
    age_band: str = Field(default="", max_length=10)
    segment: str = Field(default="", max_length=40)
    target: int


class OfficerGroup(SQLModel, table=True):
    """A named group of officers: chosen one by one (or by a file), or whoever meets conditions at the moment of asking."""

    __tablename__ = "officer_group"
    __table_args__ = (UniqueConstraint("code"), CheckConstraint(one_of("kind", GROUP_KINDS), name="kind"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=40)
    name: str = Field(max_length=60)
    kind: str = Field(default="hand", max_length=10)
    conditions: dict[str, Any] | None = Field(default=None, sa_type=Json)
    created_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)


class OfficerGroupMember(SQLModel, table=True):
    """One officer in a group that is chosen by hand."""

    __tablename__ = "officer_group_member"
    __table_args__ = (Index("ix_officer_group_member_of_officer", "officer_id"),)
    group_id: UUID = Field(foreign_key="officer_group.id", primary_key=True)
    officer_id: UUID = Field(foreign_key="officer.id", primary_key=True)


class TaskHours(SQLModel, table=True):
    """What a staff officer's manager says of hours for tasks in one quarter: `2026-Q2`."""

    __tablename__ = "officer_task_hours"
    __table_args__ = (
        UniqueConstraint("officer_id", "quarter"),
        CheckConstraint(one_of("state", HOURS_STATES), name="state"),
        CheckConstraint("hours >= 0 AND hours <= 200", name="hours"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    officer_id: UUID = Field(foreign_key="officer.id")
    quarter: str = Field(max_length=7)
    hours: int = 0
    state: str = Field(default="asked", max_length=10)
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    at: datetime = Field(sa_type=UtcDateTime)
