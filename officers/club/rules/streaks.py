"""Days in a row that an officer looked in; the day is the bank's. It earns nothing."""

from datetime import date, timedelta

DAY = timedelta(days=1)


def current(last_day: date | None, streak: int, today: date) -> int:
    """How long the row is as of today: it still stands if the last day was yesterday."""
    return streak if last_day is not None and today - last_day <= DAY else 0


def done_today(last_day: date | None, today: date) -> bool:
    """Whether today is already counted."""
    return last_day is not None and last_day >= today
