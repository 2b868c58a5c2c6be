"""Files that come with answers: refused by content, kept sealed, made anew by the job, seen by the right staff, erased."""

import io
import struct
import zlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlmodel import select
from werkzeug.datastructures import FileStorage

from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from questionnaires.answering import pictures, uploads, uploads_jobs, uploads_store
from questionnaires.answering.links_models import Upload, UploadContent
from questionnaires.logic.question import Question
from questionnaires.logic.validate import Problem
from tests.conftest import NOON, FixedClock

PHOTO = Question.model_validate({"code": "pic", "type": "photo", "max": 2})
FILE = Question.model_validate({"code": "doc", "type": "file"})
SIGNED = Question.model_validate({"code": "sign", "type": "signature"})


def jpeg(width: int = 40, height: int = 20, exif: Image.Exif | None = None) -> bytes:
    found = io.BytesIO()
    image = Image.new("RGB", (width, height), "red")
    image.putpixel((0, 0), (0, 0, 255))
    image.save(found, "JPEG", quality=95, **({"exif": exif} if exif else {}))
    return found.getvalue()


def png(width: int, height: int) -> bytes:
    found = io.BytesIO()
    Image.new("1", (width, height)).save(found, "PNG")
    return found.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A small PNG that says it is huge."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 100)
    parts = [struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in (head, body, b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def send(ground: Ground, question: Question, *files: tuple[str, bytes], owner: str = "s:" + "a" * 32, name: str = "") -> Any:
    sent = [FileStorage(io.BytesIO(content), filename) for filename, content in files]
    return uploads.receive(ground, owner, question, sent, name, ground.now())


def code(found: Sequence[str] | Problem) -> str:
    return found.code if isinstance(found, Problem) else ""


def rows(ground: Ground) -> list[Upload]:
    with ground.reading() as session:
        return list(session.scalars(select(Upload).order_by("id")))


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("a.jpg", b"<svg><script>alert(1)</script></svg>", "upload_kind_refused"),
        ("a.jpg", jpeg()[:30], "upload_broken"),
        ("a.png", b"\x89PNG\r\n\x1a\nnonsense", "upload_broken"),
        ("a.heic", b"\0\0\0\x18ftypheic" + b"\0" * 20, "upload_heic"),
        ("a.jpg", claiming(10_000, 6_000), "upload_too_many_pixels"),
        ("a.jpg", claiming(60_000, 60_000), "upload_too_many_pixels"),
        ("a.exe", jpeg(), ""),
        ("../../etc/passwd\0.png", png(4, 4), ""),
    ],
    ids=["svg", "cut", "nonsense", "heic", "60-megapixel", "bomb", "wrong-suffix", "folders-and-nul"],
)
@pytest.mark.sqlite_only
def test_what_can_not_be_taken_is_told_and_leaves_nothing(ground: Ground, name: str, content: bytes, wanted: str) -> None:
    assert code(send(ground, PHOTO, (name, content))) == wanted
    assert len(rows(ground)) == (0 if wanted else 1)


@pytest.mark.sqlite_only
def test_more_files_than_asked_for_and_more_than_a_link_may_send_are_refused(ground: Ground) -> None:
    assert code(send(ground, PHOTO, *[("a.jpg", jpeg())] * 3)) == "too_many_files"
    for _ in range(15):
        assert len(send(ground, PHOTO, *[("a.jpg", jpeg())] * 2)) == 2
    assert code(send(ground, PHOTO, ("a.jpg", jpeg()))) == "upload_too_many"
    assert code(send(ground, PHOTO, ("a.jpg", jpeg()), owner="s:" + "b" * 32)) == ""


def test_a_photo_is_made_anew_upright_without_its_secrets(ground: Ground) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "secret camera"
    original = jpeg(exif=exif) + b"<script>alert(1)</script>PK\x03\x04"
    key = UUID(send(ground, PHOTO, ("我的照片.jpg", original))[0])
    assert [one.name for one in uploads.owned(ground, "s:" + "a" * 32, [key.hex])] == ["我的照片.jpg"]
    assert uploads_jobs.make_pictures(ground, NOON) == 1
    assert uploads_jobs.make_pictures(ground, NOON) == 0
    with ground.reading() as session:
        kept = {one.part: bytes(one.sealed) for one in session.scalars(select(UploadContent).filter_by(upload_id=key))}
    parts = {part: ground.keys.unseal(sealed) for part, sealed in kept.items()}
    assert set(parts) == {"picture", "thumb"}
    made = Image.open(io.BytesIO(parts["picture"]))
    assert (made.size, dict(made.getexif())) == ((20, 40), {})
    assert not any(word in parts["picture"] for word in (b"secret", b"script", b"PK\x03\x04"))
    assert parts["picture"] not in kept["picture"]
    assert rows(ground)[0].state == "ready"


def test_a_picture_that_breaks_while_it_is_read_is_removed_not_tried_for_ever(ground: Ground) -> None:
    whole = jpeg(400, 400)
    send(ground, PHOTO, ("a.jpg", whole[: len(whole) // 2]))
    assert uploads_jobs.make_pictures(ground, NOON) == 1
    assert rows(ground)[0].state in ("broken", "ready")
    assert uploads_jobs.make_pictures(ground, NOON) == 0


def test_a_hostile_head_of_exif_ends_nothing() -> None:
    loop = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0\xff\xff\xff\xff\x08\0\0\0" * 200
    segment = b"\xff\xe1" + (len(loop) + 2).to_bytes(2, "big") + loop
    hostile = jpeg()[:2] + segment + jpeg()[2:]
    try:
        made = pictures.remake(hostile)
    except pictures.BrokenPicture:
        return
    assert loop not in made.content


@pytest.mark.sqlite_only
def test_a_signature_may_be_typed_or_drawn(ground: Ground) -> None:
    typed = UUID(send(ground, SIGNED, name="  王小明 ")[0])
    drawn = UUID(send(ground, SIGNED, ("signature.png", png(50, 20)))[0])
    with ground.reading() as session:
        sealed = uploads_store.content(session, typed, "original")
    assert sealed is not None
    assert ground.keys.unseal(sealed).decode() == "王小明"
    assert {one.id: one.state for one in rows(ground)} == {typed: "ready", drawn: "waiting"}


@pytest.mark.sqlite_only
def test_uploads_of_others_are_as_if_they_were_not_there(ground: Ground) -> None:
    theirs = send(ground, FILE, ("a.pdf", b"%PDF-1.7"), owner="s:" + "b" * 32)
    assert uploads.owned(ground, "s:" + "a" * 32, [*theirs, "nonsense", "Z" * 32, "0" * 32]) == []
    assert [one.id for one in uploads.owned(ground, "s:" + "b" * 32, theirs)] == theirs


def test_what_no_answer_took_is_removed_in_time(ground: Ground, clock: FixedClock) -> None:
    send(ground, FILE, ("a.pdf", b"%PDF-1.7"))
    visit = send(ground, FILE, ("a.pdf", b"%PDF-1.7"), owner="q:" + "b" * 32)
    taken = UUID(send(ground, FILE, ("a.pdf", b"%PDF-1.7"))[0])
    with ground.db.quick() as lane:
        uploads_store.bind(lane, new_id(), [taken])
    assert uploads_jobs.clean_up(ground, clock.forward(timedelta(days=1))) == 0
    assert uploads_jobs.clean_up(ground, clock.forward(timedelta(days=2))) == len(visit)
    assert uploads_jobs.clean_up(ground, clock.forward(timedelta(days=40))) == 1
    assert [(one.id, one.owner) for one in rows(ground)] == [(taken, "")]
