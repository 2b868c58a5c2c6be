"""Photos of officers: checked, sealed, made anew without EXIF and with faces hidden, and held against all other photos.

`owner` names what they belong to, such as `submission:<id>`: other rooms keep theirs here too. The original is destroyed as soon as the
hidden picture is made: nobody can ask for it later.
"""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from flask import Response
from PIL import Image, ImageOps
from sqlmodel import Session

from officers.work import screening
from officers.work.photo_models import Photo
from officers.work.rules import prints, taken
from officers.work.rules.prints import Likeness
from officers.work.store import photos as store
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from questionnaires.answering import pictures
from questionnaires.answering.rules.filekinds import HEIC, JPEG, MB, MOST_PIXELS, PICTURES, sniff
from questionnaires.answering.uploads import Sent
from scheduler.evidence.showing import SANDBOX

MOST_BYTES, MOST_FILES = 12 * MB, 20
LARGEST, THUMB = 1600, 320
BATCH = 10
TAKEN, OFFSET, EXIF = 36867, 36881, 0x8769
log = structlog.get_logger()


def owner_of(submission_id: UUID) -> str:
    """What the photos of a submission are filed under."""
    return f"submission:{submission_id.hex}"


def read(files: Sequence[Sent]) -> list[bytes]:
    """The contents of the pictures that were chosen.

    Raises  InvalidInput for `photos`, saying what is wrong with the first that can't be taken
    """
    found = [one.read(MOST_BYTES + 1) for one in files if one.filename]
    for content in found:
        if code := refusal(content):
            raise InvalidInput({"photos": code}, most=f"{MOST_BYTES // MB} MB", pixels=f"{MOST_PIXELS // 1_000_000}")
    return found


def refusal(content: bytes) -> str:
    """Why a content is not taken as a photo, as a problem's code; empty where it is."""
    if not content:
        return "upload_empty"
    media = sniff(content)
    if media == HEIC:
        return "upload_heic"
    if media not in PICTURES:
        return "upload_kind_refused"
    if len(content) > MOST_BYTES:
        return "upload_too_large"
    try:
        pictures.measure(content)
    except pictures.TooManyPixels:
        return "upload_too_many_pixels"
    except pictures.BrokenPicture:
        return "upload_broken"
    return ""


def keep(
    session: Session, keys: Keys, owner: str, contents: Sequence[bytes], now: datetime, *, officer_id: UUID | None = None,
    most: int = MOST_FILES,
) -> list[UUID]:  # fmt: skip
    """Seal and keep pictures for an owner; a job makes them anew. Gives their ids.

    Raises  InvalidInput for `photos` where the owner would have more than `most`, or one of them twice
    """
    if not contents:
        return []
    held = store.of_owner(session, owner)
    hashes = [hashlib.sha256(content).digest() for content in contents]
    if len(held) + len(contents) > most:
        raise InvalidInput({"photos": "upload_too_many"}, most=str(most))
    if len({*hashes, *(one.sha256 for one in held)}) < len(held) + len(contents):
        raise InvalidInput({"photos": "photo_sent_twice"})
    rows = [
        Photo(id=new_id(), owner=owner, officer_id=officer_id, size=len(content), sha256=digest, created_at=now)
        for content, digest in zip(contents, hashes, strict=True)
    ]
    store.add(session, rows, [keys.seal(content) for content in contents])
    return [row.id for row in rows]


def number(session: Session, owner: str) -> int:
    """How many photos an owner has that can be read."""
    return sum(one.state != "broken" for one in store.of_owner(session, owner))


@dataclass(frozen=True)
class Shown:
    """A photo on a page; `alike` other photos that it looks like, with the owner and how many bits they differ by."""

    id: UUID
    state: str
    faces: int
    numbers: int
    screened: bool
    taken_at: datetime | None
    alike: list[store.Match]


def listed(session: Session, owner: str) -> list[Shown]:
    """An owner's photos, in the order of their arrival."""
    rows = store.of_owner(session, owner)
    matches = store.matches(session, [row.id for row in rows])
    return [Shown(row.id, row.state, row.faces, row.numbers, row.screened, row.taken_at, matches.get(row.id, [])) for row in rows]


def of_owners(session: Session, owners: Iterable[str]) -> dict[str, list[UUID]]:
    """The photos of each owner that may be shown, in the order of their arrival."""
    return store.ready_of(session, owners)


def remove(session: Session, owner: str, photo_id: UUID | None = None) -> int:
    """Remove a photo of an owner, or all of them."""
    return store.remove(session, owner, photo_id)


def answer(session: Session, keys: Keys, photo_id: UUID, owner: str, kind: str = "shown") -> Response:
    """A photo of this owner as an answer that runs nothing; `shown` or `thumb`, never the original.

    Raises  NotFound, also for another owner's, and until it was made anew
    """
    row = store.by_id(session, photo_id)
    sealed = store.content(session, photo_id, "thumb" if kind == "thumb" else "shown")
    if row is None or row.owner != owner or row.state != "ready" or sealed is None:
        raise NotFound
    made = Response(keys.unseal(sealed), mimetype=JPEG)
    made.headers["Content-Disposition"] = f'inline; filename="{photo_id.hex[-8:]}.jpg"'
    made.headers["Content-Security-Policy"] = SANDBOX
    made.headers["X-Content-Type-Options"] = "nosniff"
    made.headers["Cache-Control"] = "private, no-store"
    made.headers["Referrer-Policy"] = "no-referrer"
    return made


@dataclass(frozen=True)
class Made:
    """What is left of a photo: the hidden picture, its thumbnail, and what is known of it."""

    shown: bytes
    thumb: bytes
    size: tuple[int, int]
    hash64: int | None
    taken_at: datetime | None
    found: screening.Found


def make(content: bytes, zone: tzinfo) -> Made:
    """Make a photo anew: upright, smaller, without EXIF, faces and long numbers hidden.

    Raises  pictures.BrokenPicture, pictures.TooManyPixels
    """
    pictures.measure(content)
    try:
        with Image.open(io.BytesIO(content), formats=pictures.FORMATS) as image:
            moment = _moment(image, zone)
            image.draft("RGB", (LARGEST, LARGEST))
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((LARGEST, LARGEST))
    except Exception as error:  # decoders fail in many ways on hostile files; none of them may end the job
        raise pictures.BrokenPicture from error
    value = prints.difference_hash(upright.convert("L").resize((prints.WIDTH, prints.HEIGHT), Image.Resampling.BOX).tobytes())
    found = screening.find(upright)
    hidden = screening.hide(upright, found)
    thumb = hidden.copy()
    thumb.thumbnail((THUMB, THUMB))
    kept = value if prints.says_something(value) else None
    return Made(_jpeg(hidden), _jpeg(thumb), upright.size, kept, moment, found)


def _moment(image: Image.Image, zone: tzinfo) -> datetime | None:
    try:
        told = image.getexif().get_ifd(EXIF)
    except Exception:  # a picture whose data can't be read is a picture without data
        return None
    return taken.read(str(told.get(TAKEN, "")), str(told.get(OFFSET, "")), zone)


def _jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, format="JPEG", quality=84, optimize=True)
    return written.getvalue()


def make_waiting(ground: Ground, now: datetime) -> int:
    """Make photos that wait, outside the web server; one that can't be read is emptied and said to be broken."""
    del now
    with ground.reading() as session:
        waiting = store.to_make(session, BATCH)
    for photo_id in waiting:
        _make_one(ground, photo_id)
    return len(waiting)


def _make_one(ground: Ground, photo_id: UUID) -> None:
    with ground.reading() as session:
        sealed = store.content(session, photo_id, "original")
    if sealed is None:
        return
    try:
        made = make(ground.keys.unseal(sealed), ZoneInfo(ground.settings.zone))
    except (pictures.BrokenPicture, pictures.TooManyPixels) as error:
        log.info("photo_broken", photo=photo_id.hex, why=type(error).__name__)
        with ground.writing() as session:
            store.finish(session, photo_id, {"state": "broken", "size": 0}, {})
        return
    parts = prints.bands(made.hash64)._asdict() if made.hash64 is not None else {}
    values = {
        "state": "ready", "size": len(made.shown), "width": made.size[0], "height": made.size[1], "taken_at": made.taken_at,
        "hash64": store.signed(made.hash64) if made.hash64 is not None else None, "faces": len(made.found.faces),
        "numbers": len(made.found.numbers), "screened": made.found.looked, **parts,
    }  # fmt: skip
    contents = {"shown": ground.keys.seal(made.shown), "thumb": ground.keys.seal(made.thumb)}
    with ground.writing() as session:
        if store.finish(session, photo_id, values, contents):
            compare(session, photo_id, made.hash64)


def compare(session: Session, photo_id: UUID, value: int | None) -> int:
    """Hold a photo against all others of other owners, and note those it is like; gives how many."""
    row = store.by_id(session, photo_id)
    if row is None:
        return 0
    found = dict.fromkeys(store.same_file(session, row), (Likeness.SAME, 0))
    if value is not None:
        for other_id, other in store.near(session, row, prints.look_up(value)):
            bits = prints.distance(value, other)
            if (how := prints.likeness(bits)) is not None and other_id not in found:
                found[other_id] = (how, bits)
    rows = [{"photo_id": photo_id, "other_id": one, "likeness": how.value, "bits": bits} for one, (how, bits) in found.items()]
    store.add_matches(session, rows)
    return len(rows)
