"""Read models: counts per day that dashboards read instead of answers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime
from portal.people.models import one_of

NO_UNIT = UUID(int=0)
"""Stands in a key where an event or answer belongs to no unit."""
DIMENSIONS = ("touchpoint", "channel", "segment", "product", "version", "staff")
"""What a node's answers are cut by; staff only where they sit, at their own unit. A version's value is its id in hex."""
ALONE = DIMENSIONS[2:]
"""Dimensions that do not combine with another one."""
PARTS = ("segment", "product", "staff")
"""Dimensions that `DailyCount` does not know."""


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


class _Weights(SQLModel):
    """The same sums as answered, each answer counted as often as its weight says; `w2` is the sum of squared weights."""

    w: float = Field(default=0, sa_column_kwargs={"server_default": "0"})
    w2: float = Field(default=0, sa_column_kwargs={"server_default": "0"})
    w_sum: float = Field(default=0, sa_column_kwargs={"server_default": "0"})
    w_sum2: float = Field(default=0, sa_column_kwargs={"server_default": "0"})
    w_low: float = Field(default=0, sa_column_kwargs={"server_default": "0"})
    w_mid: float = Field(default=0, sa_column_kwargs={"server_default": "0"})
    w_high: float = Field(default=0, sa_column_kwargs={"server_default": "0"})


class _Weighed(_Weights):
    """Weights of invited customers' answers by their strata, made anew with each month; `w_n` answers have them already."""

    w_n: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class DailyCount(_Sums, _Weights, table=True):
    """One day's scores for one combination of cuts.

    `w…` are the same sums as answered, each answer counted 1 / p: p is the chance of being asked that its decision stored.
    """

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


class DailyCut(_Sums, _Weighed, table=True):
    """One day's scores of a node, cut by one dimension: what the heat map and the lists of segments, products, versions and staff read."""

    __tablename__ = "daily_cut"
    __table_args__ = (
        CheckConstraint(one_of("dimension", DIMENSIONS), name="dimension"),
        Index("ix_daily_cut_of_node", "node_id", "dimension", "indicator", "day", "value"),
    )
    day: date = Field(primary_key=True)
    node_id: UUID = Field(primary_key=True)
    purpose: str = Field(primary_key=True, max_length=10)
    source: str = Field(primary_key=True, max_length=12)
    indicator: str = Field(primary_key=True, max_length=40)
    dimension: str = Field(primary_key=True, max_length=12)
    value: str = Field(primary_key=True, max_length=60)


class DailyCrossed(_Sums, _Weighed, table=True):
    """One day's scores of a node on one touchpoint through one channel: what pages read where both are chosen."""

    __tablename__ = "daily_crossed"
    __table_args__ = (Index("ix_daily_crossed_of_node", "node_id", "indicator", "day", "channel", "touchpoint"),)
    day: date = Field(primary_key=True)
    node_id: UUID = Field(primary_key=True)
    purpose: str = Field(primary_key=True, max_length=10)
    source: str = Field(primary_key=True, max_length=12)
    indicator: str = Field(primary_key=True, max_length=40)
    touchpoint: str = Field(primary_key=True, max_length=60)
    channel: str = Field(primary_key=True, max_length=20)


class DailyPart(_Weights, table=True):
    """One day's invited customers of a unit on a touchpoint by segment, product or staff, each 1 / p: of this their weights are made."""

    __tablename__ = "daily_part"
    __table_args__ = (CheckConstraint(one_of("dimension", PARTS), name="dimension"),)
    day: date = Field(primary_key=True)
    unit_id: UUID = Field(primary_key=True)
    indicator: str = Field(primary_key=True, max_length=40)
    touchpoint: str = Field(primary_key=True, max_length=60)
    dimension: str = Field(primary_key=True, max_length=12)
    value: str = Field(primary_key=True, max_length=60)
    n: int = 0


class StratumWeight(SQLModel, table=True):
    """By how much the weights of a month's answers of one unit on one touchpoint are multiplied, so that they stand for its events."""

    __tablename__ = "stratum_weight"
    month: date = Field(primary_key=True)
    unit_id: UUID = Field(primary_key=True)
    touchpoint: str = Field(primary_key=True, max_length=60)
    indicator: str = Field(primary_key=True, max_length=40)
    factor: float


class WeightedDay(SQLModel, table=True):
    """One day's invited answers of a node, each standing for the events of its touchpoint, unit and month."""

    __tablename__ = "weighted_day"
    __table_args__ = (Index("ix_weighted_day_of_node", "node_id", "indicator", "day"),)
    day: date = Field(primary_key=True)
    node_id: UUID = Field(primary_key=True)
    indicator: str = Field(primary_key=True, max_length=40)
    n: int
    w: float
    w2: float
    w_sum: float
    w_sum2: float
    w_low: float
    w_mid: float
    w_high: float


class MonthToWeigh(SQLModel, table=True):
    """A month (its first day) whose answers or events changed since it was weighed."""

    __tablename__ = "month_to_weigh"
    month: date = Field(primary_key=True)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class CountedPlacement(SQLModel, table=True):
    """The tree as the daily totals know it; where the organisation's own differs, the totals of those days are put right."""

    __tablename__ = "counted_placement"
    unit_id: UUID = Field(primary_key=True)
    ancestor_id: UUID = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date


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
