"""When a report is due, and of which days it then speaks: whole weeks and months alone."""

from datetime import date, timedelta

WEEKLY, MONTHLY = "weekly", "monthly"


def next_due(rhythm: str, today: date) -> date:
    """The next Monday, or the next first of a month, after a day."""
    if rhythm == WEEKLY:
        return today + timedelta(days=7 - today.weekday())
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def days_of(rhythm: str, due: date) -> tuple[date, date]:
    """The whole week or month before the day on which a report is due."""
    if rhythm == WEEKLY:
        monday = due - timedelta(days=due.weekday())
        return monday - timedelta(days=7), monday - timedelta(days=1)
    last = due.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last
