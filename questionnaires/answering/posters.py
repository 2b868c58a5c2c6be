"""Poster codes: made for a place, re-pointed, retired; and the answers that come by them."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.crypto import Keys
from portal.foundation.errors import Conflict, NotFound
from portal.foundation.ids import new_id
from portal.foundation.quick import Lane
from questionnaires.answering import poster_store, store
from questionnaires.answering.answers import context_of, keep
from questionnaires.answering.models import PosterCode
from questionnaires.answering.poster_store import Poster
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.standing import Standing
from questionnaires.answering.walking import Known, Sent, Step, Taken, walk
from questionnaires.library import library

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""None that are mistaken for each other when somebody types a code."""
LENGTH = 8
SAME_DEVICE = "same_device"


class PosterExists(Conflict):
    """This place already has a code for this questionnaire."""

    code = "poster_exists"


class NotPublished(Conflict):
    """Only a published questionnaire can hang on a wall."""

    code = "questionnaire_not_published"


@dataclass(frozen=True)
class Place:
    """Where a code hangs and what it is about."""

    unit_id: UUID
    touchpoint: str = ""
    stage: str = ""
    counter: str = ""
    staff: str = ""


@dataclass(frozen=True)
class Visit:
    """One person before a poster: which response is theirs, and whether this device answered here before."""

    response_id: UUID
    seen_before: bool


def make(session: Session, questionnaire_id: UUID, place: Place, actor: Actor, now: datetime) -> PosterCode:
    """A new code for a place.

    Raises  NotFound, NotPublished, PosterExists with the code that is there
    """
    _check_published(session, questionnaire_id)
    there = poster_store.at_place(session, questionnaire_id, place.touchpoint, place.unit_id, place.counter, place.staff)
    if there is not None:
        raise PosterExists(code=there.code)
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    found = PosterCode(
        code=code,
        questionnaire_id=questionnaire_id,
        touchpoint=place.touchpoint,
        stage=place.stage,
        unit_id=place.unit_id,
        counter=place.counter,
        staff=place.staff,
        created_at=now,
    )
    session.add(found)
    session.flush()
    record(session, actor, "poster.make", "poster", code, now, {"questionnaire": str(questionnaire_id), "unit": str(place.unit_id)})
    return found


def point(session: Session, code: str, questionnaire_id: UUID, actor: Actor, now: datetime) -> None:
    """Let a code that hangs already ask another questionnaire.

    Raises  NotFound, NotPublished, PosterExists
    """
    found = get(session, code)
    _check_published(session, questionnaire_id)
    there = poster_store.at_place(session, questionnaire_id, found.touchpoint, found.unit_id, found.counter, found.staff)
    if there is not None and there.code != code:
        raise PosterExists(code=there.code)
    found.questionnaire_id = questionnaire_id
    session.add(found)
    record(session, actor, "poster.point", "poster", code, now, {"questionnaire": str(questionnaire_id)})


def retire(session: Session, code: str, actor: Actor, now: datetime) -> None:
    """Take a code out of use."""
    poster_store.retire(session, code, now)
    record(session, actor, "poster.retire", "poster", code, now, {})


def get(session: Session, code: str) -> PosterCode:
    """A code.

    Raises  NotFound
    """
    found = poster_store.by_code(session, code)
    if found is None:
        raise NotFound
    return found


def _check_published(session: Session, questionnaire_id: UUID) -> None:
    found = library.get(session, questionnaire_id)
    if found.status != "published" or found.current_version_id is None:
        raise NotPublished


def key_of(keys: Keys, code: str, response_id: UUID) -> str:
    """What later pages of a poster's questionnaire carry, so that they find the answers of the first."""
    return f"{response_id.hex}.{keys.sign('poster', f'{code}|{response_id.hex}')}"


def visit_of(keys: Keys, code: str, key: str, cookie: str, seen_before: bool) -> Visit:
    """Which response a form belongs to: by its signed key, else by the visit's cookie, else a new one.

    The same cookie gives the same response: two taps on one page are one answer.
    """
    part = key.partition(".")[0]
    if len(part) == 32 and all(letter in "0123456789abcdef" for letter in part):
        response_id = UUID(part)
        if secrets.compare_digest(key.encode(), key_of(keys, code, response_id).encode()):
            return Visit(response_id, seen_before)
    if cookie:
        return Visit(UUID(bytes=hashlib.sha256(f"{code}|{cookie}".encode()).digest()[:16]), seen_before)
    return Visit(new_id(), seen_before)


def take(lane: Lane, poster: Poster, ready: Ready, sent: Sent, visit: Visit, now: datetime) -> Taken:
    """Take one form of a poster's page."""
    saved = store.saved_by_id(lane, visit.response_id)
    if saved is not None and saved.submitted_at is not None:
        return Taken(Step.CLOSED, standing=Standing.SUBMITTED, ready=ready, language=sent.language)
    cuts = _cuts(poster)
    context = context_of(cuts, sent.language)

    def write(answers: Mapping[str, Any], page: int, submitted: bool) -> bool:
        values = {"answers": dict(answers), "page": page, "submitted_at": now if submitted else None, "language": sent.language}
        flags = [SAME_DEVICE] if visit.seen_before else []
        own = {"id": visit.response_id, "poster_code": poster.code, "version_id": ready.version_id, "started_at": now}
        return keep(lane, ready, saved, {**own, **cuts, "revision": 0, "flags": flags, **values}, values)

    taken = walk(ready, sent, Known(saved.answers, context, saved.page) if saved else Known({}, context), write)
    return replace(taken, ready=ready, language=sent.language, response_id=visit.response_id)


def _cuts(poster: Poster) -> dict[str, Any]:
    return {
        "touchpoint": poster.touchpoint,
        "stage": poster.stage,
        "unit_id": poster.unit_id,
        "counter": poster.counter or None,
        "staff": poster.staff or None,
        "channel": "poster",
        "purpose": "customer",
        "source": "self_chosen",
        "test": False,
    }
