"""What the sample bank tries beside its touchpoints: two of them to a precision, a campaign with a wave, one that waits, a pilot."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.people.store import user_by_login
from questionnaires.library import library
from scheduler.contacts import pilots, precision
from scheduler.contacts.precision import Wanted
from scheduler.touchpoints import campaigns

WAVE_AFTER, PILOT_AFTER = timedelta(days=19), timedelta(days=21)
RELATIONSHIP = "relationship_nps"


def begin(session: Session, now: datetime, zone: str) -> None:
    """Targets from the first night on; a relationship survey whose wave comes later in the month, and one that awaits its approval."""
    designer, approver = _actor(session, "designer"), _actor(session, "approver")
    precision.set_targets(session, "mobile-transfer", [Wanted("all", "ces", 9.0, 0.05, "month")], designer, now)
    precision.set_targets(session, "counter", [Wanted("all", "csat", 8.0, 0.1, "month")], designer, now)
    questionnaire_id = library.by_code(session, RELATIONSHIP).id
    wave = (now + WAVE_AFTER).astimezone(ZoneInfo(zone)).replace(hour=10, minute=0)
    spring = campaigns.add(
        session, _campaign(questionnaire_id, "rnps-1", "年度关系净推荐调研", "Yearly relationship survey", 240, now), [wave], designer, now
    )
    campaigns.take_step(session, spring.id, "submit", designer, now)
    campaigns.take_step(session, spring.id, "approve", approver, now)
    needs = _campaign(questionnaire_id, "needs-1", "客户需求调研", "What customers need", 150, now) | {"purpose": "needs"}
    needs["audience"] = {"condition": {"all": [{"field": "tenure_days", "op": "ge", "value": 365}]}}
    waiting = campaigns.add(session, needs, [wave + timedelta(days=25)], designer, now)
    campaigns.take_step(session, waiting.id, "submit", designer, now)


def begin_pilot(session: Session, unit: UUID, now: datetime) -> None:
    """The wealth touchpoint goes on in one branch only, to be held against the weeks before."""
    pilots.start(session, pilots.Wish("wealth", "touchpoint", [unit]), _actor(session, "designer"), now)


def _actor(session: Session, login: str) -> Actor:
    user = user_by_login(session, login)
    if user is None:
        raise LookupError(login)
    return Actor("user", str(user.id))


def _campaign(questionnaire_id: UUID, code: str, zh: str, en: str, n: int, now: datetime) -> dict[str, Any]:
    return {
        "code": code, "name_zh": zh, "name_en": en, "purpose": "relationship", "questionnaire_id": questionnaire_id, "priority": 45,
        "audience_kind": "conditions", "audience": {}, "sample": "n", "n": n, "margin": None, "indicator": "nps", "response_rate": 0.3,
        "channels": ["file"], "reminder_hours": None, "ends_at": now + timedelta(days=75),
    }  # fmt: skip
