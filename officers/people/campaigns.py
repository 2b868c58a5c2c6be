"""Recruitment: a campaign has a period, an audience, a poster code, places for units and segments, and a funnel."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import apply_store as store
from officers.people.door_models import AUDIENCES, OfficerCampaign
from portal.audit.trail import Actor, record
from portal.foundation.clock import day_in
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people.models import OrgUnit
from portal.people.rules.roles import Scope
from portal.people.store import unit_by_id, unit_in_scope

OBJECT = "officer_campaign"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and figures that look alike."""
CODE_LENGTH, MOST_QUOTAS, MOST_PLACES, LONGEST_NAME = 8, 30, 100_000, 60


class CampaignFull(Conflict):
    """All places of the campaign for this person's unit or segment are taken."""

    code = "campaign_full"


class CampaignMoved(Conflict):
    """The campaign is not in a state that allows this."""

    code = "campaign_moved"


@dataclass(frozen=True)
class Plan:
    """What a campaign is to be. A quota: places for a unit and those below it, for a segment, or for both."""

    name_zh: str
    name_en: str
    unit_id: UUID | None
    starts_on: date | None
    ends_on: date | None
    audience: str = "both"
    quotas: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Editor:
    """Who edits, and for which units."""

    actor: Actor
    scope: Scope
    now: datetime


def make(session: Session, plan: Plan, editor: Editor) -> OfficerCampaign:
    """Make a campaign that nobody can apply to yet.

    Raises  InvalidInput naming the field
    """
    values = _checked(session, plan, editor)
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    made = OfficerCampaign(code=code, created_by=editor.actor.user_id, created_at=editor.now, **values)
    session.add(made)
    session.flush()
    record(session, editor.actor, "officer_campaign.make", OBJECT, made.id, editor.now)
    return made


def change(session: Session, campaign_id: UUID, plan: Plan, editor: Editor) -> OfficerCampaign:
    """Change a campaign that has not ended; its code stays, posters hang.

    Raises  NotFound, CampaignMoved, InvalidInput
    """
    found = seen_by(session, campaign_id, editor.scope, editor.now)
    if found.state == "ended":
        raise CampaignMoved
    for name, value in _checked(session, plan, editor).items():
        setattr(found, name, value)
    session.flush()
    record(session, editor.actor, "officer_campaign.change", OBJECT, found.id, editor.now)
    return found


def move(session: Session, campaign_id: UUID, state: str, editor: Editor) -> OfficerCampaign:
    """Begin a campaign, or end it.

    Raises  NotFound, CampaignMoved
    """
    found = seen_by(session, campaign_id, editor.scope, editor.now)
    if (found.state, state) not in (("draft", "running"), ("running", "ended")):
        raise CampaignMoved
    found.state = state
    session.flush()
    record(session, editor.actor, f"officer_campaign.{'begin' if state == 'running' else 'end'}", OBJECT, found.id, editor.now)
    return found


def seen_by(session: Session, campaign_id: UUID, scope: Scope, now: datetime) -> OfficerCampaign:
    """A campaign of a scope.

    Raises  NotFound
    """
    found = store.campaign(session, campaign_id)
    if found is None or not unit_in_scope(session, scope, found.unit_id, now):
        raise NotFound
    return found


def _checked(session: Session, plan: Plan, editor: Editor) -> dict[str, Any]:
    problems: dict[str, str] = {}
    for name in ("name_zh", "name_en"):
        text = getattr(plan, name).strip()
        if not 0 < len(text) <= LONGEST_NAME:
            problems[name] = "too_long" if text else "missing"
    if plan.unit_id is None or not unit_in_scope(session, editor.scope, plan.unit_id, editor.now):
        problems["unit_id"] = "missing"
    if plan.starts_on is None:
        problems["starts_on"] = "not_a_day"
    if plan.ends_on is None or (plan.starts_on is not None and plan.ends_on < plan.starts_on):
        problems["ends_on"] = "not_a_day" if plan.ends_on is None else "before_start"
    if plan.audience not in AUDIENCES:
        problems["audience"] = "not_one_of_the_words"
    if len(plan.quotas) > MOST_QUOTAS or any(not 1 <= one["places"] <= MOST_PLACES for one in plan.quotas):
        problems["quotas"] = "out_of_range"
    if problems:
        raise InvalidInput(problems)
    return {
        "name_zh": plan.name_zh.strip(), "name_en": plan.name_en.strip(), "unit_id": plan.unit_id, "starts_on": plan.starts_on,
        "ends_on": plan.ends_on, "audience": plan.audience, "quotas": [dict(one) for one in plan.quotas],
    }  # fmt: skip


def is_open(found: OfficerCampaign | None, kind: str, day: date) -> bool:
    """Whether a campaign takes applications of staff or customers on a day."""
    return found is not None and found.state == "running" and found.starts_on <= day <= found.ends_on and found.audience in ("both", kind)


def open_place(
    session: Session, code: str, kind: str, unit_id: UUID | None, segment: str, now: datetime, zone: str
) -> OfficerCampaign | None:
    """The campaign that somebody applies to, its row held; None where the code is none, or it is not open: they apply by themselves.

    Raises  CampaignFull where a quota that the person falls under is filled
    """
    found = store.campaign_by_code(session, code, lock=True) if code else None
    day = day_in(zone, now)
    if found is None or not is_open(found, kind, day):
        return None
    for quota in found.quotas:
        own_unit, own_segment = quota.get("unit_id") or "", quota.get("segment") or ""
        if own_segment and own_segment != segment:
            continue
        if own_unit and not unit_in_scope(session, Scope(unit_ids=(UUID(own_unit),)), unit_id, now):
            continue
        if store.placed(session, found.id, own_segment, UUID(own_unit) if own_unit else None, day) >= quota["places"]:
            raise CampaignFull
    return found


def visit(session: Session, code: str, now: datetime, zone: str) -> OfficerCampaign | None:
    """Somebody came by the poster: counted while the campaign runs. None for no such campaign, or one that is over."""
    found = store.campaign_by_code(session, code)
    if found is None or not (is_open(found, "staff", day_in(zone, now)) or is_open(found, "customer", day_in(zone, now))):
        return None
    store.note_seen(session, found.id)
    return found


def funnel(session: Session, found: Sequence[OfficerCampaign]) -> dict[UUID, dict[str, int]]:
    """Each campaign's way from seen to active; in one statement."""
    counted = store.funnels(session, [one.id for one in found])
    none = {"applied": 0, "approved": 0, "trained": 0, "active": 0}
    return {one.id: {"seen": one.seen, **counted.get(one.id, none)} for one in found}


def places(session: Session, found: OfficerCampaign, now: datetime, zone: str) -> list[tuple[OrgUnit | None, str, int, int]]:
    """Each quota with its unit, segment, places and how many are taken."""
    day, rows = day_in(zone, now), []
    for quota in found.quotas:
        unit_id = UUID(quota["unit_id"]) if quota.get("unit_id") else None
        taken = store.placed(session, found.id, quota.get("segment") or "", unit_id, day)
        rows.append((unit_by_id(session, unit_id) if unit_id else None, quota.get("segment") or "", quota["places"], taken))
    return rows
