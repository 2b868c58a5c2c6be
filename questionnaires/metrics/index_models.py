"""Index trees, the bank's own indicators with imported figures, and targets."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

ORIGINS = ("answered", "imported")
BETTER = ("higher", "lower")


class IndexTree(SQLModel, table=True):
    """One version of a tree of weighted indicators, in force from a day on until the next version of its code is."""

    __tablename__ = "index_tree"
    __table_args__ = (UniqueConstraint("code", "version"), CheckConstraint("version > 0", name="version"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=40)
    version: int
    name_zh: str = Field(max_length=80)
    name_en: str = Field(max_length=80)
    document: dict[str, Any] = Field(sa_type=Json)
    effective_from: date
    created_by: UUID | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class Indicator(SQLModel, table=True):
    """An indicator of the bank's own: answered (a score that questionnaires give) or imported from elsewhere."""

    __tablename__ = "indicator"
    __table_args__ = (
        CheckConstraint(one_of("origin", ORIGINS), name="origin"),
        CheckConstraint(one_of("better", BETTER), name="better"),
        CheckConstraint("lowest < highest", name="in_order"),
    )
    code: str = Field(primary_key=True, max_length=40)
    name_zh: str = Field(max_length=80)
    name_en: str = Field(max_length=80)
    measure: str = Field(default="", max_length=20)
    origin: str = Field(max_length=10)
    better: str = Field(default="higher", max_length=10)
    lowest: float | None = None
    highest: float | None = None
    decimals: int = 1
    note: str = Field(default="", max_length=400)
    created_at: datetime = Field(sa_type=UtcDateTime)


class ImportedFigure(SQLModel, table=True):
    """What another system says of an indicator for a unit and period; a later file replaces it."""

    __tablename__ = "imported_figure"
    __table_args__ = (
        UniqueConstraint("indicator", "unit_id", "first", "last"),
        CheckConstraint("first <= last", name="in_order"),
        Index("ix_imported_figure_of_unit", "unit_id", "indicator", "last"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    indicator: str = Field(max_length=40, foreign_key="indicator.code")
    unit_id: UUID
    first: date
    last: date
    value: float
    n: int | None = None
    origin: str = Field(default="", max_length=120)
    imported_by: UUID | None = None
    imported_at: datetime = Field(sa_type=UtcDateTime)


class MetricTarget(SQLModel, table=True):
    """What a unit is to reach on an indicator in a period."""

    __tablename__ = "metric_target"
    __table_args__ = (
        UniqueConstraint("unit_id", "indicator", "first"),
        CheckConstraint("first <= last", name="in_order"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    indicator: str = Field(max_length=40)
    first: date
    last: date
    value: float
    set_by: UUID | None = None
    set_at: datetime = Field(sa_type=UtcDateTime)
