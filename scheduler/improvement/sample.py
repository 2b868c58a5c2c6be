"""The sample bank's complaints, appeals, issues, programme and library: made-up words through the real use cases."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from portal.people.rules.roles import EVERYTHING
from portal.people.store import user_by_login
from portal.shell.features import Sampling
from questionnaires.answering.models import Response
from scheduler.cases import appeals, appeals_store
from scheduler.cases.appeals import Plea, Verdict
from scheduler.complaints import extending, handling, intake, library
from scheduler.complaints.handling import Desk
from scheduler.complaints.intake import Incoming
from scheduler.complaints.library import NewEntry
from scheduler.complaints.store import codes as code_store
from scheduler.improvement import gatherings, register
from scheduler.improvement.gatherings import NewMeeting, NewProgramme
from scheduler.improvement.register import Editor, NewIssue
from scheduler.improvement.rules.states import Step, Wanted
from scheduler.improvement.store.gatherings import items

APPEALED = ("outside_control", "wrong_unit", "outside_control")
PLEAS = ("当日10时至11时核心系统故障，非网点可控。", "客户在其他支行办理，评分误记到本机构。", "客户对贷款政策不满，与网点服务无关。")
HOUR = timedelta(hours=1)


def load(ground: Ground, sampling: Sampling) -> None:
    """Write them, the oldest first, as if the colleagues of the sample bank had."""
    words = json.loads(files("scheduler.improvement").joinpath("content/sample.json").read_text(encoding="utf-8"))
    with ground.writing() as session:
        units = code_store.units_by_code(session, ["coast", "harbour", "digital", "cards", "protection", "remote", "head"])
        people = {login: user_by_login(session, login) for login in ("coast", "protection", "judge", "analyst", "admin")}
        actors = {login: Actor("user", str(user.id)) for login, user in people.items() if user is not None}
        for one in words["complaints"]:
            _complaint(session, ground, one, units, actors, sampling.now)
        _library(session, words["library"], actors, sampling.now)
        _appeals(session, ground, actors, sampling.now)
        _improvement(session, ground, words, units, actors, sampling.now)
    sampling.tell("complaints, appeals and issues")


def _complaint(
    session: Session, ground: Ground, one: dict[str, Any], units: dict[str, UUID], actors: dict[str, Actor], now: datetime
) -> None:
    at = now - timedelta(days=one["days"])
    origin = "regulator" if one.get("regulator") else "poster" if one["channel"] == "poster" else "staff"
    incoming = Incoming(
        one["words"], origin, wish=one["wish"], name="王芳", phone=f"010-5555-01{one['days']:02d}", unit_id=units[one["unit"]],
        channel=one["channel"], regulator_ref=one.get("regulator", ""),
    )  # fmt: skip
    taken = intake.take(session, ground.keys, incoming, actors["protection"], at, ground.settings)
    if not one.get("business"):
        return
    desk = Desk(actors["protection"], EVERYTHING, ground.keys, ground.settings, at + 3 * HOUR)
    handling.accept(session, taken.case.id, desk)
    handling.classify(session, taken.case.id, {name: one[name] for name in ("channel", "business", "reason")}, desk)
    if one.get("extend"):
        extending.extend(session, taken.case.id, "complex", one["extend"], replace(desk, now=at + timedelta(days=5)))
    if one.get("decision"):
        later = replace(desk, now=at + timedelta(days=8))
        handling.decide(session, taken.case.id, one["outcome"], one["decision"], later)
        extending.ask_review(session, taken.case.id, "退款里没有包含利息。", replace(later, now=at + timedelta(days=10)))


def _library(session: Session, entries: list[dict[str, Any]], actors: dict[str, Actor], now: datetime) -> None:
    for one in entries:
        new = NewEntry(
            one["kind"], one["title"], one["situation"], one["handling"], (now + timedelta(days=120)).date(), one["lesson"], one["cause"],
            one["business"],
        )  # fmt: skip
        row = library.write(session, new, actors["coast"], now - timedelta(days=6))
        library.publish(session, row.id, actors["protection"], now - timedelta(days=5))
        if one["best"]:
            quarter = f"{now:%Y}-Q{(now.month + 2) // 3}"
            library.crown(session, row.id, quarter, actors["protection"], now - timedelta(days=5))


def _appeals(session: Session, ground: Ground, actors: dict[str, Actor], now: datetime) -> None:
    """Three low scores of the last days: one appeal is upheld, one is not, one waits."""
    found: dict[UUID, Response] = {}
    for response, _score in appeals_store.open_to_appeal(session, EVERYTHING, now - timedelta(days=6), now, 30):
        if appeals.may_file(session, response, now) is None:
            found.setdefault(response.id, response)
    for place, response_id in enumerate(list(found)[: len(APPEALED)]):
        plea = Plea(APPEALED[place], PLEAS[place])
        made = appeals.file(session, response_id, EVERYTHING, plea, actors["coast"], now - 2 * HOUR)
        if place < 2:
            verdict = Verdict(place == 0, "系统日志可以证实。" if place == 0 else "受理机构记录无误。")
            judge = appeals.judge_of(session, made, UUID(actors["judge"].id), EVERYTHING, now)
            if appeals.refuse(session, made, judge) is None:
                appeals.decide(session, made.id, EVERYTHING, verdict, actors["judge"], now - HOUR, ground.settings.zone)


def _improvement(
    session: Session, ground: Ground, words: dict[str, Any], units: dict[str, UUID], actors: dict[str, Actor], now: datetime
) -> None:
    zone, today = ground.settings.zone, day_in(ground.settings.zone, now)
    lead = Editor(actors["analyst"], EVERYTHING, zone)
    raw = words["programme"]
    programme = gatherings.begin_programme(
        session,
        NewProgramme(
            raw["code"], raw["name"], raw["goal"], units[raw["unit"]], UUID(actors["coast"].id), "nps", "", raw["target"],
            today - timedelta(days=20), today + timedelta(days=70), [units["coast"], units["harbour"]],
        ),
        lead, now - timedelta(days=20),
    )  # fmt: skip
    for place, one in enumerate(words["issues"]):
        _issue(session, one, units, lead, actors, now, programme.id if place < 2 else None)
    for one in words["meetings"]:
        held_on = today - timedelta(days=one["days"])
        new = NewMeeting(one["title"], held_on, units["coast"], programme.id)
        meeting = gatherings.plan_meeting(session, new, lead, now - timedelta(days=max(one["days"], 0) + 1))
        if one.get("minutes"):
            decisions = {item.issue.id: one["decision"] for item in items(session, meeting.id)}
            gatherings.hold_meeting(session, meeting.id, one["present"], one["minutes"], decisions, lead, now - timedelta(days=one["days"]))


def _issue(
    session: Session,
    one: dict[str, Any],
    units: dict[str, UUID],
    lead: Editor,
    actors: dict[str, Actor],
    now: datetime,
    programme: UUID | None,
) -> None:
    unit = units[one["unit"]]
    new = NewIssue(
        one["title"], one["kind"], unit, severity=one["severity"], owner_id=UUID(actors["coast"].id), measured_unit_id=unit,
        programme_id=programme,
    )  # fmt: skip
    issue, at = register.find(session, new, lead, now - timedelta(days=18)), now - timedelta(days=16)
    wanted = {
        "analysis": one.get("analysis", ""), "root_cause": one.get("cause", ""), "plan": one.get("plan", ""),
        "fix_due_on": (at + timedelta(days=22)).date(), "verify_on": (at + timedelta(days=60)).date(),
        "lasting_measure": one.get("lasting", ""), "reason": one.get("reason", ""),
    }  # fmt: skip
    for place, name in enumerate(one["way"]):
        register.take_step(session, issue.id, Wanted(Step(name), **wanted), lead, at + timedelta(days=2 * place))
