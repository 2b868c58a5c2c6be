"""Photos: what is refused, what is hidden, which are alike, what stays of a file."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from officers.work import photos, screening
from officers.work.photo_models import PhotoContent
from officers.work.store import photos as store
from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from tests.conftest import NOON
from tests.officers.work.world import picture


def _keep(ground: Ground, *contents: bytes, owner: str = "") -> str:
    owner = owner or photos.owner_of(new_id())
    with ground.writing() as session:
        photos.keep(session, ground.keys, owner, contents, NOON)
    return owner


def _listed(ground: Ground, owner: str) -> list[photos.Shown]:
    with ground.reading() as session:
        return photos.listed(session, owner)


def test_a_photo_is_made_anew_and_its_original_destroyed(ground: Ground) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[36867] = "2026:06:15 12:30:00"
    exif[0x010F] = "A maker of phones"
    owner = _keep(ground, picture(exif=exif))
    assert photos.make_waiting(ground, NOON) == 1
    assert photos.make_waiting(ground, NOON) == 0
    (one,) = _listed(ground, owner)
    assert (one.state, one.taken_at) == ("ready", datetime(2026, 6, 15, 4, 30, tzinfo=UTC))
    with ground.reading() as session:
        assert sorted(session.scalars(select(PhotoContent.kind))) == ["shown", "thumb"]
        shown = ground.keys.unseal(store.content(session, one.id, "shown") or b"")
    assert b"A maker of phones" not in shown
    assert not Image.open(io.BytesIO(shown)).getexif()


def test_the_same_photo_is_found_among_all_officers(ground: Ground) -> None:
    first = _keep(ground, picture(5))
    smaller = io.BytesIO()
    Image.open(io.BytesIO(picture(5))).resize((280, 210)).save(smaller, format="JPEG", quality=60)
    second, third, other = _keep(ground, picture(5)), _keep(ground, smaller.getvalue()), _keep(ground, picture(6))
    plain = io.BytesIO()
    Image.new("RGB", (320, 240), "white").save(plain, format="PNG")
    walls = [_keep(ground, plain.getvalue() + bytes([n])) for n in range(2)]  # two plain walls say nothing about each other
    while photos.make_waiting(ground, NOON):
        pass
    likes = {owner: [match.likeness for match in _listed(ground, owner)[0].alike] for owner in (first, second, third, other, *walls)}
    assert sorted(likes[second]) == ["same_file", "very_alike"]
    assert set(likes[third]) == {"very_alike"}
    assert len(likes[first]) == 2
    assert likes[other] == []
    assert likes[walls[0]] == likes[walls[1]] == []


def test_what_is_no_photo_is_refused_and_one_file_is_kept_once(ground: Ground) -> None:
    assert photos.refusal(b"") == "upload_empty"
    assert photos.refusal(b"%PDF-1.7") == "upload_kind_refused"
    assert photos.refusal(b"\0\0\0\x18ftypheic" + b"\0" * 40) == "upload_heic"
    assert photos.refusal(b"\xff\xd8\xff" + b"\0" * 40) == "upload_broken"
    assert photos.refusal(picture() + b"\0" * photos.MOST_BYTES) == "upload_too_large"
    owner = _keep(ground, picture())
    for contents, code in (((picture(),), "photo_sent_twice"), ((picture(2), picture(2)), "photo_sent_twice")):
        with pytest.raises(InvalidInput) as wrong, ground.writing() as session:
            photos.keep(session, ground.keys, owner, contents, NOON)
        assert wrong.value.fields == {"photos": code}
    with pytest.raises(InvalidInput), ground.writing() as session:
        photos.keep(session, ground.keys, owner, [picture(n) for n in range(3)], NOON, most=2)


def test_a_photo_that_breaks_while_it_is_made_is_said_to_be_broken(ground: Ground) -> None:
    owner = _keep(ground, picture()[:2000])
    photos.make_waiting(ground, NOON + timedelta(minutes=1))
    assert [one.state for one in _listed(ground, owner)] == ["broken"]
    with ground.reading() as session:
        assert photos.number(session, owner) == 0


@pytest.mark.sqlite_only
def test_a_card_number_on_a_screenshot_is_hidden_and_words_are_not(ground: Ground) -> None:
    screen = Image.new("RGB", (1080, 800), (245, 246, 248))
    drawn, letters = ImageDraw.Draw(screen), ImageFont.load_default(size=34)
    drawn.text((60, 100), "Confirm the transfer to your landlord", (20, 20, 20), letters)
    drawn.text((60, 300), "6222 0212 3456 7890 123", (30, 40, 60), letters)
    drawn.text((60, 500), "Amount 1,250.00 and the fee is 2.00", (20, 20, 20), letters)
    found = screening.find(screen)
    assert len(found.numbers) == 1
    left, top, right, bottom = found.numbers[0]
    assert top < 310 < 330 < bottom
    hidden = screening.hide(screen, found)
    assert screening.find(hidden).numbers == []
    assert hidden.crop((0, 60, 1080, 200)).tobytes() == screen.crop((0, 60, 1080, 200)).tobytes()
    assert (left, right) != (0, 1080)
