"""Dates and times as people type them, kept as `YYYY-MM-DD` and `HH:MM`."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from questionnaires.logic.problems import Problem
from questionnaires.logic.reading import folded

_DATE = re.compile(r"([0-9]{4})(?:[-/.]|\s?年\s?)([0-9]{1,2})(?:[-/.]|\s?月\s?)([0-9]{1,2})\s?[日号]?\Z")
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\Z")
_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]|\s?[点时]\s?)([0-9]{1,2})?(?::[0-9]{2})?分?\Z")
_COMPACT_TIME = re.compile(r"([0-9]{2})([0-9]{2})\Z")
_AFTERNOON = re.compile(r"(?:下午|晚上|傍晚|p\.?m\.?)", re.IGNORECASE)
_MORNING = re.compile(r"(?:上午|早上|凌晨|中午|a\.?m\.?)", re.IGNORECASE)


def day(values: Sequence[str]) -> Any:
    """A date: 2026-06-01, 2026/6/1, 2026.6.1, 20260601 or 2026年6月1日."""
    text = folded(values)
    if not text:
        return None
    found = _DATE.match(text) or _COMPACT_DATE.match(text)
    try:
        return date(*(int(part) for part in found.groups())).isoformat() if found else Problem("not_a_date")
    except ValueError:
        return Problem("not_a_date")


def day_within(values: Sequence[str], least: float | None, most: float | None, today: str) -> Any:
    """A date within so many days of the day of the answer; without knowing that day, any date."""
    found = day(values)
    if not isinstance(found, str) or not today:
        return found
    if least is not None and found < (bound := _days_from(today, least)):
        return Problem("date_too_early", {"min": bound})
    if most is not None and found > (bound := _days_from(today, most)):
        return Problem("date_too_late", {"max": bound})
    return found


def time(values: Sequence[str]) -> Any:
    """A time of day: 9:05, 09:05, 0905, 9点05分, 下午3:05 or 3:05 pm."""
    text = folded(values)
    if not text:
        return None
    later, earlier = _AFTERNOON.search(text), _MORNING.search(text)
    text = _MORNING.sub("", _AFTERNOON.sub("", text)).strip()
    found = _TIME.match(text) or _COMPACT_TIME.match(text)
    if not found:
        return Problem("not_a_time")
    hour, minute = int(found[1]), int(found[2] or 0)
    if later and hour < 12:
        hour += 12
    if earlier and hour == 12 and "中午" not in earlier[0]:
        hour = 0
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else Problem("not_a_time")


def _days_from(today: str, days: float) -> str:
    """A day so many days away; one beyond the calendar is its end."""
    try:
        return (date.fromisoformat(today) + timedelta(days=int(days))).isoformat()
    except OverflowError:
        return (date.min if days < 0 else date.max).isoformat()
