"""What makes a campaign fit to be kept, how many it asks, and what it may do next."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any

from pydantic import ValidationError

from portal.foundation.conditions import parse
from questionnaires.metrics.rules import nps, proportions
from questionnaires.metrics.rules.indicators import Kind, kind_of
from scheduler.touchpoints.rules.settings import CHANNELS, CODE

MOST_WAVES = 12
LONGEST_CODE = 40
APART = timedelta(days=1)
"""Waves of one campaign lie at least so far apart, so that the figures of their days are their own."""
PLAIN_FIELDS: Mapping[str, str] = {
    "segment": "text", "unit": "text", "language": "text", "age": "number", "tenure_days": "number", "large_text": "flag", "tags": "text",
    "company": "flag",
}  # fmt: skip
"""What a condition may read of every customer, besides the attributes that the bank declared."""
STEPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "submit": (("draft",), "submitted"),
    "send_back": (("submitted",), "draft"),
    "approve": (("submitted",), "approved"),
    "pause": (("approved",), "paused"),
    "resume": (("paused",), "approved"),
    "stop": (("draft", "submitted", "approved", "paused"), "stopped"),
}
"""From which states each step leads where."""


def problems_of(columns: Mapping[str, Any], waves: Sequence[datetime], now: datetime) -> dict[str, str]:
    """The code of what is wrong, by field; empty where all is well."""
    problems: dict[str, str] = {}
    if not CODE.match(columns["code"] or "") or len(columns["code"]) > LONGEST_CODE:
        problems["code"] = "not_a_code"
    for name in ("name_zh", "name_en"):
        text = (columns.get(name) or "").strip()
        if not text or len(text) > 60:
            problems[name] = "too_long" if text else "missing"
    channels = columns["channels"]
    if not channels or len(set(channels)) != len(channels) or set(channels) - set(CHANNELS):
        problems["channels"] = "not_one_of_the_words" if channels else "missing"
    return problems | _audience(columns) | _sample(columns) | _times(columns, waves, now)


def _audience(columns: Mapping[str, Any]) -> dict[str, str]:
    kind, audience = columns["audience_kind"], columns["audience"]
    if kind == "staff" and not audience.get("units"):
        return {"units": "missing"}
    if (kind == "staff") != (columns["purpose"] == "staff"):
        return {"audience_kind": "staff_ask_staff"}
    if kind == "staff" and "sms" in columns["channels"]:
        return {"channels": "staff_not_by_sms"}
    if kind == "staff" and columns.get("reminder_hours") is not None:
        return {"reminder_hours": "staff_not_reminded"}
    if kind == "conditions" and audience.get("condition"):
        try:
            parse(audience["condition"])
        except (ValidationError, ValueError):
            return {"filter": "not_a_condition"}
    return {}


def _sample(columns: Mapping[str, Any]) -> dict[str, str]:
    problems: dict[str, str] = {}
    n, margin = columns.get("n"), columns.get("margin")
    if columns["sample"] == "n" and (n is None or not 1 <= n <= 10_000_000):
        problems["n"] = "missing" if n is None else "out_of_range"
    if columns["sample"] == "precision" and (margin is None or not 0.5 <= margin <= 50):
        problems["margin"] = "missing" if margin is None else "out_of_range"
    if not 0 < (columns.get("response_rate") or 0) <= 1:
        problems["response_rate"] = "out_of_range"
    reminder = columns.get("reminder_hours")
    if reminder is not None and not 24 <= reminder <= 336:
        problems["reminder_hours"] = "out_of_range"
    return problems


def _times(columns: Mapping[str, Any], waves: Sequence[datetime], now: datetime) -> dict[str, str]:
    ends_at = columns["ends_at"]
    if not waves:
        return {"waves": "missing"}
    if len(waves) > MOST_WAVES:
        return {"waves": "too_many"}
    if any(later - sooner < APART for sooner, later in pairwise(waves)):
        return {"waves": "waves_too_close"}
    if ends_at is None:
        return {"ends_at": "missing"}
    if ends_at <= now:
        return {"ends_at": "in_the_past"}
    return {"ends_at": "ends_before_start"} if ends_at <= waves[-1] else {}


def wanted(columns: Mapping[str, Any]) -> int | None:
    """How many are drawn for a wave; None for the whole audience. To a precision: the answers it takes over the response rate."""
    if columns["sample"] == "n":
        return int(columns["n"])
    if columns["sample"] == "all":
        return None
    margin = float(columns["margin"])
    is_nps = kind_of(columns["indicator"]) is Kind.NPS
    answers = nps.needed_n(margin, 0.5, 0.2) if is_nps else proportions.needed_n(margin)
    return max(1, ceil(answers / float(columns["response_rate"])))


def facts_of(customer: Mapping[str, Any], tags: Sequence[str], today: date) -> dict[str, Any]:
    """What conditions read of a customer; what is unknown is absent."""
    born, since = customer["birth_date"], customer["customer_since"]
    facts = {
        **customer["attributes"],
        "segment": customer["segment"],
        "unit": customer["unit_code"],
        "language": customer["language"],
        "large_text": customer["large_text"],
        "age": today.year - born.year - ((today.month, today.day) < (born.month, born.day)) if born else None,
        "tenure_days": (today - since).days if since else None,
        "tags": ", ".join(tags) or None,
        "company": customer["company"],
    }
    return {name: value for name, value in facts.items() if value is not None}
