"""Photos of an idea: kept as evidence is, sealed, made anew without EXIF by a job before anybody sees them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import Response
from sqlmodel import Session

from officers.ideas.persons import Person
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput
from questionnaires.answering.rules.filekinds import PICTURES
from questionnaires.answering.uploads import Sent
from scheduler.evidence import keeping, kinds, showing
from scheduler.evidence import store as files

MOST = 3


def owner_of(idea_id: UUID) -> str:
    """What the files of an idea are kept under."""
    return f"idea:{idea_id.hex}"


def read(sent: Sequence[Sent]) -> list[tuple[str, bytes]]:
    """Name and content of each photo that was chosen.

    Raises  InvalidInput for `photos`
    """
    try:
        found = keeping.read(sent)
    except InvalidInput as error:
        raise InvalidInput({"photos": next(iter(error.fields.values()))}, **error.facts) from None
    if len(found) > MOST:
        raise InvalidInput({"photos": "upload_too_many"})
    if any(kinds.media_of(content) not in PICTURES for _name, content in found):
        raise InvalidInput({"photos": "upload_kind_refused"})
    return found


def keep(session: Session, keys: Keys, idea_id: UUID, found: Sequence[tuple[str, bytes]], now: datetime, person: Person) -> list[UUID]:
    """Keep them with the idea."""
    outside = person.kind != "staff"
    return keeping.keep(session, keys, owner_of(idea_id), found, now, added_by=person.user_id, from_customer=outside)


def shown(session: Session, idea_id: UUID) -> list[UUID]:
    """The photos that may be looked at."""
    return [row.id for row in files.of_owner(session, owner_of(idea_id)) if row.state == "ready"]


def answer(session: Session, keys: Keys, idea_id: UUID, file_id: UUID) -> Response:
    """One photo.

    Raises  NotFound
    """
    return showing.answer(session, keys, file_id, owner_of(idea_id))
