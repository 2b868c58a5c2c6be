"""What the sample bank asks: journeys, event catalogue, touchpoints, the shipped policy and an alert rule."""

import json
from datetime import datetime
from importlib import resources
from typing import Any
from uuid import UUID

from sqlmodel import Session

from questionnaires.library import library
from scheduler.cases import alerting
from scheduler.contacts import policies
from scheduler.contacts.rules.policy import standard_policy
from scheduler.touchpoints import touchpoints


def content(name: str) -> Any:
    """A document of the sample bank's content."""
    return json.loads((resources.files("scheduler.engine") / "content" / name).read_text(encoding="utf-8"))


def set_up(session: Session, units: dict[str, UUID], now: datetime) -> None:
    """Write it all; `units` are the sample units by code."""
    journeys = content("sample_journeys.json")
    for one in journeys["event_types"]:
        touchpoints.add_event_type(session, code=one["code"], name_zh=one["zh"], name_en=one["en"], attributes=one["attributes"])
    stages: dict[str, UUID] = {}
    for place, journey in enumerate(journeys["journeys"]):
        stages |= touchpoints.add_journey(
            session, code=journey["code"], name_zh=journey["zh"], name_en=journey["en"], position=place,
            stages=[(stage["code"], stage["zh"], stage["en"]) for stage in journey["stages"]],
        )  # fmt: skip
    for one in journeys["touchpoints"]:
        _touchpoint(session, one, stages, units, now)
    policies.put_in_force(session, standard_policy(), now, salt="sample")
    alerting.ensure_default(session, now)


def _touchpoint(session: Session, one: dict[str, Any], stages: dict[str, UUID], units: dict[str, UUID], now: datetime) -> None:
    questionnaire = library.by_code(session, one["questionnaire"])
    touchpoints.add(
        session,
        now=now,
        code=one["code"],
        name_zh=one["zh"],
        name_en=one["en"],
        short_zh=one["short_zh"],
        short_en=one["short_en"],
        stage_id=stages[one["stage"]],
        event_type=one["event_type"],
        questionnaire_id=questionnaire.id,
        class_=one["class"],
        priority=one["priority"],
        delay_minutes=one["delay_minutes"],
        rate=one.get("rate"),
        tenure_days=one.get("tenure_days"),
        in_charge=one["in_charge"],
        department_id=units[one["department"]] if "department" in one else None,
        channels=["file"],
        active=True,
        sample=True,
    )
