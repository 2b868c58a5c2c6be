"""What makes a touchpoint's settings fit to be kept."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from portal.foundation.conditions import parse

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}\Z")
CHANNELS = ("sms", "rcs", "email", "wechat", "wecom", "app", "file")
"""The channels a touchpoint may name, in the order they are offered."""
EVENT_FIELDS = ("channel", "unit", "staff")
"""The event's own fields that a filter may read besides its attributes."""
CLASSES = ("service", "high", "normal", "panel", "staff")
IN_CHARGE = ("event_unit", "account_unit", "department")
MOST_DELAY = 60 * 24 * 10


def problems_of(columns: Mapping[str, Any]) -> dict[str, str]:
    """The code of what is wrong, by field; empty where all is well."""
    problems: dict[str, str] = {}
    if not CODE.match(columns["code"] or ""):
        problems["code"] = "not_a_code"
    for name, longest in (("name_zh", 60), ("name_en", 60), ("short_zh", 20), ("short_en", 24)):
        text = columns.get(name) or ""
        if not text.strip() and name.startswith("name"):
            problems[name] = "missing"
        elif len(text) > longest:
            problems[name] = "too_long"
    problems |= _choices(columns) | _numbers(columns)
    if columns.get("filter"):
        try:
            parse(columns["filter"])
        except (ValidationError, ValueError):
            problems["filter"] = "not_a_condition"
    return problems


def _choices(columns: Mapping[str, Any]) -> dict[str, str]:
    problems: dict[str, str] = {}
    channels = columns["channels"]
    if not channels or len(set(channels)) != len(channels) or set(channels) - set(CHANNELS):
        problems["channels"] = "not_one_of_the_words" if channels else "missing"
    if columns["class_"] not in CLASSES:
        problems["class_"] = "not_one_of_the_words"
    if columns["in_charge"] not in IN_CHARGE:
        problems["in_charge"] = "not_one_of_the_words"
    elif columns["in_charge"] == "department" and not columns["department_id"]:
        problems["department_id"] = "missing"
    starts_at, ends_at = columns.get("starts_at"), columns.get("ends_at")
    if starts_at and ends_at and ends_at <= starts_at:
        problems["ends_at"] = "ends_before_start"
    return problems


def _numbers(columns: Mapping[str, Any]) -> dict[str, str]:
    problems: dict[str, str] = {}
    limits: dict[str, tuple[float, float]] = {
        "priority": (0, 100),
        "delay_minutes": (0, MOST_DELAY),
        "rate": (0, 1),
        "tenure_days": (0, 3650),
        "expires_hours": (1, 24 * 60),
        "reminders": (0, 2),
        "reminder_hours": (1, 336),
    }
    for name, (least, most) in limits.items():
        value = columns.get(name)
        if value is not None and not least <= value <= most:
            problems[name] = "out_of_range"
    late, delay = columns.get("expires_hours"), columns.get("delay_minutes")
    if late and delay and "expires_hours" not in problems and late * 60 <= delay:
        problems["expires_hours"] = "expires_before_due"
    return problems
