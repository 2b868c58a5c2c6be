"""Touchpoints and what they hang on: journeys with their stages, and the event catalogue."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.conditions import fields_of, parse
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from scheduler.touchpoints import catalogue_store, circles, store
from scheduler.touchpoints.models import EventType, Journey, Stage, Touchpoint
from scheduler.touchpoints.rules.schema import plain_shape
from scheduler.touchpoints.rules.settings import EVENT_FIELDS, problems_of

SYSTEM = Actor.system("touchpoints")
SHIPPED = datetime(2026, 1, 1, tzinfo=UTC)
"""When types were written that came without a time."""


class NothingToAsk(Conflict):
    """The touchpoint's questionnaire is not published: it can't be switched on yet."""

    code = "questionnaire_not_published"


def add_event_type(
    session: Session, code: str, name_zh: str, name_en: str, attributes: Mapping[str, str] | None = None, actor: Actor = SYSTEM,
    now: datetime | None = None,
) -> EventType:  # fmt: skip
    """Enter a kind of event in the catalogue, in force at once: what comes with the product or its sample needs no second person.

    attributes  name to `text`, `number`, `flag` or `date`
    Raises      InvalidInput where the code is taken
    """
    if store.event_type(session, code) is not None:
        raise InvalidInput({"code": "code_taken"})
    kinds = dict(attributes or {})
    shape = [one.model_dump(mode="json") for one in plain_shape(kinds)]
    made = EventType(code=code, name_zh=name_zh, name_en=name_en, attributes=kinds, shape=shape, version=1)
    session.add(made)
    session.flush()
    catalogue_store.add_version(
        session, code, 1, None, now or SHIPPED, name_zh=name_zh, name_en=name_en, shape=shape, state="approved", approved_at=now
    )
    if now is not None:
        trail.record(session, actor, "event_type.add", "event_type", code, now)
    return made


def add_journey(
    session: Session, code: str, name_zh: str, name_en: str, position: int = 0, stages: Sequence[tuple[str, str, str]] = (),
    actor: Actor = SYSTEM, now: datetime | None = None,
) -> dict[str, UUID]:  # fmt: skip
    """Enter a journey with its stages (code, Chinese name, English name) in order; the stages' ids by code.

    Raises  InvalidInput where a code is taken
    """
    taken = store.codes_taken(session, code, [stage for stage, _, _ in stages])
    if taken:
        raise InvalidInput({"code": "code_taken"}, codes=", ".join(taken))
    journey = Journey(code=code, name_zh=name_zh, name_en=name_en, position=position)
    session.add(journey)
    session.flush()
    made = [
        Stage(journey_id=journey.id, code=stage, name_zh=zh, name_en=en, position=place) for place, (stage, zh, en) in enumerate(stages)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    if now is not None:
        trail.record(session, actor, "journey.add", "journey", journey.id, now)
    return {stage.code: stage.id for stage in made}


def add(session: Session, *, now: datetime, actor: Actor = SYSTEM, **columns: Any) -> Touchpoint:
    """Add a touchpoint.

    Raises  InvalidInput with the code of each field that is wrong
    """
    touchpoint = Touchpoint(created_at=now, updated_at=now, **columns)
    if store.touchpoint_by_code(session, touchpoint.code) is not None:
        raise InvalidInput({"code": "code_taken"})
    _check(session, touchpoint)
    session.add(touchpoint)
    session.flush()
    trail.record(session, actor, "touchpoint.add", "touchpoint", touchpoint.id, now, {"code": touchpoint.code})
    return touchpoint


def edit(session: Session, touchpoint_id: UUID, actor: Actor, now: datetime, **columns: Any) -> Touchpoint:
    """Change a touchpoint; its code stays, since answers are counted by it.

    Raises  NotFound; InvalidInput with the code of each field that is wrong
    """
    touchpoint = _find(session, touchpoint_id)
    with session.no_autoflush:  # nothing reaches the table before it was checked
        changed = sorted(name for name, value in columns.items() if getattr(touchpoint, name) != value)
        for name in changed:
            setattr(touchpoint, name, columns[name])
        _check(session, touchpoint)
    touchpoint.updated_at = now
    session.flush()
    if changed:
        trail.record(session, actor, "touchpoint.edit", "touchpoint", touchpoint.id, now, {"fields": changed})
    return touchpoint


def switch(session: Session, touchpoint_id: UUID, actor: Actor, now: datetime, *, on: bool) -> Touchpoint:
    """Switch a touchpoint on or off. What was reserved is checked again before it is sent, so off holds at once.

    Raises  NotFound; NothingToAsk where it should go on without a published questionnaire
    """
    touchpoint = _find(session, touchpoint_id)
    if on and not store.is_published(session, touchpoint.questionnaire_id):
        raise NothingToAsk
    if touchpoint.active != on:
        touchpoint.active, touchpoint.updated_at = on, now
        session.flush()
        trail.record(session, actor, "touchpoint.on" if on else "touchpoint.off", "touchpoint", touchpoint.id, now)
    return touchpoint


def fields_of_event(session: Session, event_type: str) -> dict[str, str]:
    """The fields a filter may read of an event type, with their types: its attributes and the event's own fields."""
    found = store.event_type(session, event_type)
    return {**(found.attributes if found else {}), **dict.fromkeys(EVENT_FIELDS, "text")}


def _find(session: Session, touchpoint_id: UUID) -> Touchpoint:
    touchpoint = store.touchpoint_by_id(session, touchpoint_id)
    if touchpoint is None:
        raise NotFound
    return touchpoint


def _check(session: Session, touchpoint: Touchpoint) -> None:
    problems = problems_of(touchpoint.model_dump())
    if "event_type" not in problems and store.event_type(session, touchpoint.event_type) is None:
        problems["event_type"] = "unknown_event_type"
    elif touchpoint.filter and "filter" not in problems:
        known = {*fields_of_event(session, touchpoint.event_type), "event_type"}
        if set(fields_of(parse(touchpoint.filter))) - known:
            problems["filter"] = "unknown_attribute"
    if not store.questionnaire_exists(session, touchpoint.questionnaire_id):
        problems["questionnaire_id"] = "unknown_questionnaire"
    if touchpoint.circle and touchpoint.circle not in {one.code for one in circles.all_of(session)}:
        problems["circle"] = "unknown_circle"
    if problems:
        raise InvalidInput(problems)
