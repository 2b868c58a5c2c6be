"""Made-up values for the page that shows every part of the design in every state."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, FileField, IntegerField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.foundation.files import resources
from portal.foundation.i18n import _l

WEEKS = 26
NPS = [34, 35, 34, 35, 36, 38, 40, 39, 39, 40, 38, 39, 38, None, None, 37, 36, 35, 35, 37, 35, 39, 40, 41, 40, 42]
STATES = {
    "questionnaire": ["draft", "submitted", "approved", "returned", "published", "paused", "retired"],
    "case": ["new", "assigned", "contacted", "in_progress", "resolved", "closed", "reopened", "escalated"],
    "message": ["waiting", "sending", "accepted", "delivered", "refused", "unknown"],
    "invitation": ["sent", "opened", "started", "completed", "declined", "opted_out", "expired", "released"],
    "job": ["running", "done", "failed", "late"],
    "rule": ["pass", "fail", "off", "not_reached"],
}


CHANNELS = [SelectChoice("sms", _l("Text message")), SelectChoice("email", _l("E-mail"))]
KINDS = [SelectChoice("service", _l("Service survey")), SelectChoice("relation", _l("Relationship survey"))]


class PartsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One field of each kind."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=80)])
    password = PasswordField(_l("Password"), [InputRequired()])
    days = IntegerField(_l("Cool-down in days"), [InputRequired()])
    start = DateField(_l("From"), [Optional()])
    channel = SelectField(_l("Channel"), choices=CHANNELS)
    kind = RadioField(
        _l("Kind"),
        choices=KINDS,
        default="service",
    )
    remark = TextAreaField(_l("Remark"), [Optional()])
    reminder = BooleanField(_l("Send one reminder"))
    upload = FileField(_l("File"))


def sample(now: datetime) -> dict[str, Any]:
    """Everything the page shows."""
    return {"form": _form(), "wrong": _wrong(), "now": now, "states": STATES, "icons": _icons(), **_figures(), **_lists(now)}


def _icons() -> list[str]:
    return re.findall(r'<symbol id="([\w-]+)"', (resources("static") / "img" / "icons.svg").read_text(encoding="utf-8"))


def _form() -> PartsForm:
    return PartsForm(prefix="fine")


def _wrong() -> PartsForm:
    form = PartsForm(prefix="wrong")
    form.name.errors = ["Needed."]
    form.kind.errors = ["Choose one."]
    return form


def _estimate(value: float | None, half: float, n: int) -> dict[str, Any]:
    none = value is None
    return {"value": value, "lower": None if none else value - half, "upper": None if none else value + half, "n": n}  # type: ignore[operator]


def _figures() -> dict[str, Any]:
    start = date(2026, 5, 25)
    trend = {
        "kind": "trend",
        "labels": [(start + timedelta(weeks=week)).isoformat() for week in range(WEEKS)],
        "series": [{"name": "NPS", "values": NPS, "lower": [_less(v, 6) for v in NPS], "upper": [_less(v, -6) for v in NPS]}],
        "n": [1_000 + 37 * (week * 7 % 11) if NPS[week] is not None else 8 for week in range(WEEKS)],
        "target": 43,
    }
    two = {
        "kind": "bars",
        "labels": ["App", "Web", "SMS"],
        "series": [{"name": "2025", "values": [31, 28, 22]}, {"name": "2026", "values": [36, 30, 21]}],
    }
    funnel = [("Asked", 24_310), ("Delivered", 23_580), ("Opened", 9_126), ("Started", 6_004), ("Completed", 4_812)]
    return {
        "nps": _estimate(41, 3, 4_812),
        "csat": _estimate(4.42, 0.03, 5_120),
        "few": _estimate(33, 18, 21),
        "hidden": _estimate(12, 40, 7),
        "nobody": _estimate(None, 0, 0),
        "trend": trend,
        "two": two,
        "funnel": [{"label": label, "value": value} for label, value in funnel],
        "heat": [
            _heat_row("East Gate", [58, 70, 55, None]),
            _heat_row("Harbour", [44, 37, 28, 45]),
            _heat_row("Airport", [38, 20, None, 22]),
        ],
        "ranking": [
            _rank(1, "East Gate", 62, 5, 812, ""),
            _rank(2, "Harbour", 48, 7, 488, "2–3"),
            _rank(34, "West Market", 11, 7, 377, ""),
        ],
    }


def _less(value: int | None, by: int) -> int | None:
    return None if value is None else value - by


def _heat_row(name: str, values: list[int | None]) -> dict[str, Any]:
    cells = [
        {"value": value, "n": 24 if value is None else 140, "level": 0 if value is None else max(-2, min(2, round((value - 41) / 10)))}
        for value in values
    ]
    return {"name": name, "cells": cells}


def _rank(place: int, name: str, value: int, half: int, n: int, tied: str) -> dict[str, Any]:
    return {"place": place, "name": name, "tied": tied, **_estimate(value, half, n)}


def _lists(now: datetime) -> dict[str, Any]:
    rows = [
        {
            "number": f"GD-20261120-01{47 + at}",
            "state": state,
            "score": score,
            "unit": unit,
            "due_at": now + timedelta(hours=hours),
            "sla": sla,
        }
        for at, (state, score, unit, hours, sla) in enumerate(
            [("new", 2, "East Gate", 2, "soon"), ("contacted", 7, "Harbour", -3, "over"), ("resolved", 9, "Airport", 40, "ok")]
        )
    ]
    units = [
        {"id": f"u{at}", "name": name, "depth": depth}
        for at, (name, depth) in enumerate(
            [
                ("Head office", 0),
                ("Coastal Region", 1),
                ("East Gate", 2),
                ("Harbour", 2),
                ("Garden Road", 2),
                ("Inland Region", 1),
                ("Old Town", 2),
                ("Riverside", 2),
                ("Airport", 2),
            ]
        )
    ]
    return {"rows": rows, "units": units, "timeline": _timeline(now), "past": datetime(2026, 4, 18, 2, 30, tzinfo=UTC)}


def _timeline(now: datetime) -> list[dict[str, Any]]:
    return [
        {"at": now, "title": "First contact made", "text": "Called at noon; the fee was explained.", "tone": "info", "who": "L. Sun"},
        {"at": now - timedelta(hours=2), "title": "Assigned to East Gate", "text": "", "tone": "", "who": ""},
        {"at": now - timedelta(days=9), "title": "Customer gave 2 of 10", "text": "By text message.", "tone": "bad", "who": ""},
    ]
