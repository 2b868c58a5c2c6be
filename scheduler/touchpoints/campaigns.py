"""Campaigns: written by one person, approved by another, paused and stopped; each goes through a hidden touchpoint of its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people.approval import SamePerson, second_person
from scheduler.touchpoints import campaign_store as store
from scheduler.touchpoints import store as touchpoint_store
from scheduler.touchpoints import touchpoints
from scheduler.touchpoints.campaign_models import EVENT_TYPE, Campaign, CampaignWave
from scheduler.touchpoints.rules.campaigns import STEPS, problems_of, wanted

OBJECT = "campaign"
ATTRIBUTES = {"campaign": "text", "wave": "number", "rate": "number", "chance": "number"}


class CampaignMoved(Conflict):
    """The campaign is no longer in a state that the step needs."""

    code = "campaign_moved"


class CampaignSamePerson(SamePerson):
    """Whoever wrote a campaign can't approve it."""

    code = "campaign_same_person"


def add(session: Session, columns: dict[str, Any], waves: Sequence[datetime], actor: Actor, now: datetime) -> Campaign:
    """A new draft with its hidden touchpoint, switched off.

    Raises  InvalidInput with the code of each field that is wrong; nothing is written then
    """
    problems = problems_of(columns, waves, now)
    if "code" not in problems and store.code_taken(session, columns["code"]):
        problems["code"] = "code_taken"
    if problems or actor.user_id is None:
        raise InvalidInput(problems or {"code": "missing"})
    _ensure_event_type(session)
    campaign = Campaign(
        **columns, touchpoint=f"campaign.{columns['code']}", author_id=actor.user_id, created_at=now, updated_at=now
    )  # fmt: skip
    touchpoints.add(session, now=now, actor=actor, code=campaign.touchpoint, active=False, **_touchpoint(campaign))
    session.add(campaign)
    session.flush()
    _write_waves(session, campaign, waves)
    record(session, actor, "campaign.add", OBJECT, campaign.id, now, {"code": campaign.code})
    return campaign


def edit(session: Session, campaign_id: UUID, columns: dict[str, Any], waves: Sequence[datetime], actor: Actor, now: datetime) -> Campaign:
    """Change a draft; whoever changes it becomes its author.

    Raises  NotFound, CampaignMoved, InvalidInput
    """
    campaign = _locked(session, campaign_id)
    if campaign.state != "draft":
        raise CampaignMoved(state=campaign.state)
    columns = {**columns, "code": campaign.code}
    problems = problems_of(columns, waves, now)
    if problems or actor.user_id is None:
        raise InvalidInput(problems or {"code": "missing"})
    for name, value in columns.items():
        setattr(campaign, name, value)
    campaign.author_id, campaign.updated_at = actor.user_id, now
    touchpoint = touchpoint_store.touchpoint_by_code(session, campaign.touchpoint)
    if touchpoint is not None:
        touchpoints.edit(session, touchpoint.id, actor, now, **_touchpoint(campaign))
    session.flush()
    _write_waves(session, campaign, waves)
    record(session, actor, "campaign.edit", OBJECT, campaign.id, now, {"code": campaign.code})
    return campaign


def take_step(session: Session, campaign_id: UUID, step: str, actor: Actor, now: datetime) -> Campaign:
    """Submit, send back, approve, pause, resume or stop. Approving is never the author's.

    Raises  NotFound, CampaignMoved, CampaignSamePerson; NothingToAsk where the questionnaire is not published;
            InvalidInput for a list that is empty, or for times that have gone by since it was written
    """
    campaign = _locked(session, campaign_id)
    sources, target = STEPS[step]
    if campaign.state not in sources:
        raise CampaignMoved(state=campaign.state)
    if step in ("submit", "approve"):
        _check_ready(session, campaign, now)
    if step == "approve":
        campaign.approved_by, campaign.approved_at = second_person(actor, [campaign.author_id], CampaignSamePerson), now
    _switch(session, campaign, actor, now, on=target == "approved")
    campaign.state, campaign.updated_at = target, now
    session.flush()
    if step == "stop":
        store.stop_waves(session, campaign.id, now)
    record(session, actor, f"campaign.{step}", OBJECT, campaign.id, now, {"code": campaign.code})
    return campaign


def set_list(session: Session, campaign_id: UUID, refs: Sequence[str], actor: Actor, now: datetime) -> tuple[int, list[str]]:
    """Replace a draft's list; how many were taken, and the references that nobody knows.

    Raises  NotFound, CampaignMoved; InvalidInput where nobody on it is known
    """
    campaign = _locked(session, campaign_id)
    if campaign.state != "draft" or campaign.audience_kind != "list":
        raise CampaignMoved(state=campaign.state)
    wished = list(dict.fromkeys(refs))
    known = store.customers_by_ref(session, wished)
    if not known:
        raise InvalidInput({"file": "nobody_known" if wished else "empty_file"})
    store.set_list(session, campaign.id, sorted(set(known.values()), key=str))
    record(session, actor, "campaign.list", OBJECT, campaign.id, now, {"taken": len(known), "refused": len(wished) - len(known)})
    return len(known), [ref for ref in wished if ref not in known]


def _check_ready(session: Session, campaign: Campaign, now: datetime) -> None:
    if not touchpoint_store.is_published(session, campaign.questionnaire_id):
        raise touchpoints.NothingToAsk
    if campaign.audience_kind == "list" and not store.listed(session, campaign.id):
        raise InvalidInput({"file": "list_missing"})
    if campaign.ends_at <= now:
        raise InvalidInput({"ends_at": "in_the_past"})


def _locked(session: Session, campaign_id: UUID) -> Campaign:
    campaign = store.campaign(session, campaign_id, lock=True)
    if campaign is None:
        raise NotFound
    return campaign


def _switch(session: Session, campaign: Campaign, actor: Actor, now: datetime, *, on: bool) -> None:
    """The hidden touchpoint follows: off holds at once, also for what waits to be sent."""
    touchpoint = touchpoint_store.touchpoint_by_code(session, campaign.touchpoint)
    if touchpoint is not None:
        touchpoints.switch(session, touchpoint.id, actor, now, on=on)


def _touchpoint(campaign: Campaign) -> dict[str, Any]:
    staff = campaign.audience_kind == "staff"
    return {
        "name_zh": campaign.name_zh, "name_en": campaign.name_en, "event_type": EVENT_TYPE, "questionnaire_id": campaign.questionnaire_id,
        "filter": {"all": [{"field": "campaign", "op": "eq", "value": campaign.code}]}, "class_": "staff" if staff else "normal",
        "priority": campaign.priority, "delay_minutes": 0, "channels": campaign.channels, "rate": 1.0, "tenure_days": 0,
        "in_charge": "account_unit", "ends_at": campaign.ends_at, "reminders": 1 if campaign.reminder_hours else 0,
        "reminder_hours": campaign.reminder_hours,
    }  # fmt: skip


def _write_waves(session: Session, campaign: Campaign, waves: Sequence[datetime]) -> None:
    store.remove_waves(session, campaign.id)
    number = wanted(campaign.model_dump())
    session.add_all(CampaignWave(campaign_id=campaign.id, number=place, starts_at=at, wanted=number) for place, at in enumerate(waves, 1))
    session.flush()


def _ensure_event_type(session: Session) -> None:
    if touchpoint_store.event_type(session, EVENT_TYPE) is None:
        touchpoints.add_event_type(session, code=EVENT_TYPE, name_zh="调研计划期次", name_en="Wave of a campaign", attributes=ATTRIBUTES)
