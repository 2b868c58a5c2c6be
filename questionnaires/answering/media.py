"""Pictures of the bank's own: options as pictures, logos. Made anew when they come in; their content never changes."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound
from questionnaires.answering import media_store as store
from questionnaires.answering import pictures
from questionnaires.answering.links_models import Media
from questionnaires.answering.rules.filekinds import HEIC, MB, PICTURES, PNG, sniff

MOST_BYTES, MOST_PIXELS, LARGEST = 4 * MB, 12_000_000, 800
"""A picture of an option is seen on a phone; the server makes it anew at once, so it stays small."""


def address(media_id: UUID) -> str:
    """Where a picture is served to customers."""
    return f"/media/{media_id}"


def add(session: Session, name: str, content: bytes, actor: Actor, now: datetime) -> Media:
    """Take a picture into the library; the same one twice is one.

    Raises  InvalidInput naming `file` or `name`
    """
    if not 0 < len(name) <= 80:
        raise InvalidInput({"name": "missing" if not name else "too_long"})
    if code := _refusal(content):
        raise InvalidInput({"file": code})
    try:
        pictures.measure(content, MOST_PIXELS)
        made = pictures.remake(content, LARGEST, lossless=sniff(content) == PNG)
    except pictures.TooManyPixels:
        raise InvalidInput({"file": "upload_too_many_pixels"}) from None
    except pictures.BrokenPicture:
        raise InvalidInput({"file": "upload_broken"}) from None
    digest = hashlib.sha256(made.content).hexdigest()
    there = store.by_hash(session, digest)
    if there is not None:
        there.retired_at = None
        return there
    found = Media(
        name=name,
        sha256=digest,
        media=made.media,
        width=made.width,
        height=made.height,
        content=made.content,
        made_by=actor.user_id,
        created_at=now,
    )
    session.add(found)
    session.flush()
    record(session, actor, "media.add", "media", found.id, now)
    return found


def _refusal(content: bytes) -> str:
    if not content:
        return "upload_empty"
    if len(content) > MOST_BYTES:
        return "upload_too_large"
    media = sniff(content)
    if media == HEIC:
        return "upload_heic"
    return "" if media in PICTURES else "upload_kind_refused"


def retire(session: Session, media_id: UUID, actor: Actor, now: datetime) -> None:
    """Offer a picture no more; pages that show it go on showing it.

    Raises  NotFound
    """
    found = store.row(session, media_id)
    if found is None:
        raise NotFound
    if found.retired_at is None:
        store.retire(session, media_id, now)
        record(session, actor, "media.retire", "media", media_id, now)
