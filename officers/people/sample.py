"""The sample bank's officers: made-up people of several states and tiers, a campaign, groups, the panel; through the real use cases."""

import json
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import applying, campaigns, groups, growth, hours, learning, notice_store, panel, store, way
from officers.people.applying import Wish
from officers.people.campaigns import Editor, Plan
from officers.people.door_models import OfficerCampaign
from officers.people.rules.states import Act
from officers.people.visitors import Visitor
from officers.people.way import Desk
from portal.audit.trail import Actor
from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from portal.people.customer_store import by_ref
from portal.people.rules.roles import EVERYTHING
from portal.people.store import head_id, user_by_login
from portal.shell.features import Sampling

MANAGERS = ("officers", "admin")
"""Who manages the programme; an older sample bank has only the administrator."""


def load(ground: Ground, sampling: Sampling) -> None:
    """Write them, the oldest first; nothing where officers are there already."""
    words = json.loads(files("officers.people").joinpath("content/sample.json").read_text(encoding="utf-8"))
    with ground.writing() as session:
        if store.total(session):
            return
        manager = next(user for login in MANAGERS if (user := user_by_login(session, login)) is not None)
        desk = Desk(Actor("user", str(manager.id)), EVERYTHING, sampling.now)
        campaign = _campaign(session, ground, words["campaign"], desk)
        for one in sorted(words["officers"], key=lambda one: -int(one["days"])):
            _officer(session, ground, one, desk, campaign)
        groups.make(session, "iphone-pilot", "iPhone 试点", {"field": "device", "op": "eq", "value": "ios"}, desk)
        made = groups.make(session, "first-visits", "首批网点走访", None, desk)
        groups.take_file(session, made.id, "alias\n青竹\n晴川\n小满\n远帆\n", desk)
        for cell in words["cells"]:
            panel.put(session, dict(zip(panel.CUTS, cell[:4], strict=True)), cell[4], desk.actor, sampling.now)
    sampling.tell("experience officers")


def _campaign(session: Session, ground: Ground, one: dict[str, Any], desk: Desk) -> OfficerCampaign:
    today = day_in(ground.settings.zone, desk.now)
    quotas = [{"unit_id": "", "segment": "", "places": 60}]
    plan = Plan(
        one["name_zh"], one["name_en"], head_id(session), today - timedelta(days=400), today + timedelta(days=one["days"]), "both", quotas
    )
    editor = Editor(desk.actor, EVERYTHING, desk.now - timedelta(days=400))
    made = campaigns.make(session, plan, editor)
    made.seen = one["seen"]
    return campaigns.move(session, made.id, "running", editor)


def _officer(session: Session, ground: Ground, one: dict[str, Any], desk: Desk, campaign: OfficerCampaign) -> None:
    begun = desk.now - timedelta(days=one["days"])
    who = _who(session, one)
    if who is None:
        return
    wish = Wish(
        one["alias"], one.get("why", ""), one["city"], one["device"], one["age_band"], grown=True, agreed=True,
        campaign=campaign.code if one.get("campaign") else "",
    )  # fmt: skip
    officer = applying.apply(session, ground.keys, who, wish, begun, ground.settings.zone)
    actor = Actor("officer", str(officer.id))
    _walk(session, officer.id, one, desk, begun, actor)
    officer.channel = one.get("channel", "")
    notice_store.mark_read(session, officer.id, desk.now - timedelta(days=1))
    if one.get("hours"):
        hours.ask(session, officer.id, one["hours"], actor, desk.now - timedelta(days=3), ground.settings.zone)
        hours.decide(session, officer.id, True, one["hours"], desk, ground.settings.zone)


def _who(session: Session, one: dict[str, Any]) -> Visitor | None:
    if "login" in one:
        user = user_by_login(session, one["login"])
        return Visitor(user_id=user.id) if user else None
    customer = by_ref(session, f"SAMPLE-{one['customer']:05d}")
    return Visitor(customer_id=customer.id) if customer else None


def _walk(session: Session, officer_id: UUID, one: dict[str, Any], desk: Desk, begun: datetime, actor: Actor) -> None:
    """The officer's way as far as it went, at the moments when it went so."""
    state, day = one["state"], timedelta(days=1)
    if state == "applied":
        return
    if state == "rejected":
        way.take(session, officer_id, Act.REJECT, desk.actor, begun + day, one["reason"])
        return
    way.take(session, officer_id, Act.APPROVE, desk.actor, begun + day)
    if state == "training":
        way.take(session, officer_id, Act.TRAIN, actor, begun + 2 * day)
        return
    answers = {place: question.right for place, question in enumerate(learning.built_in().questions)}
    learning.answer(session, officer_id, answers, actor, begun + 2 * day)
    for days, amount in one["growth"]:
        growth.add(session, officer_id, amount, f"sample:{days}", desk.now - days * day)
    if state == "paused":
        way.take(session, officer_id, Act.PAUSE, actor, desk.now - 10 * day)
    if state == "suspended":
        way.take(session, officer_id, Act.SUSPEND, desk.actor, desk.now - 5 * day, one["reason"])


def manager(session: Session) -> UUID | None:
    """Who manages the programme of the sample bank, for the rooms above."""
    found = next((user for login in MANAGERS if (user := user_by_login(session, login)) is not None), None)
    return found.id if found else None
