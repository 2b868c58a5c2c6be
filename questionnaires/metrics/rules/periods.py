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


def shortest(
    today: date,
    answers_in: Callable[[Period], int],
    wanted: int = GREYED_BELOW,
    latest: Callable[[date, int], Period] = last_days,
) -> Period:
    """The shortest of 7, 30, 90 and 365 days (or of whole weeks and months) with enough answers; the longest where none has."""
    for length in LENGTHS:
        period = latest(today, length)
        if answers_in(period) >= wanted:
            return period
    return latest(today, LENGTHS[-1])


def month_of(day: date) -> Period:
    """The whole month of a day."""
    first = day.replace(day=1)
    return Period(first, months_after(first, 1) - timedelta(days=1))


def months_after(first: date, number: int) -> date:
    """The first day of a month so many months later, or earlier."""
    months = first.year * 12 + first.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def whole_period(today: date, length: int) -> Period:
    """The latest finished week (7), month (30), three months (90) or twelve months (365), all whole.

    Windows that move by the day would let one day's few answers be found by subtracting yesterday's window.
    """
    if length <= LENGTHS[0]:
        monday = week_of(today) - timedelta(weeks=1)
        return Period(monday, monday + timedelta(days=6))
    last = today.replace(day=1) - timedelta(days=1)
    return Period(months_after(last.replace(day=1), 1 - MONTHS_OF[length]), last)


MONTHS_OF = {30: 1, 90: 3, 365: 12}


def is_whole(period: Period) -> bool:
    """Whether a period is one whole week, or one, three or twelve whole months."""
    if period.days == 7 and period.first.weekday() == 0:
        return True
    months = [months_after(period.first, number) - timedelta(days=1) for number in MONTHS_OF.values()] if period.first.day == 1 else []
    return period.last in months


def periods_around(days: Period, today: date) -> list[Period]:
    """The finished whole weeks and months that hold some days: whoever knows two of them knows their difference."""
    found = []
    week = Period(week_of(days.first), week_of(days.first) + timedelta(days=6))
    if days.last <= week.last < today:
        found.append(week)
    not_over = today.replace(day=1)
    start = months_after(days.last.replace(day=1), -12)
    while start <= days.first:
        for number in MONTHS_OF.values():
            end = months_after(start, number)
            if days.last < end <= not_over:
                found.append(Period(start, end - timedelta(days=1)))
        start = months_after(start, 1)
    return found
