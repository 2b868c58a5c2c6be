"""Campaigns: a time with a theme, opened, ended, and its result published; a contest with its jury and prizes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.ideas.campaign_models import CAMPAIGN_KINDS, IdeaCampaign
from officers.ideas.rules.contest import LEAST, MOST, Ranked, rank, wrong_weights
from officers.ideas.rules.states import Refusal
from officers.ideas.store import campaigns as store
from officers.ideas.store import ideas as idea_store
from officers.ideas.submitting import IdeaRefused
from officers.points import awarding
from officers.points.awarding import Award
from portal.audit.trail import Actor, record
from portal.foundation.clock import day_in
from portal.foundation.errors import Forbidden, InvalidInput, NotFound, SoundingsError
from portal.people.rules.roles import Scope
from portal.people.store import unit_in_scope, user_by_id

OBJECT = "idea_campaign"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,38}")
MOST_POINTS = 1000


class CampaignRefused(SoundingsError):
    """The campaign does not stand where this could be done."""

    code, status = "campaign_step_does_not_fit", 409


class NotOnTheJury(Forbidden):
    """Somebody who does not judge this contest."""

    code = "not_on_the_jury"


@dataclass(frozen=True)
class NewCampaign:
    """What somebody plans. `criteria`: (name, weight in percent); `prizes`: (name, points) for the first, second … place."""

    code: str
    kind: str
    title: str
    theme: str
    unit_id: UUID | None
    starts_on: date | None
    ends_on: date | None
    for_customers: bool = True
    survey_id: UUID | None = None
    criteria: Sequence[tuple[str, int]] = ()
    prizes: Sequence[tuple[str, int]] = ()
    jury: Sequence[UUID] = ()


def plan(session: Session, new: NewCampaign, actor: Actor, scope: Scope, now: datetime) -> IdeaCampaign:
    """Write a campaign down as a draft.

    Raises  InvalidInput naming the field
    """
    if fields := {**_wrong(session, new, scope, now), **_wrong_contest(session, new)}:
        raise InvalidInput(fields)
    assert new.unit_id is not None and new.starts_on is not None and new.ends_on is not None  # noqa: PT018  # told missing else
    contest = new.kind == "contest"
    campaign = IdeaCampaign(
        code=new.code, kind=new.kind, title=new.title.strip(), theme=new.theme.strip(), unit_id=new.unit_id, starts_on=new.starts_on,
        ends_on=new.ends_on, for_customers=new.for_customers, survey_id=new.survey_id if new.kind == "expectation" else None,
        criteria=[{"code": f"c{n}", "name": name, "weight": weight} for n, (name, weight) in enumerate(new.criteria, 1)] if contest else [],
        prizes=[{"place": n, "name": name, "points": points} for n, (name, points) in enumerate(new.prizes, 1)] if contest else [],
        owner_id=UUID(actor.id), created_at=now,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    if contest:
        store.set_jury(session, campaign.id, new.jury)
    record(session, actor, "idea_campaign.plan", OBJECT, campaign.id, now, {"kind": new.kind})
    return campaign


def _wrong(session: Session, new: NewCampaign, scope: Scope, now: datetime) -> dict[str, str]:
    fields = {}
    if not CODE.fullmatch(new.code):
        fields["code"] = "not_a_code"
    elif store.by_code(session, new.code) is not None:
        fields["code"] = "code_taken"
    if new.kind not in CAMPAIGN_KINDS:
        fields["kind"] = "missing"
    for name, text, most in (("title", new.title, 120), ("theme", new.theme, 2000)):
        if not text.strip() or len(text) > most:
            fields[name] = "too_long" if text.strip() else "missing"
    if new.unit_id is None or not unit_in_scope(session, scope, new.unit_id, now):
        fields["unit_id"] = "outside_your_units" if new.unit_id else "missing"
    fields |= {name: "missing" for name in ("starts_on", "ends_on") if getattr(new, name) is None}
    if new.starts_on and new.ends_on and new.ends_on < new.starts_on:
        fields["ends_on"] = "not_after"
    if new.kind == "expectation" and (new.survey_id is None or store.survey(session, new.survey_id) is None):
        fields["survey_id"] = "missing"
    return fields


def _wrong_contest(session: Session, new: NewCampaign) -> dict[str, str]:
    if new.kind != "contest":
        return {}
    fields = {}
    if any(not name.strip() or len(name) > 60 for name, _weight in new.criteria):
        fields["criteria"] = "too_long"
    elif wrong := wrong_weights([weight for _name, weight in new.criteria]):
        fields["criteria"] = wrong
    if not 1 <= len(new.prizes) <= 10 or any(
        not name.strip() or len(name) > 60 or not 1 <= points <= MOST_POINTS for name, points in new.prizes
    ):
        fields["prizes"] = "out_of_range"
    if not new.jury or any(user_by_id(session, one) is None for one in new.jury):
        fields["jury"] = "missing"
    return fields


def held(session: Session, code: str, scope: Scope, now: datetime) -> IdeaCampaign:
    """A campaign of one's units, held until the transaction ends.

    Raises  NotFound
    """
    seen = store.by_code(session, code)
    found = store.lock(session, seen.id) if seen is not None else None
    if found is None or not unit_in_scope(session, scope, found.unit_id, now):
        raise NotFound
    return found


def move(session: Session, code: str, act: str, result: str, actor: Actor, scope: Scope, now: datetime, zone: str) -> IdeaCampaign:
    """Open it, end it, or publish its result.

    Raises  NotFound, CampaignRefused, InvalidInput for `result`
    """
    campaign = held(session, code, scope, now)
    ways = {"open": ("draft", "running"), "end": ("running", "ended"), "publish": ("ended", "published")}
    if act not in ways or campaign.state != ways[act][0] or (act == "open" and campaign.ends_on < day_in(zone, now)):
        raise CampaignRefused
    if act == "publish":
        words = result.strip()
        if not words or len(words) > 3000:
            raise InvalidInput({"result": "too_long" if words else "missing"})
        campaign.result, campaign.published_at = words, now
        if campaign.kind == "contest":
            _give_prizes(session, campaign, actor, now)
    campaign.state = ways[act][1]
    session.flush()
    record(session, actor, f"idea_campaign.{act}", OBJECT, campaign.id, now)
    return campaign


def judge(session: Session, code: str, idea_id: UUID, marks: Mapping[str, int], user_id: UUID, now: datetime) -> None:
    """One member of the jury marks one entry; again, while the contest is not decided, takes the place of before.

    Raises  NotFound, NotOnTheJury, CampaignRefused, IdeaRefused for one's own entry, InvalidInput naming the criterion
    """
    seen = store.by_code(session, code)
    campaign = store.lock(session, seen.id) if seen is not None and seen.kind == "contest" else None
    idea = idea_store.by_id(session, idea_id)
    if campaign is None or idea is None or idea.campaign_id != campaign.id or idea.hidden_at is not None or idea.screened_at is None:
        raise NotFound
    if user_id not in store.jury(session, campaign.id):
        raise NotOnTheJury
    if campaign.state not in ("running", "ended"):
        raise CampaignRefused
    if idea.user_id == user_id or store.is_author(session, campaign.id, user_id):
        raise IdeaRefused(Refusal.OWN)
    codes = [one["code"] for one in campaign.criteria]
    if fields := {one: "out_of_range" for one in codes if not LEAST <= marks.get(one, 0) <= MOST}:
        raise InvalidInput(fields)
    rows = [
        {"campaign_id": campaign.id, "idea_id": idea.id, "user_id": user_id, "criterion": one, "points": marks[one], "at": now}
        for one in codes
    ]
    store.put_marks(session, rows)
    record(session, Actor("user", str(user_id)), "contest.judge", OBJECT, campaign.id, now, {"idea": str(idea.id)})


def ranking(session: Session, campaign: IdeaCampaign) -> list[Ranked]:
    """Where the entries of a contest stand."""
    weights = {one["code"]: int(one["weight"]) for one in campaign.criteria}
    return rank(store.marks(session, campaign.id), weights)


def _give_prizes(session: Session, campaign: IdeaCampaign, actor: Actor, now: datetime) -> None:
    """Write down who won what; officers are paid by the rule for contests. Entries on one place all win its prize."""
    by_place: dict[int, dict[str, Any]] = {int(one["place"]): one for one in campaign.prizes}
    won = [one for one in ranking(session, campaign) if one.place in by_place]
    if not won:
        raise InvalidInput({"result": "nothing_judged"})
    ideas = idea_store.of_ids(session, [one.idea_id for one in won])
    rows = [
        {"campaign_id": campaign.id, "idea_id": one.idea_id, "place": one.place, "score": one.score, "name": by_place[one.place]["name"]}
        for one in won
    ]
    store.put_prizes(session, rows)
    for one in won:
        idea, prize = ideas[one.idea_id], by_place[one.place]
        idea_store.add_step(session, idea.id, "prize", now, actor.user_id, prize["name"], {"place": one.place}, tell=True)
        if idea.officer_id is not None:
            award = Award(idea.officer_id, "contest", f"contest:{campaign.id}:{idea.id}", "whole", {"points": int(prize["points"])})
            awarding.award(session, award, now)
