"""The edge of the page: weight, headers, languages, origins, limits, preview, programs, bad input."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from portal.foundation.ground import Ground
from portal.people.models import ApiKey
from portal.people.rules.roles import Role
from questionnaires.answering.models import Response
from questionnaires.library.models import QuestionnaireVersion
from tests.conftest import NOON, FixedClock
from tests.questionnaires.answering.conftest import FIVE, NPS, PAGES, Asked, both

pytestmark = pytest.mark.sqlite_only
Send = Callable[..., TestResponse]
FIRST_VIEW = 14 * 1024


def answers(ground: Ground) -> list[dict[str, object]]:
    with ground.reading() as session:
        return [row.answers for row in session.scalars(select(Response))]


@pytest.mark.parametrize(("accepted", "unpack"), [("gzip, deflate, br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)])
def test_the_first_view_is_light_and_the_same_for_everybody(
    client: FlaskClient, asked: Asked, accepted: str, unpack: Callable[[bytes], bytes]
) -> None:
    version = asked.version(FIVE)
    pages = [client.get(asked.link(version_id=version).path, headers={"Accept-Encoding": accepted}) for _ in range(2)]
    assert pages[0].data == pages[1].data
    assert b"</html>" in unpack(pages[0].data)
    if accepted:
        assert len(pages[0].data) <= FIRST_VIEW
    html = unpack(pages[0].data).decode()
    assert html.count("<script") == html.count("defer") == 3
    assert "stylesheet" not in html
    assert "<img" not in html


def test_headers_keep_the_page_to_itself(client: FlaskClient, asked: Asked) -> None:
    answer = client.get(asked.link().path)
    headers = answer.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Vary"] == "Accept-Encoding, Accept-Language"
    assert "Set-Cookie" not in headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "invited", "browser", "expected"),
    [
        ("?lang=en", "zh-Hans", "zh-CN", "en"),
        ("", "en", "zh-CN", "en"),
        ("", None, "en-GB,en;q=0.9", "en"),
        ("", None, "fr", "zh-Hans"),
        ("?lang=xx", None, "zh-TW", "zh-Hans"),
    ],
)
def test_the_language_is_that_of_the_address_the_invitation_the_browser(
    client: FlaskClient, asked: Asked, query: str, invited: str | None, browser: str, expected: str
) -> None:
    html = client.get(asked.link(language=invited).path + query, headers={"Accept-Language": browser}).text
    assert f'<html lang="{expected}"' in html


def test_large_text_is_kept_from_page_to_page(client: FlaskClient, asked: Asked, send: Send) -> None:
    link = asked.link(PAGES)
    assert 'class="large"' in client.get(link.path + "?size=large").text
    assert 'class="large"' in send(link, query="?size=large", nps="3").text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({}, 200),
    ],
)
def test_forms_of_other_sites_are_refused(client: FlaskClient, asked: Asked, ground: Ground, headers: dict[str, str], status: int) -> None:
    link = asked.link()
    assert client.post(link.path, data={"_page": "0", "nps": "9"}, headers=headers).status_code == status
    assert len(answers(ground)) == (status == 200)


def test_guessing_links_is_slowed_down_and_real_links_are_not(app: Flask, asked: Asked, clock: FixedClock) -> None:
    app.config.update(RATELIMIT_ENABLED=True, ANSWER_UNKNOWN_RATE=3)
    client, link = app.test_client(), asked.link()
    assert [client.get(f"/s/guess{n}").status_code for n in range(5)] == [404, 404, 404, 429, 429]
    assert client.get("/s/guess").headers["Retry-After"] == "60"
    assert [client.get(link.path).status_code for _ in range(5)] == [200] * 5
    clock.forward(timedelta(minutes=1))
    assert client.get("/s/guess").status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"nps": "11"},
        {"nps": ["1", "2"]},
        {"nps": "9", "why": ["nothing", "wait"]},
        {"nps": "3", "why": ["nothing", "wait"]},
        {"nps": "3", "why": "hack"},
        {"nps": "9", "words": "x" * 100_000},
        {"nps": "\x00"},
        {"_page": "-1"},
        {"_page": "9" * 50},
        {"_page": "x"},
        {"nps": "9", "unknown": "field", "_key": "x"},
        {"nps": "9", "words": "‮ \x00 😀\ud83d"},
    ],
)
def test_strange_forms_never_fall_over(asked: Asked, client: FlaskClient, ground: Ground, fields: dict[str, object]) -> None:
    from urllib.parse import urlencode

    body = urlencode(fields, doseq=True, errors="surrogatepass")
    answer = client.post(asked.link().path, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (200, 422)
    for kept in answers(ground):
        assert set(kept) <= {"nps", "why", "words"}
        assert kept.get("nps") in (None, 3, 9)
        assert "\x00" not in str(kept.get("words"))


def test_a_flood_is_refused_in_words(client: FlaskClient, asked: Asked) -> None:
    assert client.post(asked.link().path, data={"words": "x" * (1024 * 1024)}).status_code == 413


def test_what_was_typed_is_shown_as_text_only(asked: Asked, send: Send) -> None:
    html = send(asked.link(), words="<script>alert(1)</script>" * 40).text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_words_of_an_answer_are_piped_as_text_only(asked: Asked, send: Send) -> None:
    name = {"code": "name", "type": "short_text", "text": both("称呼", "Name")}
    later = {**NPS, "text": both("{{name}}，您好", "Hello {{name}}")}
    link = asked.link({"title": both("题", "T"), "pages": [{"id": "a", "questions": [name]}, {"id": "b", "questions": [later]}]})
    assert "Hello &lt;b&gt;" in send(link, query="?lang=en", name="<b>").text


def test_the_designer_sees_the_real_page_and_nothing_is_saved(asked: Asked, ground: Ground, sign_in: Callable[..., FlaskClient]) -> None:
    version = asked.version(PAGES)
    with ground.reading() as session:
        row = session.get(QuestionnaireVersion, version)
    assert row is not None
    designer = sign_in(Role.DESIGNER)
    address = f"/portal/questionnaires/{row.questionnaire_id}/preview?lang=en"
    page = designer.get(address)
    assert "Would you recommend" in page.text
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    assert "Long wait" in designer.post(address, data={"_page": "0", "nps": "3"}).text
    assert answers(ground) == []
    assert sign_in(Role.OUTLET_MANAGER, "O1").application.test_client().get(address).status_code == 302


def test_programs_read_answers_page_by_page(asked: Asked, ground: Ground, client: FlaskClient, clock: FixedClock, send: Send) -> None:
    version = asked.version(FIVE)
    for n in range(3):
        send(asked.link(version_id=version), nps=str(n))
        clock.forward(timedelta(minutes=1))
    send(asked.link(version_id=version, test=True), nps="10")
    with ground.writing() as session:
        row = session.get(QuestionnaireVersion, version)
        assert row is not None
        questionnaire_id = row.questionnaire_id
        session.add(ApiKey(name="bi", prefix="bi", key_hash=sha256(b"secret").digest(), scopes=["responses.read"], created_at=NOON))
    headers, address = {"Authorization": "Bearer secret"}, f"/api/v1/questionnaires/{questionnaire_id}/responses"
    first = client.get(f"{address}?limit=2", headers=headers).get_json()
    second = client.get(f"{address}?limit=2&cursor={first['next_cursor']}", headers=headers).get_json()
    assert [one["answers"] for one in first["responses"] + second["responses"]] == [{"nps": 0}, {"nps": 1}, {"nps": 2}]
    assert second["next_cursor"] is None
    assert first["responses"][1]["scores"] == {"nps": 1}
    since = client.get(address, query_string={"since": (NOON + timedelta(minutes=2)).isoformat()}, headers=headers).get_json()
    assert [one["answers"] for one in since["responses"]] == [{"nps": 2}]
    for wrong in ("since=yesterday", "since=2026-01-01T00:00:00", "limit=0", "cursor=%25"):
        assert client.get(f"{address}?{wrong}", headers=headers).status_code == 422
    assert client.get(address).status_code == 401
