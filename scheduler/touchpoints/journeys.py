"""Journeys and their stages: made, renamed, put in order, taken away while nothing stands on them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from scheduler.touchpoints import journey_store as store
from scheduler.touchpoints import store as touchpoint_store
from scheduler.touchpoints.models import Journey, Stage
from scheduler.touchpoints.rules.settings import CODE

KIND = "journey"
MOST_STAGES = 30


class InUse(Conflict):
    """Touchpoints stand on it; they must be moved first."""

    code = "journey_in_use"


def names_problems(code: str | None, name_zh: str, name_en: str) -> dict[str, str]:
    """The code of what is wrong with a code (None where it stays) and two names."""
    problems = {} if code is None or CODE.match(code) else {"code": "not_a_code"}
    for name, text in (("name_zh", name_zh), ("name_en", name_en)):
        if not text.strip():
            problems[name] = "missing"
        elif len(text) > 60:
            problems[name] = "too_long"
    return problems


def add_journey(session: Session, code: str, name_zh: str, name_en: str, actor: Actor, now: datetime) -> Journey:
    """Make a journey, the last in order.

    Raises  InvalidInput
    """
    code = code.strip()
    problems = names_problems(code, name_zh, name_en)
    if not problems and touchpoint_store.codes_taken(session, code, []):
        problems["code"] = "code_taken"
    if problems:
        raise InvalidInput(problems)
    place = len(touchpoint_store.journeys(session))
    made = Journey(code=code, name_zh=name_zh.strip(), name_en=name_en.strip(), position=place)
    session.add(made)
    session.flush()
    trail.record(session, actor, "journey.add", KIND, made.id, now, {"code": code})
    return made


def add_stage(session: Session, journey_id: UUID, code: str, name_zh: str, name_en: str, actor: Actor, now: datetime) -> Stage:
    """Make a stage, the last of its journey.

    Raises  NotFound, InvalidInput
    """
    journey = store.journey(session, journey_id, lock=True)
    if journey is None:
        raise NotFound
    code = code.strip()
    problems = names_problems(code, name_zh, name_en)
    if not problems and touchpoint_store.codes_taken(session, "", [code]):
        problems["code"] = "code_taken"
    stages = store.stages_of(session, journey_id)
    if len(stages) >= MOST_STAGES:
        problems["code"] = "too_many"
    if problems:
        raise InvalidInput(problems)
    made = Stage(journey_id=journey_id, code=code, name_zh=name_zh.strip(), name_en=name_en.strip(), position=len(stages))
    session.add(made)
    session.flush()
    trail.record(session, actor, "stage.add", KIND, journey_id, now, {"code": code})
    return made


def rename(session: Session, journey_id: UUID, stage_id: UUID | None, name_zh: str, name_en: str, actor: Actor, now: datetime) -> None:
    """Name a journey, or one of its stages, anew; codes stay, since figures go by them.

    Raises  NotFound, InvalidInput
    """
    if problems := names_problems(None, name_zh, name_en):
        raise InvalidInput(problems)
    row: Journey | Stage | None = store.journey(session, journey_id, lock=True)
    if stage_id is not None:
        row = next((one for one in store.stages_of(session, journey_id) if one.id == stage_id), None)
    if row is None:
        raise NotFound
    row.name_zh, row.name_en = name_zh.strip(), name_en.strip()
    session.flush()
    trail.record(session, actor, "journey.rename" if stage_id is None else "stage.rename", KIND, journey_id, now, {"code": row.code})


def order_journeys(session: Session, ids: Sequence[UUID], actor: Actor, now: datetime) -> None:
    """Put journeys in order; those that are not named keep theirs, behind.

    Raises  InvalidInput for one that is not there
    """
    before = [one.id for one in touchpoint_store.journeys(session)]
    store.number_journeys(session, _whole_order(before, ids))
    trail.record(session, actor, "journey.order", KIND, None, now, {"n": len(ids)})


def order_stages(session: Session, journey_id: UUID, ids: Sequence[UUID], actor: Actor, now: datetime) -> None:
    """Put a journey's stages in order.

    Raises  NotFound; InvalidInput for a stage that is not this journey's
    """
    if store.journey(session, journey_id, lock=True) is None:
        raise NotFound
    before = [one.id for one in store.stages_of(session, journey_id)]
    store.number_stages(session, journey_id, _whole_order(before, ids))
    trail.record(session, actor, "stage.order", KIND, journey_id, now, {"n": len(ids)})


def _whole_order(before: Sequence[UUID], wanted: Sequence[UUID]) -> list[UUID]:
    if set(wanted) - set(before) or len(set(wanted)) != len(wanted):
        raise InvalidInput({"order": "not_one_of_the_words"})
    return [*wanted, *(one for one in before if one not in set(wanted))]


def remove_stage(session: Session, journey_id: UUID, stage_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a stage away.

    Raises  NotFound; InUse while touchpoints stand on it
    """
    store.journey(session, journey_id, lock=True)
    stage = next((one for one in store.stages_of(session, journey_id) if one.id == stage_id), None)
    if stage is None:
        raise NotFound
    if store.used_by(session, [stage_id]):
        raise InUse
    session.delete(stage)
    session.flush()
    trail.record(session, actor, "stage.remove", KIND, journey_id, now, {"code": stage.code})


def remove_journey(session: Session, journey_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a journey with its stages away.

    Raises  NotFound; InUse while touchpoints stand on one of them
    """
    journey = store.journey(session, journey_id, lock=True)
    if journey is None:
        raise NotFound
    stages = store.stages_of(session, journey_id)
    if store.used_by(session, [one.id for one in stages]):
        raise InUse
    for stage in stages:
        session.delete(stage)
    session.flush()
    session.delete(journey)
    session.flush()
    trail.record(session, actor, "journey.remove", KIND, journey_id, now, {"code": journey.code})
