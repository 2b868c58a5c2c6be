"""The training: what is read and asked now, an officer's tries, and what passing does."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from officers.people import learning_store as store
from officers.people import roster, way
from officers.people.panel_models import TrainingTry, TrainingVersion
from officers.people.rules import training as rules
from officers.people.rules.states import Act
from officers.people.rules.training import Course, Marked
from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput


class QuizWaits(Conflict):
    """All tries of a day are used; the quiz waits."""

    code = "quiz_waits"


class Present(NamedTuple):
    """The course as it is now, and the version it comes from; none for the one that ships."""

    course: Course
    version_id: UUID | None
    number: int


class Standing(NamedTuple):
    """How an officer stands: the newest try, and when the quiz may be tried again."""

    newest: TrainingTry | None
    waits_until: datetime | None
    left: int


@cache
def built_in() -> Course:
    """The training that ships."""
    text = files("officers.people").joinpath("content/training.json").read_text(encoding="utf-8")
    return Course.model_validate_json(text)


def present(session: Session) -> Present:
    """What is read and asked now: the newest version."""
    row = store.newest_version(session)
    return Present(Course.model_validate(row.course), row.id, row.number) if row else Present(built_in(), None, 0)


def standing(session: Session, officer_id: UUID, now: datetime) -> Standing:
    """An officer's tries so far."""
    tries, course = store.tries(session, officer_id), present(session).course
    moments = [one.at for one in tries]
    used = sum(1 for at in moments if now - at < rules.DAY)
    return Standing(tries[0] if tries else None, rules.next_try(course, moments, now), max(course.tries - used, 0))


def answer(session: Session, officer_id: UUID, answers: Mapping[int, int], actor: Actor, now: datetime) -> Marked:
    """Mark one try; who passes is active at once, and the first tier begins.

    Raises  way.OfficerMoved where the training is not due, QuizWaits
    """
    officer = roster.lock(session, officer_id)
    if officer.state == "approved":
        officer = way.take(session, officer_id, Act.TRAIN, actor, now)
    if officer.state != "training":
        raise way.OfficerMoved
    here, tries = present(session), store.tries(session, officer_id)
    if rules.next_try(here.course, [one.at for one in tries], now) is not None:
        raise QuizWaits
    marked = rules.mark(here.course, answers)
    row = TrainingTry(
        officer_id=officer_id, n=len(tries) + 1, version_id=here.version_id, right_n=marked.right, asked_n=marked.asked,
        passed=marked.passed, at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if marked.passed:
        way.take(session, officer_id, Act.ACTIVATE, actor, now)
    return marked


def save(session: Session, course: Mapping[str, Any], actor: Actor, now: datetime) -> TrainingVersion:
    """Put a new version of the training into force; whoever passed an older one has passed.

    Raises  InvalidInput naming what does not hold, such as `questions.0.options_en`
    """
    try:
        checked = Course.model_validate(course)
    except ValidationError as error:
        raise InvalidInput({".".join(map(str, one["loc"])) or "course": "not_valid" for one in error.errors()}) from None
    row = TrainingVersion(
        number=store.next_number(session), course=json.loads(checked.model_dump_json()), author_id=actor.user_id, created_at=now
    )
    session.add(row)
    session.flush()
    record(session, actor, "officer_training.save", "training_version", row.id, now, {"number": row.number})
    return row
