"""Photos of an idea: kept, blurred and made small by the room of officers' work before anybody sees them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import Response
from sqlmodel import Session

from officers.ideas.persons import Person
from officers.work import photos
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput
from questionnaires.answering.uploads import Sent

MOST = 3


def owner_of(idea_id: UUID) -> str:
    """What the photos of an idea are kept under."""
    return f"idea:{idea_id.hex}"


def read(sent: Sequence[Sent]) -> list[bytes]:
    """The content of each photo that was chosen.

    Raises  InvalidInput for `photos`
    """
    if sum(bool(one.filename) for one in sent) > MOST:
        raise InvalidInput({"photos": "upload_too_many"}, most=str(MOST))
    return photos.read(sent)


def keep(session: Session, keys: Keys, idea_id: UUID, found: Sequence[bytes], now: datetime, person: Person) -> list[UUID]:
    """Keep them with the idea.

    Raises  InvalidInput for `photos`
    """
    return photos.keep(session, keys, owner_of(idea_id), found, now, officer_id=person.officer_id, most=MOST)


def shown(session: Session, idea_id: UUID) -> list[UUID]:
    """The photos that may be looked at."""
    return photos.of_owners(session, [owner_of(idea_id)]).get(owner_of(idea_id), [])


def answer(session: Session, keys: Keys, idea_id: UUID, file_id: UUID) -> Response:
    """One photo.

    Raises  NotFound
    """
    return photos.answer(session, keys, file_id, owner_of(idea_id))
