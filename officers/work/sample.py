"""The sample bank's tasks with claims, submissions and reviews in several states: made-up words through the real use cases."""

import io
import json
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw
from sqlmodel import Session

from officers.people.models import Officer
from officers.work import claims, issues, photos, reviewing, submitting, tasks
from officers.work.models import Submission, Task
from officers.work.reviewing import Decision, Reviewer
from officers.work.rules.reviewing import Verdict
from officers.work.rules.states import TaskStep
from officers.work.store import tasks as store
from officers.work.submitting import Written
from officers.work.tasks import CellDraft, Editor, TaskDraft
from portal.audit.trail import Actor
from portal.foundation.errors import SoundingsError
from portal.foundation.ground import Ground
from portal.people.models import User
from portal.people.rules.roles import EVERYTHING
from portal.people.store import head_id, unit_by_code, user_by_login
from portal.shell.features import Sampling
from scheduler.improvement import register

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AUTHORS, REVIEWERS = ("designer", "analyst"), ("officers", "admin")


def load(ground: Ground, sampling: Sampling) -> None:
    """Write them, the oldest first; nothing where tasks are there already, or nobody could do them."""
    words = json.loads(files("officers.work").joinpath("content/sample.json").read_text(encoding="utf-8"))
    with ground.writing() as session:
        author, other = _user(session, AUTHORS), _user(session, REVIEWERS)
        people = store.active_customers(session)
        if store.total(session) or author is None or other is None or not people:
            return
        made = [_task(session, one, author, other, sampling.now - 20 * DAY) for one in words["tasks"]]
        found: list[Submission | None] = []
        for number, one in enumerate(words["work"]):
            found.append(
                _work(session, ground, made[one["task"]], one, people[number % len(people) :] + people, other, found, sampling.now)
            )
        if free := [one for one in people if store.takes(session, one.id) == 0][:1]:
            claims.take(session, ground.keys, free[0].id, made[1].id, sampling.now - HOUR)
    while photos.make_waiting(ground, sampling.now):
        pass
    sampling.tell("officers' tasks")


def _user(session: Session, logins: tuple[str, ...]) -> User | None:
    return next((user for login in logins if (user := user_by_login(session, login)) is not None), None)


def _task(session: Session, one: dict[str, Any], author: User, other: User, at: datetime) -> Task:
    units = [unit.id for code in one.get("units", ()) if (unit := unit_by_code(session, code)) is not None]
    cells = tuple(CellDraft(unit_id=unit, cap=6) for unit in units) or (CellDraft(cap=30),)
    pairs = {name: [{"zh": zh, "en": en} for zh, en in one.get(name, ())] for name in ("steps", "banks", "dimensions")}
    banks = [{"code": f"b{n}" if n else "own", **bank} for n, bank in enumerate(pairs["banks"])]
    dimensions = [{"code": f"d{n}", **dimension} for n, dimension in enumerate(pairs["dimensions"])]
    plain = {name: one[name] for name in ("kind", "title_zh", "title_en", "about_zh", "about_en", "minutes", "budget")}
    draft = TaskDraft(
        **plain, evidence_zh=one["evidence_zh"], evidence_en=one["evidence_en"], photos_min=one["photos"][0], photos_max=one["photos"][1],
        steps=pairs["steps"], banks=banks, dimensions=dimensions, unit_id=head_id(session), cells=cells, closes_at=at + 60 * DAY,
    )  # fmt: skip
    writer, approver = (Editor(Actor("user", str(user.id)), user.id, EVERYTHING) for user in (author, other))
    task = tasks.write(session, draft, writer, at)
    tasks.take_step(session, task.id, TaskStep.ASK, writer, at)
    return tasks.take_step(session, task.id, TaskStep.APPROVE, approver, at + DAY)


def _work(
    session: Session, ground: Ground, task: Task, one: dict[str, Any], people: list[Officer], other: User,
    before: list[Submission | None], now: datetime,
) -> Submission | None:  # fmt: skip
    """One piece of work by the first who may do it."""
    at = now - one["days"] * DAY
    for officer in people:
        try:
            claim = claims.take(session, ground.keys, officer.id, task.id, at)
        except SoundingsError:
            continue
        codes = [bank["code"] for bank in task.banks]
        rows = zip((dimension["code"] for dimension in task.dimensions), one.get("scores", ()), strict=False)
        scores = {dimension: dict(zip(codes, row, strict=True)) for dimension, row in rows}
        written = Written(one["title"], one["text"], tuple((True, "") for _ in task.steps), scores)
        _claim, _task, draft = submitting.work_of(session, officer.id, claim.id)
        if one.get("photo"):
            photos.keep(session, ground.keys, photos.owner_of(draft.id), [_picture(one["photo"])], at, officer_id=officer.id)
        submission = submitting.submit(session, officer.id, claim.id, written, at + HOUR)
        _decide(session, submission, one, other, before, at)
        return submission
    return None


def _decide(
    session: Session, submission: Submission, one: dict[str, Any], other: User, before: list[Submission | None], at: datetime
) -> None:
    if "verdict" not in one:
        return
    verdict, *rest = one["verdict"]
    if verdict == "approve":
        said = Decision(Verdict.APPROVE, quality=rest[0], severity=rest[1], kind=rest[2])
    elif verdict == "duplicate":
        original = before[rest[0]]
        said = Decision(Verdict.DUPLICATE, original=original.id if original else None)
    else:
        said = Decision(Verdict(verdict), reason=rest[0], note=rest[1])
    actor = Actor("user", str(other.id))
    moment = max(at + DAY, submission.comment_until or at)
    reviewing.decide(session, submission.id, said, Reviewer(actor, other.id, EVERYTHING), moment)
    if one.get("issue"):
        issues.tie(session, submission, "", _unit(submission, session), register.Editor(actor, EVERYTHING, "Asia/Shanghai"), moment)


def _unit(submission: Submission, session: Session) -> UUID | None:
    return submission.unit_id or head_id(session)


def _picture(seed: int) -> bytes:
    """A drawn hall: counters, seats, a screen; no real place."""
    picture = Image.new("RGB", (960, 720), (232, 236, 240))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 470, 960, 720), fill=(203, 196, 186))
    for n in range(4):
        left = 60 + n * 220 + seed * 11
        draw.rectangle((left, 300, left + 150, 470), fill=(120 + 20 * n, 134, 150))
        draw.rectangle((left + 20, 200, left + 130, 270), fill=(40, 60, 90 + 30 * seed))
        draw.ellipse((left + 10, 540 + 30 * (n % 2), left + 110, 640), fill=(170, 90 + 20 * seed, 70))
    written = io.BytesIO()
    picture.save(written, format="JPEG", quality=85)
    return written.getvalue()
