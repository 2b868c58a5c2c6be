"""Until when a complaint must be decided: 15 days, 30 if complex, 30 more with a yes from above; and its neighbours."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from scheduler.cases.rules.worktime import WorkCalendar


class DayKind(StrEnum):
    """Which days a limit counts."""

    CALENDAR = "calendar"
    WORKING = "working"


class Limits(BaseModel):
    """The bank's limits in days, as the rules in force demand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    simple_days: int = Field(default=15, ge=1, le=90)
    complex_days: int = Field(default=30, ge=1, le=180)
    extension_days: int = Field(default=30, ge=1, le=180)
    review_within_days: int = Field(default=30, ge=1, le=365)
    review_days: int = Field(default=30, ge=1, le=180)
    day_kind: DayKind = DayKind.CALENDAR
    alike_days: int = Field(default=30, ge=1, le=365)


def end_of(start: datetime, days: int, kind: DayKind, calendar: WorkCalendar) -> datetime:
    """The end of the n-th day after the day something came in, which itself does not count.

    Calendar days end at midnight where the unit is; working days at its closing time.
    """
    if kind is DayKind.WORKING:
        return calendar.end_of_day_after(start, days)
    last = calendar.local_day(start) + timedelta(days=days + 1)
    return datetime.combine(last, time(), ZoneInfo(calendar.zone)).astimezone(UTC)


def first_due(received_at: datetime, limits: Limits, calendar: WorkCalendar) -> datetime:
    """The limit of a complaint that is clear and simple."""
    return end_of(received_at, limits.simple_days, limits.day_kind, calendar)


def complex_due(received_at: datetime, limits: Limits, calendar: WorkCalendar) -> datetime:
    """The limit of a complex one, from the day it came in."""
    return end_of(received_at, limits.complex_days, limits.day_kind, calendar)


def extended_due(due_at: datetime, limits: Limits, calendar: WorkCalendar) -> datetime:
    """The limit after the one extension that the level above may allow, from the limit it extends."""
    return end_of(due_at - timedelta(seconds=1), limits.extension_days, limits.day_kind, calendar)
