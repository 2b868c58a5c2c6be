"""Quarters of a year, as people write them: 2026-Q4."""

import re
from datetime import date

_WRITTEN = re.compile(r"(20[0-9]{2})-Q([1-4])")


def quarter_of(day: date) -> str:
    """The quarter of a day."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def days(quarter: str) -> tuple[date, date] | None:
    """Its first day and the first day after it; None for what is no quarter."""
    found = _WRITTEN.fullmatch(quarter)
    if found is None:
        return None
    year, number = int(found[1]), int(found[2])
    return date(year, 3 * number - 2, 1), date(year + number // 4, 3 * (number % 4) + 1, 1)


def last(quarter: str, number: int) -> list[str]:
    """A quarter and those before it, the newest first."""
    found = days(quarter)
    if found is None:
        return []
    at = found[0].year * 4 + (found[0].month - 1) // 3
    return [f"{one // 4}-Q{one % 4 + 1}" for one in range(at, at - number, -1)]
