"""Codes of places: made, re-pointed, resting, retired. What they asked before stays readable."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, NotFound
from questionnaires.answering import poster_store
from questionnaires.answering.links_models import PosterPointing
from questionnaires.answering.models import PosterCode
from questionnaires.library import library

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""None that are mistaken for each other when somebody types a code."""
LENGTH = 8


class PosterExists(Conflict):
    """This place already has a code for this questionnaire."""

    code = "poster_exists"


class NotPublished(Conflict):
    """Only a published questionnaire can hang on a wall."""

    code = "questionnaire_not_published"


class PosterRetired(Conflict):
    """A code that was taken out of use asks nothing any more, whatever is changed."""

    code = "poster_retired"


@dataclass(frozen=True)
class Place:
    """Where a code is and what it is about.

    channel  poster, or the app, WeChat menu or net bank; `place` names the spot in it: a banner, a menu's line
    kiosk    stands on a tablet that many people use one after another
    """

    unit_id: UUID
    touchpoint: str = ""
    stage: str = ""
    counter: str = ""
    staff: str = ""
    channel: str = "poster"
    place: str = ""
    kiosk: bool = False


def new_code() -> str:
    """A code that nobody can guess from another."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def make(session: Session, questionnaire_id: UUID, place: Place, actor: Actor, now: datetime) -> PosterCode:
    """A new code for a place.

    Raises  NotFound, NotPublished, PosterExists with the code that is there
    """
    check_published(session, questionnaire_id)
    there = poster_store.at_place(session, questionnaire_id, vars(place))
    if there is not None:
        raise PosterExists(code=there.code)
    found = PosterCode(code=new_code(), questionnaire_id=questionnaire_id, created_at=now, **vars(place))
    session.add(found)
    session.flush()
    _note_pointing(session, found.code, questionnaire_id, actor, now)
    record(session, actor, "poster.make", "poster", found.code, now, {"questionnaire": str(questionnaire_id), "unit": str(place.unit_id)})
    return found


def point(session: Session, code: str, questionnaire_id: UUID, actor: Actor, now: datetime) -> None:
    """Let a code that hangs already ask another questionnaire.

    Raises  NotFound, NotPublished, PosterExists, PosterRetired
    """
    found = _live(session, code)
    check_published(session, questionnaire_id)
    if found.questionnaire_id == questionnaire_id:
        return
    place = Place(found.unit_id, found.touchpoint, found.stage, found.counter, found.staff, found.channel, found.place, found.kiosk)
    there = poster_store.at_place(session, questionnaire_id, vars(place))
    if there is not None:
        raise PosterExists(code=there.code)
    if not poster_store.pointings(session, code):  # a code of the time before history was kept
        _note_pointing(session, code, found.questionnaire_id, actor, found.created_at)
    found.questionnaire_id = questionnaire_id
    session.add(found)
    session.flush()
    _note_pointing(session, code, questionnaire_id, actor, now)
    record(session, actor, "poster.point", "poster", code, now, {"questionnaire": str(questionnaire_id)})


def pause(session: Session, code: str, actor: Actor, now: datetime) -> None:
    """Let a code rest; it can be taken up again.

    Raises  NotFound, PosterRetired
    """
    found = _live(session, code)
    if found.paused_at is None:
        found.paused_at = now
        record(session, actor, "poster.pause", "poster", code, now)


def resume(session: Session, code: str, actor: Actor, now: datetime) -> None:
    """Take a resting code up again.

    Raises  NotFound, PosterRetired
    """
    found = _live(session, code)
    if found.paused_at is not None:
        found.paused_at = None
        record(session, actor, "poster.resume", "poster", code, now)


def retire(session: Session, code: str, actor: Actor, now: datetime) -> None:
    """Take a code out of use, for good.

    Raises  NotFound
    """
    found = get(session, code)
    if found.retired_at is None:
        found.retired_at = now
        record(session, actor, "poster.retire", "poster", code, now)


def get(session: Session, code: str) -> PosterCode:
    """A code.

    Raises  NotFound
    """
    found = poster_store.by_code(session, code)
    if found is None:
        raise NotFound
    return found


def _live(session: Session, code: str) -> PosterCode:
    found = get(session, code)
    if found.retired_at is not None:
        raise PosterRetired
    return found


def check_published(session: Session, questionnaire_id: UUID) -> None:
    """Only a published questionnaire can be asked by a code.

    Raises  NotFound, NotPublished
    """
    found = library.get(session, questionnaire_id)
    if found.status != "published" or found.current_version_id is None:
        raise NotPublished


def _note_pointing(session: Session, code: str, questionnaire_id: UUID, actor: Actor, at: datetime) -> None:
    session.add(PosterPointing(code=code, questionnaire_id=questionnaire_id, pointed_at=at, pointed_by=actor.user_id))
    session.flush()
