"""Pictures of posts and activities: kept, blurred and made small by the room of officers' work; shown where their post shows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.club import places
from officers.club.edge import officer
from officers.club.store import board as board_store
from officers.club.store import pictures as store
from officers.people.zone import here, officer_view
from officers.work import photos
from portal.foundation import web
from portal.foundation.crypto import Keys
from portal.foundation.errors import NotFound

MOST = 4
MOST_OF_ACTIVITY = 20
blueprint = Blueprint("club_pictures", __name__, url_prefix="/officers/club/pictures")


def owner(kind: str, key: UUID) -> str:
    """How a picture names what it belongs to."""
    return f"{kind}:{key.hex}"


def of(session: Session, kind: str, key: UUID) -> list[UUID]:
    """The pictures of one post or activity that can be shown."""
    return of_many(session, kind, [key]).get(key, [])


def of_many(session: Session, kind: str, keys: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The pictures of several, in one statement."""
    found = photos.of_owners(session, [owner(kind, key) for key in keys])
    return {UUID(name.partition(":")[2]): ids for name, ids in found.items()}


def sent() -> list[bytes]:
    """The pictures that came with the form.

    Raises  InvalidInput for `photos`
    """
    return photos.read(request.files.getlist("photos"))


def keep(session: Session, keys: Keys, kind: str, key: UUID, contents: Sequence[bytes], officer_id: UUID | None, now: datetime) -> None:
    """Keep pictures; a job makes them anew before anybody sees them.

    Raises  InvalidInput for `photos`
    """
    most = MOST if kind == "post" else MOST_OF_ACTIVITY
    photos.keep(session, keys, owner(kind, key), contents, now, officer_id=officer_id, most=most)


def activity_of(session: Session, photo_id: UUID) -> UUID:
    """The activity that a picture belongs to.

    Raises  NotFound
    """
    kind, _colon, key = store.owner_of(session, photo_id).partition(":")
    if kind != "activity":
        raise NotFound
    return UUID(key)


def answer(session: Session, keys: Keys, photo_id: UUID, kind: str, size: str) -> Response:
    """A picture of a post or an activity, for those who may see all of them.

    Raises  NotFound
    """
    name = store.owner_of(session, photo_id)
    if name.partition(":")[0] != kind:
        raise NotFound
    return photos.answer(session, keys, photo_id, name, size)


@blueprint.get("/<uuid:photo_id>/<any(shown, thumb):size>")
@officer_view
def show(photo_id: UUID, size: str) -> ResponseReturnValue:
    """A picture of a post that shows, or of an activity that the officer may see."""
    keys = web.ground().keys
    with web.reading() as session:
        kind, _colon, key = store.owner_of(session, photo_id).partition(":")
        if kind == "post" and board_store.visible(session, UUID(key), here().officer_id) is None:
            raise NotFound
        if kind == "activity":
            places.seen(session, UUID(key), officer(session), web.now())
        return answer(session, keys, photo_id, kind if kind in ("post", "activity") else "post", size)
