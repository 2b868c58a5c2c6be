"""Every field of every type with what nobody would write: nothing falls over, nothing strange is kept."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from portal.foundation.ground import Ground
from questionnaires.answering.models import Response
from questionnaires.logic.definition import Definition
from tests.questionnaires.answering.conftest import Asked
from tests.questionnaires.answering.showcase import PAGES, SHOWCASE

pytestmark = pytest.mark.sqlite_only
Send = Callable[..., TestResponse]
STRANGE = {
    "100 KB": "x" * 100_000,
    "NUL": "a\x00b",
    "lone surrogate": "\ud83d",
    "emoji": "👩‍👩‍👧‍👦",
    "right to left": "\u202eשלום\u202c",
    "markup": "<script>alert(1)</script>{{nps}}{% raw %}",
    "digits": "9" * 4000,
    "JSON": '{"a": [1, null]}',
    "not a number": "NaN",
    "exponent": "1e999",
}
DEFINITION = Definition.from_json(SHOWCASE)


def names(page: int) -> list[str]:
    """Every field that a page's form may hold, and some that it may not."""
    found: list[str] = []
    for question in DEFINITION.pages[page].questions:
        found += [*question.names, question.code, f"{question.code}__other", f"{question.code}__drop", f"{question.code}__name"]
        found += [f"{question.code}__{option.code}" for option in question.options]
    return [*dict.fromkeys(found), "campaign", "call_me", "seed", "short", "person_id", "_key", "_t", "_url"]


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_no_field_of_any_type_falls_over(client: FlaskClient, asked: Asked, ground: Ground, strange: str) -> None:
    link = asked.link(SHOWCASE)
    known = {name for question in DEFINITION.questions() for name in question.names}
    for page in range(len(PAGES)):
        for several in (1, 3):
            fields = [("_page", str(page)), *((name, strange) for name in names(page) for _ in range(several))]
            body = urlencode(fields, errors="surrogatepass")
            if len(body) > 1024 * 1024:
                body = urlencode([("_page", str(page)), *((name, strange) for name in names(page)[:8])], errors="surrogatepass")
            answer = client.post(link.path + "?lang=en", data=body, content_type="application/x-www-form-urlencoded")
            assert answer.status_code in (200, 422), (page, answer.status_code)
            assert "<script>alert" not in answer.text
    with ground.reading() as session:
        for row in session.scalars(select(Response)):
            assert set(row.answers) <= known
            assert "campaign" not in row.answers
            assert "\x00" not in str(row.answers)
            assert max((len(str(value)) for value in row.answers.values()), default=0) <= 4000


def test_what_was_typed_wrongly_is_typed_no_second_time(asked: Asked, send: Send) -> None:
    link = asked.link(SHOWCASE)
    wrong = {"rank__speed": "1", "rank__care": "1", "share__speed": "70", "share__care": "20", "minutes": "7", "times": "many"}
    html = send(link, 2, "?lang=en", **wrong)
    assert html.status_code == 422
    for code in ("rank", "share", "minutes", "times"):
        assert f'href="#b-{code}"' in html.text
        assert f'id="x-{code}"' in html.text
    for kept in ('value="70"', 'value="20"', 'value="7"', 'value="many"', "<option selected>1</option>"):
        assert kept in html.text


def test_a_file_of_somebody_else_is_not_taken(asked: Asked, client: FlaskClient, ground: Ground) -> None:
    import io

    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    mine, other = asked.link(SHOWCASE), asked.link(SHOWCASE)

    def send_photo(path: str, photo: object) -> TestResponse:
        form = {"_page": "4", "agree": "yes", "photo": photo, "_do": "back"}
        return client.post(path + "?lang=en", data=form, content_type="multipart/form-data")

    send_photo(mine.path, (io.BytesIO(picture.getvalue()), "a.png"))
    with ground.reading() as session:
        (row,) = session.scalars(select(Response))
    (upload,) = row.answers["photo"]
    send_photo(other.path, upload)
    with ground.reading() as session:
        kept = {row.invitation_id: row.answers for row in session.scalars(select(Response))}
    assert kept[mine.id]["photo"] == [upload]
    assert "photo" not in kept[other.id]
