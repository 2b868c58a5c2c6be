"""Files for pages: a list with names, and one file as an answer that runs nothing."""

from typing import NamedTuple
from uuid import UUID

from flask import Response
from sqlmodel import Session

from portal.foundation.crypto import Keys
from portal.foundation.errors import NotFound
from questionnaires.answering.rules.filekinds import PICTURES
from scheduler.evidence import kinds, store

SANDBOX = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"


class Shown(NamedTuple):
    """One line of a list of files."""

    id: UUID
    name: str
    sort: str
    size: int
    from_customer: bool
    ready: bool


def listed(session: Session, keys: Keys, owner: str) -> list[Shown]:
    """An owner's files with their names."""
    return [
        Shown(
            row.id,
            keys.decrypt(row.name_enc) if row.name_enc else "",
            kinds.sort_of(row.media),
            row.size,
            row.from_customer,
            row.state == "ready",
        )
        for row in store.of_owner(session, owner)
    ]


def answer(session: Session, keys: Keys, file_id: UUID, owner: str) -> Response:
    """A file of this owner: pictures, recordings and videos to look at, anything else only to be saved.

    Raises  NotFound, also for a file of another owner and for a picture that is not made anew yet
    """
    row, sealed = store.by_id(session, file_id), store.content(session, file_id)
    if row is None or sealed is None or row.owner != owner or row.state != "ready":
        raise NotFound
    shown = row.media in PICTURES or kinds.sort_of(row.media) in ("voice", "video")
    made = Response(keys.unseal(sealed), mimetype=row.media if shown else "application/octet-stream")
    kind = "inline" if shown else "attachment"
    made.headers["Content-Disposition"] = f'{kind}; filename="{file_id.hex[-8:]}.{kinds.ENDINGS.get(row.media, "bin")}"'
    made.headers["Content-Security-Policy"] = SANDBOX
    made.headers["X-Content-Type-Options"] = "nosniff"
    made.headers["Cache-Control"] = "private, no-store"
    made.headers["Referrer-Policy"] = "no-referrer"
    return made
