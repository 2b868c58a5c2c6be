"""Keep what somebody brought: all of it or nothing, sealed, within limits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput
from portal.foundation.ids import new_id
from questionnaires.answering import pictures
from questionnaires.answering.rules.filekinds import MB, PICTURES
from questionnaires.answering.uploads import Sent
from scheduler.evidence import kinds, store

MOST_FILES, MOST_BYTES = 20, 200 * MB
LONGEST_NAME = 80
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing and so hide what a name ends with."""


def read(files: Sequence[Sent]) -> list[tuple[str, bytes]]:
    """Name and content of each file that was chosen.

    Raises  InvalidInput for `files`, naming the first that can't be taken
    """
    found = [(clean(one.filename or ""), one.read(kinds.LARGEST + 1)) for one in files if one.filename]
    for name, content in found:
        if code := kinds.refusal(content) or _broken(content):
            raise InvalidInput({"files": code}, most=f"{kinds.LARGEST // MB} MB", name=name)
    return found


def keep(
    session: Session, keys: Keys, owner: str, found: Sequence[tuple[str, bytes]], now: datetime,
    *, added_by: UUID | None = None, from_customer: bool = False,
) -> list[UUID]:  # fmt: skip
    """Seal and keep files for an owner; gives their ids.

    Raises  InvalidInput for `files` where the owner would have too many
    """
    if not found:
        return []
    count, size = store.held(session, owner)
    if count + len(found) > MOST_FILES or size + sum(len(content) for _, content in found) > MOST_BYTES:
        raise InvalidInput({"files": "upload_too_many"})
    rows, sealed = [], []
    for name, content in found:
        media = str(kinds.media_of(content))
        state = "waiting" if media in PICTURES else "ready"
        row = {
            "id": new_id(), "owner": owner, "media": media, "name_enc": keys.encrypt(name), "size": len(content), "state": state,
            "from_customer": from_customer, "added_by": added_by, "created_at": now,
        }  # fmt: skip
        rows.append(row)
        sealed.append({"file_id": row["id"], "sealed": keys.seal(content)})
    store.add(session, rows, sealed)
    return [UUID(str(row["id"])) for row in rows]


def _broken(content: bytes) -> str:
    """A picture is measured by its head; anything else is taken as it is."""
    if kinds.media_of(content) not in PICTURES:
        return ""
    try:
        pictures.measure(content)
    except pictures.TooManyPixels:
        return "upload_too_many_pixels"
    except pictures.BrokenPicture:
        return "upload_broken"
    return ""


def clean(name: str) -> str:
    """A file's name without folders, control characters and what turns the direction of writing; only ever shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable() and letter not in TURNING)[-LONGEST_NAME:].strip()
