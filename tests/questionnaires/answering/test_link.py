"""One person's link: opened, answered once, closed; on both databases."""

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from portal.foundation.crypto import token_hash
from portal.foundation.db import Database
from portal.foundation.ground import Ground
from portal.people.models import OptOut
from questionnaires.answering import answers, store
from questionnaires.answering.jobs import end_links
from questionnaires.answering.models import Response, Score
from questionnaires.answering.ready import Ready, Shelf
from questionnaires.answering.rules.standing import Standing
from questionnaires.answering.walking import Sent, Step, Taken
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.questionnaires.answering.conftest import PAGES, Asked

Send = Callable[..., TestResponse]
ALL = {"nps": "6", "why": ["wait", "other"], "why__other": "门口太挤", "ease": "3", "back": "yes", "words": "快一点"}


def responses(ground: Ground) -> list[Response]:
    with ground.reading() as session:
        return list(session.scalars(select(Response)))


def test_looking_at_a_link_writes_nothing(client: FlaskClient, ground: Ground, asked: Asked, count_statements: Any) -> None:
    link = asked.link()
    before = link.row
    with count_statements() as seen:
        assert client.get(link.path).status_code == 200
    assert len(seen) <= 3
    assert not [statement for statement in seen if not statement.startswith("SELECT")]
    assert link.row == before
    with count_statements() as seen:
        client.get(link.path)
    assert len(seen) == 1


def test_an_answer_is_kept_with_its_cuts_and_scores(
    ground: Ground, asked: Asked, sample: Sample, send: Send, count_statements: Any
) -> None:
    customer = sample.customer("C1")
    link = asked.link(person_id=customer.id, customer_id=customer.id, product="loan", happened_at=NOON)
    with count_statements() as seen:
        answer = send(link, **ALL)
    assert len(seen) <= 8
    assert (answer.status_code, "谢谢您！" in answer.text or "Thank you very much" in answer.text) == (200, True)
    response = responses(ground)[0]
    assert response.answers == {"nps": 6, "why": ["wait", "other"], "why__other": "门口太挤", "ease": 3, "back": True, "words": "快一点"}
    assert (response.unit_id, response.touchpoint, response.product, response.person_id) == (
        sample.units["O1"],
        "loan_apply",
        "loan",
        customer.id,
    )
    assert (response.started_at, response.submitted_at, response.counted_at, response.source) == (NOON, NOON, None, "invited")
    with ground.reading() as session:
        assert {row.indicator: row.value for row in session.scalars(select(Score))} == {"nps": 6, "ces": 3}
    row = link.row
    assert (row.opened_at, row.started_at, row.submitted_at, row.touched_at, row.taken_over_at) == (NOON, NOON, NOON, NOON, None)


@pytest.mark.sqlite_only
def test_pages_ask_the_database_for_little(client: FlaskClient, asked: Asked, send: Send, count_statements: Any) -> None:
    link = asked.link(PAGES)
    client.get(link.path)
    for page, fields in enumerate(({"nps": "3"}, {"why": "wait"}, {"words": "fine"})):
        with count_statements() as seen:
            assert send(link, page, **fields).status_code == 200
        assert len(seen) <= 8, seen
        with count_statements() as seen:
            client.get(link.path)
        assert len(seen) <= 3, seen


def test_a_second_answer_changes_nothing_and_thanks_again(ground: Ground, asked: Asked, send: Send, client: FlaskClient) -> None:
    link = asked.link()
    first = send(link, nps="9")
    again = send(link, nps="0")
    assert (first.status_code, again.status_code, first.text) == (200, 200, again.text)
    assert [response.answers for response in responses(ground)] == [{"nps": 9}]
    assert client.get(link.path).text == first.text


def test_answers_are_saved_page_by_page_and_hidden_ones_dropped(ground: Ground, asked: Asked, send: Send, client: FlaskClient) -> None:
    link = asked.link(PAGES)
    assert "Long wait" in send(link, nps="3", query="?lang=en").text
    assert responses(ground)[0].answers == {"nps": 3}
    assert "Long wait" in client.get(link.path + "?lang=en").text
    assert "You gave 3: why?" in send(link, 1, "?lang=en", why="wait").text
    back = send(link, 2, "?lang=en", _do="back", words="lost?")
    assert 'id="why-wait" value="wait" checked' in back.text
    first = send(link, 1, "?lang=en", _do="back")
    assert 'id="nps-3" value="3" checked' in first.text
    assert "You gave 10: why?" in send(link, 0, "?lang=en", nps="10").text
    done = send(link, 2, "?lang=en", words="fine")
    assert done.status_code == 200
    assert responses(ground)[0].answers == {"nps": 10, "words": "fine"}
    assert link.row.started_at == link.row.submitted_at == NOON


def test_what_is_missing_or_too_long_is_said_beside_the_question(ground: Ground, asked: Asked, send: Send) -> None:
    link = asked.link()
    long = "长" * 501
    answer = send(link, words=long, query="?lang=en", ease="7")
    assert answer.status_code == 422
    assert 'href="#b-nps"' in answer.text
    assert 'id="x-nps"' in answer.text
    assert long in answer.text
    assert 'id="ease-7" value="7" checked' in answer.text
    assert responses(ground)[0].answers == {"ease": 7}
    assert send(link, nps="8", words="short", ease="7").status_code == 200
    assert responses(ground)[0].answers == {"nps": 8, "ease": 7, "words": "short"}


def test_a_required_question_that_was_passed_over_is_asked_before_the_end(asked: Asked, send: Send) -> None:
    link = asked.link(PAGES)
    answer = send(link, 2, "?lang=en", words="straight to the end")
    assert answer.status_code == 422
    assert 'href="#b-nps"' in answer.text


@pytest.mark.parametrize(("age", "status"), [(timedelta(days=14) - timedelta(seconds=1), 200), (timedelta(days=14), 410)])
def test_a_link_ends_fourteen_days_after_it_was_sent(
    client: FlaskClient, asked: Asked, clock: FixedClock, send: Send, ground: Ground, age: timedelta, status: int
) -> None:
    link = asked.link()
    clock.forward(age)
    assert client.get(link.path).status_code == status
    assert send(link, nps="9").status_code == status
    assert len(responses(ground)) == (status == 200)


def test_a_link_that_nobody_was_sent_is_not_known(client: FlaskClient) -> None:
    for language, words in (("en", 'lang="en"'), ("zh-CN", 'lang="zh-Hans"')):
        answer = client.get("/s/AAAAAAAAAAAAAAAAAAAAAA", headers={"Accept-Language": language})
        assert (answer.status_code, words in answer.text) == (404, True)
    assert client.post("/s/AAAAAAAAAAAAAAAAAAAAAA", data={"nps": "9"}).status_code == 404
    assert client.post("/s/AAAAAAAAAAAAAAAAAAAAAA?do=decline").status_code == 404


def test_not_this_time_closes_the_link(client: FlaskClient, asked: Asked, send: Send, ground: Ground) -> None:
    link = asked.link()
    assert client.post(link.path + "?do=decline").status_code == 200
    assert (link.row.declined_at, link.row.submitted_at) == (NOON, None)
    assert send(link, nps="9").status_code == 200
    assert client.get(link.path).status_code == 200
    assert responses(ground) == []


def test_never_again_is_confirmed_first_and_holds_at_once(client: FlaskClient, asked: Asked, sample: Sample, ground: Ground) -> None:
    customer = sample.customer("C1")
    link = asked.link(person_id=customer.id, customer_id=customer.id)

    def in_force() -> list[OptOut]:
        with ground.reading() as session:
            return list(session.scalars(select(OptOut)))

    assert client.get(link.path + "?do=stop").status_code == 200
    assert (in_force(), link.row.declined_at) == ([], None)
    for _ in range(2):
        assert client.post(link.path + "?do=stop").status_code == 200
    assert [(row.customer_id, row.channel, row.source) for row in in_force()] == [(customer.id, "", "page")]
    assert link.row.declined_at == NOON


def test_opened_is_told_by_the_beacon_once(client: FlaskClient, asked: Asked, clock: FixedClock) -> None:
    link = asked.link()
    assert client.post(link.path + "/opened").status_code == 204
    clock.forward(timedelta(hours=1))
    client.post(link.path + "/opened")
    assert (link.row.opened_at, link.row.touched_at, link.row.started_at) == (NOON, NOON, None)


def test_a_score_in_the_address_is_seen_but_not_sent(client: FlaskClient, asked: Asked, ground: Ground) -> None:
    link = asked.link()
    assert 'id="nps-9" value="9" checked' in client.get(link.path + "?nps=9").text
    assert "checked" not in client.get(link.path + "?nps=99").text.split("<main>")[1]
    assert responses(ground) == []


def test_an_anonymous_answer_names_nobody(asked: Asked, sample: Sample, send: Send, ground: Ground) -> None:
    customer = sample.customer("C1")
    link = asked.link({**PAGES, "anonymous": True, "pages": PAGES["pages"][:1]}, person_id=customer.id, customer_id=customer.id)
    assert send(link, nps="9").status_code == 200
    response = responses(ground)[0]
    assert (response.person_id, response.customer_id, response.invitation_id) == (None, None, None)


def test_links_that_ended_unanswered_are_handed_over_once(ground: Ground, asked: Asked, clock: FixedClock, send: Send) -> None:
    never, begun, done = asked.link(), asked.link(PAGES), asked.link()
    send(begun, nps="3")
    send(done, nps="9")
    assert end_links(ground, clock.now()) == 0
    later = clock.forward(timedelta(days=15))
    assert (end_links(ground, later), end_links(ground, later)) == (2, 0)
    assert (never.row.touched_at, begun.row.touched_at, done.row.touched_at) == (later, later, NOON)
    assert never.row.taken_over_at is None


def test_somebody_faster_between_a_look_and_a_claim_leaves_one_answer(ground: Ground, asked: Asked, count_statements: Any) -> None:
    if ground.db.dialect == "sqlite":
        pytest.skip("SQLite's writer holds its place from the start")
    link, zone = asked.link(), UTC
    token, shelf = token_hash(link.path.rsplit("/", 1)[1]), Shelf()

    def load(key: UUID) -> dict[str, Any] | None:
        with ground.reading() as session:
            return store.definition_of(session, key)

    def form(nps: str) -> Callable[..., Sent]:
        return lambda _link, _ready: Sent({"nps": [nps], "ease": ["3"], "back": ["yes"]}, "en", 0)

    def find(key: UUID) -> Ready:
        ready = shelf.version(key, load)
        assert ready is not None
        return ready

    def find_late(key: UUID) -> Ready:
        if not taken:
            with second.quick() as other:
                taken.append(answers.take(other, token, find, form("9"), NOON, ground.keys, zone))
        return find(key)

    taken: list[Taken] = []
    second = Database(ground.db.url)
    find(link.row.version_id)
    with count_statements() as seen, ground.db.quick() as lane:
        taken.append(answers.take(lane, token, find_late, form("2"), NOON, ground.keys, zone))
    assert [(one.step, one.standing) for one in taken] == [(Step.DONE, Standing.OPEN), (Step.CLOSED, Standing.SUBMITTED)]
    assert [response.answers["nps"] for response in responses(ground)] == [9]
    assert len(seen) == 3  # looked, claimed in vain, looked again with the row held
    second.close()
