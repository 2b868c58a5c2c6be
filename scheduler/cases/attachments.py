"""Files of a case: known by content, sealed, for those who may see the case; pictures are made anew before anybody sees them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ground import Ground
from questionnaires.answering import pictures
from questionnaires.answering.rules.filekinds import MB, PICTURES, SUFFIXES, sniff
from scheduler.cases.entries import add as add_entry
from scheduler.cases.models import Case
from scheduler.cases.store import attachments as store
from scheduler.cases.work_models import CaseAttachment

MOST_BYTES, MOST_FILES, LONGEST_NAME, BATCH = 12 * MB, 30, 80, 20
log = structlog.get_logger()


class Shown(NamedTuple):
    """One file as a case's page shows it."""

    id: UUID
    name: str
    media: str
    size: int
    state: str
    added_at: datetime


def add(session: Session, keys: Keys, case: Case, name: str, content: bytes, actor: Actor, now: datetime) -> CaseAttachment:
    """Keep a file.

    Raises  InvalidInput for `file`: too large, too many, or of a kind that is not taken
    """
    media = sniff(content)
    if not content:
        raise InvalidInput({"file": "upload_empty"})
    if len(content) > MOST_BYTES:
        raise InvalidInput({"file": "upload_too_large"}, most=f"{MOST_BYTES // MB} MB")
    if media is None or media not in SUFFIXES:
        raise InvalidInput({"file": "upload_kind_refused"})
    if store.number(session, case.id) >= MOST_FILES:
        raise InvalidInput({"file": "too_many_files"}, max=str(MOST_FILES))
    if media in PICTURES:
        try:
            pictures.measure(content)
        except (pictures.BrokenPicture, pictures.TooManyPixels):
            raise InvalidInput({"file": "upload_broken"}) from None
    row = CaseAttachment(
        case_id=case.id,
        name_enc=keys.encrypt(_clean(name) or SUFFIXES[media]),
        media=media,
        size=len(content),
        state="waiting" if media in PICTURES else "ready",
        added_by=actor.user_id,
        added_at=now,
    )
    store.add(session, row, keys.seal(content))
    add_entry(session, case, "attached", now, actor_id=actor.user_id, facts={"attachment": str(row.id), "media": media})
    record(session, actor, "case.attach", "case", case.id, now, {"attachment": str(row.id), "media": media, "size": len(content)})
    return row


def _clean(name: str) -> str:
    """A file's name without folders, control characters and what turns the direction of writing; only ever shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(one for one in last if one.isprintable() and one not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")[
        -LONGEST_NAME:
    ].strip()


def shown(session: Session, keys: Keys, case_id: UUID) -> Sequence[Shown]:
    """The files of a case, the oldest first."""
    return [
        Shown(row.id, keys.decrypt(row.name_enc), row.media, row.size, row.state, row.added_at) for row in store.of_case(session, case_id)
    ]


def content(session: Session, keys: Keys, case_id: UUID, attachment_id: UUID) -> tuple[str, str, bytes]:
    """One file: media type, name, bytes.

    Raises  NotFound, also while a picture waits to be made anew
    """
    row = store.one(session, case_id, attachment_id)
    sealed = store.content(session, attachment_id) if row is not None and row.state == "ready" else None
    if row is None or sealed is None:
        raise NotFound
    return row.media, keys.decrypt(row.name_enc), keys.unseal(sealed)


def make_pictures(ground: Ground, now: datetime) -> int:
    """Put an upright picture without EXIF in the place of each original; one that cannot be read is emptied."""
    del now
    with ground.reading() as session:
        waiting = store.to_make(session, BATCH)
    for attachment_id in waiting:
        _make(ground, attachment_id)
    return len(waiting)


def _make(ground: Ground, attachment_id: UUID) -> None:
    with ground.reading() as session:
        sealed = store.content(session, attachment_id)
    if sealed is None:
        return
    try:
        picture = pictures.remake(ground.keys.unseal(sealed))
    except (pictures.BrokenPicture, pictures.TooManyPixels) as error:
        log.info("attachment_broken", attachment=attachment_id.hex, why=type(error).__name__)
        made, values = b"", {"state": "broken", "size": 0}
    else:
        made, values = picture.content, {"state": "ready", "media": picture.media, "size": len(picture.content)}
    with ground.writing() as session:
        store.finish(session, attachment_id, values, ground.keys.seal(made))
