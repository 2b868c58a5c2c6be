"""Targets of precision, and the plans that were made of them night by night."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

LEVELS = ("all", "branch", "sub_branch", "outlet")
PERIODS = ("month", "quarter")
STRATUM = "stratum"
"""The level of a row that decisions read: one unit in charge, as its events come."""


class PrecisionTarget(SQLModel, table=True):
    """How exact a touchpoint's figure shall be by the period's end: as a whole, or for each unit of a level."""

    __tablename__ = "precision_target"
    __table_args__ = (
        UniqueConstraint("touchpoint", "level", "indicator"),
        CheckConstraint(one_of("level", LEVELS), name="level"),
        CheckConstraint(one_of("period", PERIODS), name="period"),
        CheckConstraint("margin > 0 AND margin <= 100", name="margin"),
        CheckConstraint("confidence > 0 AND confidence < 1", name="confidence"),
        CheckConstraint("floor >= 0 AND floor <= 1", name="floor"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    touchpoint: str = Field(max_length=60)
    level: str = Field(default="all", max_length=12)
    indicator: str = Field(default="nps", max_length=40)
    margin: float
    confidence: float = 0.95
    floor: float = 0.02
    period: str = Field(default="month", max_length=10)
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    updated_at: datetime = Field(sa_type=UtcDateTime)


class SamplingPlan(SQLModel, table=True):
    """One plan: made by the night's job or by somebody who did not want to wait. The newest one holds; none is ever changed."""

    __tablename__ = "sampling_plan"
    __table_args__ = (UniqueConstraint("number"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int
    day: date
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    targets: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)


class SamplingRate(SQLModel, table=True):
    """What a plan says of a touchpoint in one unit (`stratum`), or of a unit or the whole of it for a target, and from what it follows."""

    __tablename__ = "sampling_rate"
    __table_args__ = (CheckConstraint("rate >= 0 AND rate <= 1", name="rate"),)
    plan_id: UUID = Field(primary_key=True, foreign_key="sampling_plan.id")
    touchpoint: str = Field(primary_key=True, max_length=60)
    level: str = Field(primary_key=True, max_length=12)
    unit_id: UUID = Field(primary_key=True)
    rate: float
    why: str = Field(max_length=12)
    reached: float | None = None
    needed: int
    lacking: float
    expected: float
    inputs: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
