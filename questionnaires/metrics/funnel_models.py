"""Tables of the funnel's days that are over: summed once for every node of the tree, so that pages need not sum them again."""

from datetime import date
from uuid import UUID

from sqlmodel import Field, Index, SQLModel

CROSSED = ("touchpoint", "channel")
BETWEEN = " "


class FunnelTotal(SQLModel, table=True):
    """How many got as far as a step on one day, for a node of the tree (`NO_UNIT`: the whole bank).

    dimension   nothing (value is empty too), touchpoint, channel, or crossed: both, with `BETWEEN` them
    """

    __tablename__ = "funnel_total"
    __table_args__ = (Index("ix_funnel_total_by_day", "day"),)
    node_id: UUID = Field(primary_key=True)
    dimension: str = Field(primary_key=True, max_length=12)
    day: date = Field(primary_key=True)
    value: str = Field(primary_key=True, max_length=81)
    step: str = Field(primary_key=True, max_length=12)
    code: str = Field(primary_key=True, max_length=40)
    n: int = 0


class FunnelClosed(SQLModel, table=True):
    """Up to which day (it not among them) the totals hold every day; one row, none before anything is summed."""

    __tablename__ = "funnel_closed"
    id: int = Field(default=1, primary_key=True)
    until: date


class FunnelLate(SQLModel, table=True):
    """Days that something came in for after they were summed."""

    __tablename__ = "funnel_late"
    day: date = Field(primary_key=True)
    times: int = 1
