"""The sample bank's ideas, campaigns and contest: made-up words through the real use cases."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.ideas import campaigns, desk, excellence, persons, submitting, voting
from officers.ideas.campaigns import NewCampaign
from officers.ideas.excellence import Nomination
from officers.ideas.models import Idea
from officers.ideas.persons import Person
from officers.ideas.rules.states import Step, Wanted
from officers.ideas.store import people as store
from officers.ideas.submitting import NewIdea
from portal.audit.trail import Actor
from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from portal.people.rules.roles import EVERYTHING
from portal.people.store import head_id, unit_by_code, user_by_login
from portal.shell.features import Sampling

VOTERS = 16


@dataclass(frozen=True)
class Cast:
    """Who acts in the sample bank."""

    ground: Ground
    users: dict[str, UUID]
    customers: list[UUID]
    manager: Actor
    pilots: tuple[str, ...]
    now: datetime

    def author(self, session: Session, one: dict[str, Any], place: int) -> Person:
        """A colleague by log-in, else a customer."""
        if one.get("by") in self.users:
            return persons.of_user(session, self.users[one["by"]])
        found = persons.of_customer(session, self.customers[place % len(self.customers)]) if self.customers else None
        return found or persons.guest(f"{place:032x}", "zh-Hans")


def load(ground: Ground, sampling: Sampling) -> None:
    """Write them, the oldest first, as if colleagues and customers had."""
    words = json.loads(files("officers.ideas").joinpath("content/sample.json").read_text(encoding="utf-8"))
    with ground.writing() as session:
        logins = ("coast", "harbour", "digital", "cards", "analyst", "admin", "protection")
        users = {login: user.id for login in logins if (user := user_by_login(session, login)) is not None}
        if "admin" not in users:
            return  # a bank without the sample's people has nobody who could decide
        pilots = tuple(str(unit.id) for code in ("coast", "harbour") if (unit := unit_by_code(session, code)) is not None)
        cast = Cast(ground, users, store.some_customers(session, VOTERS), Actor("user", str(users["admin"])), pilots, sampling.now)
        for one in words["campaigns"]:
            _campaign(session, cast, one)
        made: list[Idea] = []
        for place, one in enumerate(words["ideas"]):
            made.append(_idea(session, cast, one, place, made))
        _award(session, cast, words["award"])
    sampling.tell("ideas, campaigns and a contest")


def _campaign(session: Session, cast: Cast, one: dict[str, Any]) -> None:
    day = day_in(cast.ground.settings.zone, cast.now)
    first, last = (day + timedelta(days=number) for number in one["days"])
    new = NewCampaign(
        one["code"], one["kind"], one["title"], one["theme"], head_id(session), first, last,
        criteria=[(name, weight) for name, weight in one.get("criteria", [])],
        prizes=[(name, points) for name, points in one.get("prizes", [])],
        jury=[cast.users[login] for login in one.get("jury", []) if login in cast.users],
    )  # fmt: skip
    at = cast.now + timedelta(days=one["days"][0])
    campaigns.plan(session, new, cast.manager, EVERYTHING, at)
    campaigns.move(session, one["code"], "open", "", cast.manager, EVERYTHING, at, cast.ground.settings.zone)


def _idea(session: Session, cast: Cast, one: dict[str, Any], place: int, made: list[Idea]) -> Idea:
    at, zone = cast.now - timedelta(days=one["days"]), cast.ground.settings.zone
    unit = unit_by_code(session, one["unit"]) if one.get("unit") else None
    new = NewIdea(one["title"], one.get("body", ""), unit_id=unit.id if unit else None, campaign=one.get("campaign", ""))
    idea = submitting.submit(session, cast.ground.keys, new, cast.author(session, one, place), at, zone)
    for number, name in enumerate(one["way"]):
        later = at + timedelta(hours=6 + 20 * number)
        if name == "review":
            _votes(session, cast, idea, one["votes"], place, later)
        desk.take_step(session, idea.id, _wanted(Step(name), one, cast, later), cast.manager, EVERYTHING, later)
    if "review" not in one["way"] and one["way"]:
        _votes(session, cast, idea, one["votes"], place, at + timedelta(hours=9))
    if one.get("merge") is not None:
        desk.take_step(
            session, idea.id, Wanted(Step.MERGE, into=made[one["merge"]].number), cast.manager, EVERYTHING, at + timedelta(days=1)
        )
    if one.get("marks") and "analyst" in cast.users:
        marks = {f"c{n}": mark for n, mark in enumerate(one["marks"], 1)}
        campaigns.judge(session, one["campaign"], idea.id, marks, cast.users["analyst"], cast.now - timedelta(days=1))
    return idea


def _votes(session: Session, cast: Cast, idea: Idea, number: int, place: int, at: datetime) -> None:
    for n in range(number):
        known = persons.of_customer(session, cast.customers[(place + n + 1) % len(cast.customers)]) if cast.customers else None
        person = known if known and known.who != idea.who else persons.guest(f"{place:016x}{n:016x}", "zh-Hans")
        voting.vote(session, idea.id, person, at + timedelta(minutes=n))


def _wanted(step: Step, one: dict[str, Any], cast: Cast, at: datetime) -> Wanted:
    day = day_in(cast.ground.settings.zone, at)
    return Wanted(
        step, grade=one.get("grade", ""), reason=one.get("reason", ""), pilot_units=cast.pilots, pilot_from=day,
        pilot_to=day + timedelta(days=14), pilot_result=one.get("pilot_result", ""), result=one.get("result", ""),
    )  # fmt: skip


def _award(session: Session, cast: Cast, one: dict[str, Any]) -> None:
    unit = unit_by_code(session, one["unit"])
    nominator = Actor("user", str(cast.users.get("analyst", cast.users["admin"])))
    new = Nomination(one["kind"], one["title"], one["reason"], unit.id if unit else head_id(session), team=one["team"])
    excellence.nominate(session, new, nominator, cast.now - timedelta(days=3))
