"""Spans of the law: months after a moment, working days after a day."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo


def months_after(at: datetime, months: int) -> datetime:
    """The same day and hour so many months later; the last day of a shorter month."""
    total = at.year * 12 + at.month - 1 + months
    year, month = divmod(total, 12)
    first = date(year, month + 1, 1)
    length = ((first + timedelta(days=32)).replace(day=1) - first).days
    return at.replace(year=year, month=month + 1, day=min(at.day, length))


def end_of_working_day(start: datetime, days: int, works: Callable[[date], bool], zone: tzinfo) -> datetime:
    """The end of the n-th working day after a moment, in the bank's zone: the moment at which the next day begins."""
    day, left = start.astimezone(zone).date(), days
    while left:
        day += timedelta(days=1)
        left -= works(day)
    return datetime.combine(day + timedelta(days=1), time(), zone)
