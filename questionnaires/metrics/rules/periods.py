"""Days, weeks and periods of the bank: a day begins at its midnight, a week on Monday."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from questionnaires.metrics.rules.visibility import GREYED_BELOW

LENGTHS = (7, 30, 90, 365)
DAILY_UP_TO = 31  # a trend of more days than this goes by weeks


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both inside."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends on or after its first day")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(self.days))

    def before(self) -> "Period":
        """The period of the same length that ends the day before this one begins."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """The bank's day of an aware instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant has a time zone")
    return instant.astimezone(zone).date()


def last_days(today: date, length: int) -> Period:
    """The latest `length` days, today among them."""
    if length < 1:
        raise ValueError("a period has at least one day")
    return Period(today - timedelta(days=length - 1), today)


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def steps(period: Period) -> list[Period]:
    """The points of a trend: single days for a month or less, else weeks (the first and last may be cut by the period)."""
    if period.days <= DAILY_UP_TO:
        return [Period(day, day) for day in period]
    weeks, start = [], period.first
    while start <= period.last:
        end = min(week_of(start) + timedelta(days=6), period.last)
        weeks.append(Period(start, end))
        start = end + timedelta(days=1)
    return weeks


def shortest(today: date, answers_in: Callable[[Period], int], wanted: int = GREYED_BELOW) -> Period:
    """The shortest of 7, 30, 90 and 365 days with enough answers; the longest where none has."""
    for length in LENGTHS:
        period = last_days(today, length)
        if answers_in(period) >= wanted:
            return period
    return last_days(today, LENGTHS[-1])
