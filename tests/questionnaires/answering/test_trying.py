"""Staff try a questionnaire out: answers go from page to page with the form, later pages show as if everything before was answered."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from questionnaires.bank import bank
from questionnaires.bank.bank import Place
from questionnaires.library.models import QuestionnaireVersion
from questionnaires.library.shipped import templates
from questionnaires.logic.definition import Question
from questionnaires.logic.pretend import Mood, pretended
from questionnaires.logic.validate import Validator
from tests.conftest import NOON
from tests.questionnaires.answering.conftest import NPS, Asked, both

THREE = {
    "title": both("题", "T"),
    "pages": [
        {"id": "a", "questions": [{**NPS, "required": True}]},
        {
            "id": "b",
            "questions": [
                {"code": "why", "type": "long_text", "text": both("为什么", "Why"), "show_if": {"field": "nps", "op": "le", "value": 6}}
            ],
        },
        {
            "id": "c",
            "questions": [{"code": "more", "type": "short_text", "text": both("{{nps}} 分", "You gave {{nps}}, because of {{why}}")}],
        },
    ],
}
pytestmark = pytest.mark.sqlite_only


def test_later_pages_know_what_was_answered_before(asked: Asked, ground: Ground, sign_in: Callable[..., FlaskClient]) -> None:
    version = asked.version(THREE)
    with ground.reading() as session:
        row = session.get(QuestionnaireVersion, version)
    assert row is not None
    designer, address = sign_in(Role.DESIGNER), f"/portal/questionnaires/{row.questionnaire_id}/preview?lang=en"
    second = designer.post(address, data={"_page": "0", "nps": "3"}).text
    assert "Why" in second
    key = re.search(r'name="_key" value="([^"]+)"', second)
    assert key is not None
    third = designer.post(address, data={"_page": "1", "_key": key[1], "why": "queues"}).text
    assert "You gave 3, because of queues" in third
    assert designer.post(address, data={"_page": "1", "_key": "made up", "why": "x"}).status_code == 200
    assert designer.post(address, data={"_page": "0", "_do": "keep", "nps": "3"}).status_code == 204
    low = designer.get(f"{address}&page=2&as=low").text
    assert "You gave 0, because of (made-up words)" in low
    assert "You gave 10" in designer.get(f"{address}&page=2&as=high").text
    assert "checked" in designer.get(f"{address}&page=0&as=mixed").text
    assert "You gave 0" not in designer.get(f"{address}&page=2&as=nobody").text


@pytest.mark.parametrize("mood", Mood)
def test_made_up_answers_are_answers_that_could_be_given(mood: Mood) -> None:
    for one in templates():
        context = {"language": "en"}
        answers = pretended(one.definition, mood, "words", date(2026, 6, 15), context)
        assert Validator(one.definition).missing(answers, context) == [], one.code


def test_a_question_of_the_bank_shows_on_the_page_while_it_is_written(ground: Ground, sign_in: Callable[..., FlaskClient]) -> None:
    asked_before = Question.model_validate({**NPS, "show_if": {"field": "other", "op": "eq", "value": 1}})
    with ground.writing() as session:
        made = bank.add(session, asked_before, Place("counter"), (), Actor.system("test"), NOON, code="recommend")
    designer, address = sign_in(Role.DESIGNER), f"/portal/bank/{made.id}/preview"
    assert f'data-bank-preview="{address}"' in designer.get(f"/portal/bank/{made.id}/edit").text
    page = designer.get(f"{address}?lang=en")
    assert "Would you recommend" in page.text
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    typed = designer.post(f"{address}?lang=en", data={"text-en": "Other words <b>", "text-zh-Hans": "别的话", "revision": "1"}).text
    assert "Other words &lt;b&gt;" in typed
    assert "Would you recommend" in designer.post(f"{address}?lang=en", data={"text-en": "x" * 100_000}).text
    assert designer.post(f"{address}?lang=en", data={"_page": "0", "recommend": "9"}).status_code == 200
    with ground.reading() as session:
        assert bank.show(session, made.id)[0].revision == 1
