"""What comes of an answer: closing pages by outcome, quotas, a call instead, large text, signed fields, a number to be checked."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from portal.foundation.ground import Ground
from questionnaires.answering import signing
from questionnaires.answering.invitations import spoken_number, wants_large
from questionnaires.answering.models import AnswerQuota, PosterCode, Response, Score
from questionnaires.library.models import QuestionnaireVersion
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.questionnaires.answering.conftest import FIVE, NPS, PAGES, WORDS, Asked, Asking, both
from tests.questionnaires.answering.showcase import ENDINGS
from tests.questionnaires.answering.test_two_taps import at_once

Send = Callable[..., TestResponse]
DAY_OF_NOON = NOON - timedelta(hours=12)


def responses(ground: Ground) -> list[Response]:
    with ground.reading() as session:
        return list(session.scalars(select(Response).order_by(Response.started_at)))  # type: ignore[arg-type]


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("score", "said", "not_said"),
    [
        ("3", "will call you", "experience officer"),
        ("9", "experience officer", "will call you"),
        ("7", "Thank you very much", "experience officer"),
    ],
)
def test_the_closing_page_goes_by_the_outcome_and_offers_one_thing_at_most(
    asked: Asked, client: FlaskClient, send: Send, ground: Ground, score: str, said: str, not_said: str
) -> None:
    link = asked.link({**FIVE, "endings": ENDINGS})
    html = send(link, query="?lang=en", nps=score).text
    assert (said in html, not_said in html) == (True, False)
    assert said in client.get(link.path + "?lang=en").text
    wished = client.post(link.path + "?do=officer&lang=en")
    assert "get in touch" in wished.text
    client.post(link.path + "?do=refer&lang=en")
    assert [row.wish for row in responses(ground)] == ["officer"]


def test_a_wish_before_the_answer_is_nobodys(asked: Asked, client: FlaskClient, ground: Ground) -> None:
    assert client.post(asked.link().path + "?do=refer").status_code == 409
    assert client.post("/s/nobody?do=refer").status_code == 404
    assert responses(ground) == []


QUOTA = {
    **FIVE,
    "quotas": [
        {"code": "low", "count_if": {"field": "nps", "op": "le", "value": 6}, "limit": 2, "message": both("够了", "Enough of these")}
    ],
}


def test_a_quota_takes_as_many_as_its_limit_however_many_come_at_once(app: Flask, asked: Asked, ground: Ground) -> None:
    version = asked.version(QUOTA)
    links = [asked.link(version_id=version) for _ in range(6)]
    statuses = [status for link in links for status in at_once(app, link.path, [{"nps": "3"}] * 2)]
    assert set(statuses) == {200}
    with ground.reading() as session:
        assert [row.used for row in session.scalars(select(AnswerQuota))] == [2]
        assert len(session.scalars(select(Score)).all()) == 2
    assert sorted("quota_full" in row.flags for row in responses(ground)) == [False, False, True, True, True, True]


def test_a_quota_counts_answers_by_code_too_and_two_taps_of_one_as_one(app: Flask, asked: Asked, sample: Sample, ground: Ground) -> None:
    version = asked.version(QUOTA)
    with ground.writing() as session:
        row = session.get(QuestionnaireVersion, version)
        assert row is not None
        session.add(PosterCode(code="QUOTA1", questionnaire_id=row.questionnaire_id, unit_id=sample.units["O1"], created_at=NOON))
    for visit in range(4):
        taps = at_once(app, "/q/QUOTA1", [{"nps": "3"}] * 3, cookie=f"visit-{visit}")
        assert set(taps) <= {200, 410}, "thanked, or told that it was sent already"
    with ground.reading() as session:
        assert [row.used for row in session.scalars(select(AnswerQuota))] == [2]
        assert len(session.scalars(select(Score)).all()) == 2
    assert sorted("quota_full" in row.flags for row in responses(ground)) == [False, False, True, True]
    assert "Enough of these" in app.test_client().post("/q/QUOTA1?lang=en", data={"_page": "0", "nps": "1"}).text


@pytest.mark.sqlite_only
def test_whoever_is_not_needed_is_thanked_on_the_page_that_decides_it(asked: Asked, send: Send, ground: Ground) -> None:
    document = {**PAGES, "quotas": [{**QUOTA["quotas"][0], "limit": 1}]}
    version = asked.version(document)
    first, second, high, test = (asked.link(version_id=version, test=n == 3) for n in range(4))
    for link in (first, test):
        send(link, 0, "?lang=en", nps="3")
        send(link, 1, "?lang=en", why="wait")
        assert "Thank you" in send(link, 2, "?lang=en").text
    assert "Enough of these" in send(second, 0, "?lang=en", nps="3").text
    assert "You gave 9" in send(high, 0, "?lang=en", nps="9").text
    assert second.row.submitted_at == NOON


@pytest.mark.sqlite_only
def test_call_me_instead_ends_the_questionnaire_and_seals_the_number(asked: Asked, client: FlaskClient, send: Send, ground: Ground) -> None:
    link = asked.link({**PAGES, "call_me": True})
    assert "?do=call&amp;lang=en" in client.get(link.path + "?lang=en").text
    send(link, 0, nps="2")
    call = link.path + "?do=call&lang=en"
    assert "At which number?" in client.get(call).text
    assert responses(ground)[0].submitted_at is None
    for wrong in (
        {},
        {"which": "own", "phone": "12", "when": "any"},
        {"which": "known", "when": "never"},
        {"which": "x" * 100_000, "phone": "\x00", "when": "😀"},
    ):
        assert client.post(call, data=wrong).status_code == 422
    assert "We will call you" in client.post(call, data={"which": "own", "phone": "138 0013 8000", "when": "evening"}).text
    row = responses(ground)[0]
    assert row.answers == {"nps": 2, "call_me": True, "call_me__phone": "own", "call_me__when": "evening"}
    assert row.call_enc is not None
    assert (ground.keys.decrypt(row.call_enc), row.flags, row.submitted_at) == ("+8613800138000", ["call_instead"], NOON)
    assert client.post(call, data={"which": "known", "when": "any"}).status_code == 200
    assert len(responses(ground)) == 1


@pytest.mark.sqlite_only
def test_nobody_is_offered_a_call_who_stays_unknown(asked: Asked, client: FlaskClient) -> None:
    for document in ({**FIVE, "call_me": True, "anonymous": True}, FIVE):
        link = asked.link(document)
        assert "do=call" not in client.get(link.path).text
        assert client.post(link.path + "?do=call", data={"which": "known", "when": "any"}).status_code == 404


@pytest.mark.sqlite_only
def test_large_text_opens_by_itself_with_the_short_variant(asked: Asked, client: FlaskClient, send: Send, ground: Ground) -> None:
    document = {**FIVE, "pages": [{"id": "one", "questions": [NPS, {**WORDS, "long_only": True}]}]}
    version = asked.version(document)
    short, whole = asked.link(version_id=version, large=True), asked.link(version_id=version)
    assert 'class="large"' in client.get(short.path).text
    assert 'class="large"' not in client.get(short.path + "?size=normal").text
    assert ('name="words"' in client.get(short.path).text, 'name="words"' in client.get(whole.path).text) == (False, True)
    send(short, nps="9", words="not asked")
    assert responses(ground)[0].answers == {"nps": 9}


@pytest.mark.parametrize(
    ("said", "born", "expected"),
    [
        (None, date(1961, 6, 15), True),
        (None, date(1961, 6, 16), False),
        (False, date(1930, 1, 1), False),
        (True, None, True),
        (None, None, False),
    ],
)
def test_large_text_is_for_customers_of_65_and_for_whoever_asked(said: bool | None, born: date | None, expected: bool) -> None:
    assert wants_large(said, born, date(2026, 6, 15)) is expected


HIDDEN = {
    **FIVE,
    "pages": [
        {"id": "one", "questions": [NPS, {"code": "campaign", "type": "hidden", "source": "link.campaign"}]},
        {"id": "two", "show_if": {"field": "link.campaign", "op": "eq", "value": "spring"}, "questions": [WORDS]},
    ],
}


@pytest.mark.sqlite_only
def test_fields_count_only_under_our_signature_for_this_very_link(asked: Asked, client: FlaskClient, send: Send, ground: Ground) -> None:
    version = asked.version(HIDDEN)
    link, other = asked.link(version_id=version), asked.link(version_id=version)
    query = "?" + signing.signed(ground.keys, link.path.removeprefix("/s/"), {"campaign": "spring"}) + "&lang=en"
    assert "f=" in client.get(link.path + query).text
    assert "improve first" in send(link, 0, query, nps="9").text
    assert "improve first" in client.get(link.path).text
    assert "Thank you" in send(other, 0, query, nps="9").text
    kept = {row.invitation_id: row for row in responses(ground)}
    assert kept[link.id].answers == {"nps": 9, "campaign": "spring"}
    assert (kept[other.id].answers, kept[other.id].flags) == ({"nps": 9}, ["forged_fields"])


@pytest.mark.sqlite_only
@pytest.mark.parametrize("query", ["?f=%s&sig=x" % ("A" * 5000), "?f=e30&sig=", "?f=😀&sig=😀", "?f[]=1&sig=%01", "?f=bnVsbA&sig=%F0"])
def test_forged_fields_never_fall_over(asked: Asked, client: FlaskClient, query: str) -> None:
    assert client.get(asked.link(HIDDEN).path + query).status_code in (200, 400)


@pytest.mark.sqlite_only
def test_an_anonymous_answer_keeps_the_day_only(asked: Asked, send: Send, ground: Ground, sample: Sample) -> None:
    customer = sample.customer("C1")
    link = asked.link({**PAGES, "anonymous": True}, person_id=customer.id, customer_id=customer.id)
    send(link, 0, nps="9")
    send(link, 2, words="quietly")
    row = responses(ground)[0]
    assert (row.started_at, row.submitted_at, row.invitation_id, row.id.version) == (DAY_OF_NOON, DAY_OF_NOON, None, 4)
    assert link.row.submitted_at == NOON


@pytest.mark.sqlite_only
def test_the_number_of_a_message_tells_ours_from_a_strangers(asked: Asked, client: FlaskClient, clock: FixedClock) -> None:
    link = asked.link()
    number = link.row.number
    assert number is not None
    for typed in (spoken_number(number), f"编号：{number}", "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))):
        assert "Yes. We sent this message." in client.post("/verify?lang=en", data={"number": typed}).text
    assert "no message with this number" in client.post("/verify?lang=en", data={"number": str(number + 1)}).text
    for typed in ("", "1234", "9" * 100_000, "\x00", "👋"):
        assert client.post("/verify?lang=en", data={"number": typed}).status_code == 422
    clock.forward(timedelta(days=120))
    assert "no message with this number" in client.post("/verify?lang=en", data={"number": str(number)}).text


@pytest.mark.sqlite_only
def test_numbers_cannot_be_tried_one_after_the_other(app: Flask, asked: Asked) -> None:
    app.config.update(RATELIMIT_ENABLED=True, ANSWER_UNKNOWN_RATE=3)
    client = app.test_client()
    assert [client.post("/verify", data={"number": str(10_000_000 + n)}).status_code for n in range(5)] == [200, 200, 200, 429, 429]


@pytest.mark.sqlite_only
def test_what_is_kept_in_the_background_is_there_and_moves_nothing(asked: Asked, client: FlaskClient, send: Send, ground: Ground) -> None:
    link = asked.link(PAGES)
    assert send(link, 0, _do="keep").status_code == 204
    assert (responses(ground), link.row.started_at) == ([], None)
    assert send(link, 0, _do="keep", nps="4").status_code == 204
    assert responses(ground)[0].answers == {"nps": 4}
    assert 'id="nps-4" value="4" checked' in client.get(link.path).text


def another(asked: Asked, link: Asking, **changes: Any) -> None:
    """A second version of a link's questionnaire, in force from now on."""
    from questionnaires.library.models import Questionnaire, QuestionnaireVersion
    from questionnaires.logic.definition import Definition, content_hash

    definition = Definition.from_json({**FIVE, **changes})
    with asked.ground.writing() as session:
        first = session.get(QuestionnaireVersion, link.row.version_id)
        assert first is not None
        row = QuestionnaireVersion(
            questionnaire_id=first.questionnaire_id,
            number=2,
            definition=definition.to_json(),
            content_hash=content_hash(definition),
            published_at=NOON,
        )
        session.add(row)
        session.flush()
        questionnaire = session.get(Questionnaire, first.questionnaire_id)
        assert questionnaire is not None
        questionnaire.current_version_id = row.id


@pytest.mark.sqlite_only
def test_a_link_keeps_the_version_it_was_sent_with(asked: Asked, client: FlaskClient, send: Send, ground: Ground) -> None:
    link = asked.link(PAGES)
    version = link.row.version_id
    send(link, 0, "?lang=en", nps="3")
    another(asked, link, pages=[{"id": "new", "questions": [WORDS]}])
    assert "Long wait" in client.get(link.path + "?lang=en").text
    send(link, 1, why="wait")
    send(link, 2, words="old")
    assert [(row.version_id, row.answers["why"]) for row in responses(ground)] == [(version, ["wait"])]
