"""The event catalogue: a type and each change to it is written by one person and approved by another."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people.approval import SamePerson, second_person
from scheduler.touchpoints import catalogue_store as store
from scheduler.touchpoints.models import EventType, EventTypeVersion
from scheduler.touchpoints.rules.schema import OWN_TYPES, problems_of_shape, shape_of
from scheduler.touchpoints.rules.settings import CODE

KIND = "event_type"


class EventTypeSamePerson(SamePerson):
    """Whoever wrote a version of an event type can't approve it."""

    code = "event_type_same_person"


class VersionMoved(Conflict):
    """The version is no longer in the state that the step needs."""

    code = "event_type_moved"


def propose(
    session: Session, code: str, name_zh: str, name_en: str, shape: Sequence[Mapping[str, Any]], actor: Actor, now: datetime
) -> EventTypeVersion:
    """Enter a new event type as a draft. Nothing listens to it before a second person approved it.

    Raises  InvalidInput with the code of each field that is wrong
    """
    code = code.strip()
    problems = _problems(name_zh, name_en, shape)
    if not CODE.match(code):
        problems["code"] = "not_a_code"
    elif code in OWN_TYPES or store.locked_type(session, code) is not None:
        problems["code"] = "code_taken"
    if problems:
        raise InvalidInput(problems)
    session.add(EventType(code=code, name_zh=name_zh, name_en=name_en, state="proposed"))
    session.flush()
    return _write(session, code, name_zh, name_en, shape, actor, now)


def change(
    session: Session, code: str, name_zh: str, name_en: str, shape: Sequence[Mapping[str, Any]], actor: Actor, now: datetime
) -> EventTypeVersion:
    """Write what a type should be from its next version on: into its draft, or a new one. Whoever changes it becomes its author.

    Raises  NotFound; VersionMoved while a version waits for approval; InvalidInput
    """
    if store.locked_type(session, code) is None:
        raise NotFound
    if problems := _problems(name_zh, name_en, shape):
        raise InvalidInput(problems)
    draft = store.open_version(session, code)
    if draft is None:
        return _write(session, code, name_zh, name_en, shape, actor, now)
    if draft.state != "draft":
        raise VersionMoved(state=draft.state)
    draft.name_zh, draft.name_en, draft.shape, draft.author_id = name_zh, name_en, _stored(shape), actor.user_id
    session.flush()
    trail.record(session, actor, "event_type.change", KIND, code, now, {"number": draft.number})
    return draft


def _problems(name_zh: str, name_en: str, shape: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    problems = problems_of_shape(shape)
    for name, text in (("name_zh", name_zh), ("name_en", name_en)):
        if not text.strip():
            problems[name] = "missing"
        elif len(text) > 60:
            problems[name] = "too_long"
    return problems


def _stored(shape: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in shape_of(shape)]


def _write(
    session: Session, code: str, name_zh: str, name_en: str, shape: Sequence[Mapping[str, Any]], actor: Actor, now: datetime
) -> EventTypeVersion:
    number = store.last_number(session, code) + 1
    made = store.add_version(session, code, number, actor.user_id, now, name_zh=name_zh, name_en=name_en, shape=_stored(shape))
    trail.record(session, actor, "event_type.draft", KIND, code, now, {"number": number})
    return made


def submit(session: Session, version_id: UUID, actor: Actor, now: datetime) -> EventTypeVersion:
    """Hand a draft to a second person.

    Raises  NotFound, VersionMoved
    """
    return _step(session, version_id, "draft", "submitted", "event_type.submit", actor, now)


def send_back(session: Session, version_id: UUID, actor: Actor, now: datetime) -> EventTypeVersion:
    """Make a submitted version a draft again.

    Raises  NotFound, VersionMoved
    """
    return _step(session, version_id, "submitted", "draft", "event_type.send_back", actor, now)


def approve(session: Session, version_id: UUID, actor: Actor, now: datetime) -> EventTypeVersion:
    """Put a submitted version into force, and the one before out of it; never by its author. Events that come in from now on must fit.

    Raises  NotFound, VersionMoved, EventTypeSamePerson
    """
    version = _locked(session, version_id, "submitted")
    approver = second_person(actor, [version.author_id], EventTypeSamePerson)
    before = store.in_force(session, version.event_type)
    if before is not None:
        before.state = "past"
    version.state, version.approved_by, version.approved_at = "approved", approver, now
    kind = store.locked_type(session, version.event_type)
    if kind is None:
        raise NotFound
    kind.name_zh, kind.name_en, kind.shape = version.name_zh, version.name_en, version.shape
    kind.attributes = {one["name"]: one["type"] for one in version.shape}
    kind.state, kind.version = "live", version.number
    session.flush()
    trail.record(session, actor, "event_type.approve", KIND, version.event_type, now, {"number": version.number})
    return version


def _step(session: Session, version_id: UUID, old: str, new: str, act: str, actor: Actor, now: datetime) -> EventTypeVersion:
    version = _locked(session, version_id, old)
    version.state = new
    session.flush()
    trail.record(session, actor, act, KIND, version.event_type, now, {"number": version.number})
    return version


def _locked(session: Session, version_id: UUID, state: str) -> EventTypeVersion:
    version = store.version(session, version_id, lock=True)
    if version is None:
        raise NotFound
    if version.state != state:
        raise VersionMoved(state=version.state)
    return version
