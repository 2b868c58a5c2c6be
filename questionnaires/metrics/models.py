"""Read models: counts per day that dashboards read instead of answers."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

NO_UNIT = UUID(int=0)
"""Stands in a key where an event or answer belongs to no unit."""


class _Sums(SQLModel):
    """Sums of one indicator's scores, as answered and as adjusted after upheld appeals."""

    n: int = 0
    sum: float = 0
    sum2: float = 0
    low: int = 0
    mid: int = 0
    high: int = 0
    adj_n: int = 0
    adj_sum: float = 0
    adj_sum2: float = 0
    adj_low: int = 0
    adj_mid: int = 0
    adj_high: int = 0


class DailyCount(_Sums, table=True):
    """One day's scores for one combination of cuts."""

    __tablename__ = "daily_count"
    __table_args__ = (Index("ix_daily_count_by_unit", "unit_id", "indicator", "day"),)
    day: date = Field(primary_key=True)
    unit_id: UUID = Field(primary_key=True)
    purpose: str = Field(primary_key=True, max_length=10)
    source: str = Field(primary_key=True, max_length=12)
    indicator: str = Field(primary_key=True, max_length=40)
    touchpoint: str = Field(primary_key=True, max_length=60)
    channel: str = Field(primary_key=True, max_length=20)
    version_id: UUID = Field(primary_key=True)


class DailyTotal(_Sums, table=True):
    """One day's scores for a unit with all that hung below it that day."""

    __tablename__ = "daily_total"
    __table_args__ = (Index("ix_daily_total_of_node", "node_id", "indicator", "day"),)
    day: date = Field(primary_key=True)
    node_id: UUID = Field(primary_key=True)
    purpose: str = Field(primary_key=True, max_length=10)
    source: str = Field(primary_key=True, max_length=12)
    indicator: str = Field(primary_key=True, max_length=40)


class FunnelDay(SQLModel, table=True):
    """How many got as far as a step on one day; drops carry their reason code."""

    __tablename__ = "funnel_day"
    __table_args__ = (Index("ix_funnel_day_by_unit", "unit_id", "day"),)
    day: date = Field(primary_key=True)
    unit_id: UUID = Field(primary_key=True)
    touchpoint: str = Field(primary_key=True, max_length=60)
    channel: str = Field(primary_key=True, max_length=20)
    step: str = Field(primary_key=True, max_length=12)
    code: str = Field(primary_key=True, max_length=40)
    n: int = 0
