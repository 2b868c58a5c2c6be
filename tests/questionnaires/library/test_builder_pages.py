"""The builder through the client: parts open and save by themselves, lists grow and move, nothing typed is lost."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.people.rules.roles import Role
from questionnaires.library import library
from questionnaires.library.builder import types
from questionnaires.logic.definition import Definition, QuestionType
from tests.bank import Sample

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]
HOME = "/portal/questionnaires"
BY_SCRIPT = {"HX-Request": "true", "HX-Target": "part"}


class Desk:
    """A designer at a draft."""

    def __init__(self, sample: Sample, client: FlaskClient, start: str = "") -> None:
        self.sample, self.client = sample, client
        made = client.post(f"{HOME}/new", data={"title_zh": "到店", "title_en": "Visit", "code": "visit", "start": start, "folder": ""})
        assert made.status_code == 302, made.text
        with sample.ground.reading() as session:
            self.id: UUID = library.by_code(session, "visit").id
        self.home = f"{HOME}/{self.id}/edit"

    @property
    def draft(self) -> Definition:
        """The draft now."""
        with self.sample.ground.reading() as session:
            return library.draft_of(library.get(session, self.id))

    def open(self, at: str) -> str:
        """A part's form."""
        answer = self.client.get(self.home, query_string={"at": at}, headers=BY_SCRIPT)
        assert answer.status_code == 200, answer.text
        return answer.text

    def seen(self, at: str) -> str:
        """The token of what is shown of a part."""
        found = re.search(r'name="seen" id="seen" value="(\w*)"', self.open(at))
        assert found is not None
        return found[1]

    def save(self, at: str, act: str = "", seen: str | None = None, **fields: Any) -> TestResponse:
        """Send a part's form."""
        data = {name.replace("__", ".").replace("zh_Hans", "zh-Hans"): value for name, value in fields.items()}
        token = self.seen(at) if seen is None else seen
        return self.client.post(f"{self.home}/save?at={at}", data={"seen": token, "act": act, **data}, headers=BY_SCRIPT)

    def arrange(self, act: str, **more: str) -> TestResponse:
        """Press a button of the outline."""
        return self.client.post(f"{self.home}/arrange", data={"act": act, "at": "texts", **more}, headers=BY_SCRIPT)


@pytest.fixture
def desk(sample: Sample, sign_in: SignIn) -> Desk:
    """A designer at a draft made from nothing."""
    return Desk(sample, sign_in(Role.DESIGNER))


def test_a_question_of_every_type_is_added_and_opens(desk: Desk) -> None:
    assert {one for kinds in types.GROUPS.values() for one in kinds} == set(QuestionType) == set(types.ICONS)
    for kind in QuestionType:
        answer = desk.client.post(f"{desk.home}/add", data={"type": kind.value, "at": "texts"}, headers=BY_SCRIPT)
        assert answer.status_code == 200, (kind, answer.text)
        assert 'id="part"' in answer.text
    assert [one.type for one in desk.draft.questions()] == list(QuestionType)
    for question in desk.draft.questions():
        saved = desk.save(f"q:{question.code}", text__en="Words", text__zh_Hans="字")
        assert saved.status_code == 200, (question.type, saved.text)
        assert desk.draft.by_code[question.code].text == {"en": "Words", "zh-Hans": "字"}
    assert desk.client.get(desk.home).status_code == 200


def test_options_grow_move_and_go_and_keep_what_was_typed(desk: Desk) -> None:
    desk.client.post(f"{desk.home}/add", data={"type": "single", "at": "texts"}, headers=BY_SCRIPT)
    first = {
        f"options.{n}.{key}": value
        for n, (code, text) in enumerate((("o1", "Queue"), ("o2", "Price")))
        for key, value in (("was", code), ("code", code), ("text.en", text))
    }
    grown = desk.save("q:q1", "add:options", **first)
    assert grown.status_code == 200
    assert [one.code for one in desk.draft.by_code["q1"].options] == ["o1", "o2", "o3"]
    assert "options.2.text.en" in grown.text
    moved = desk.save("q:q1", "up:options.1", **first)
    assert moved.status_code == 200
    assert [one.text.get("en") for one in desk.draft.by_code["q1"].options] == ["Price", "Queue"]
    assert '"focus": "up:options.0"' in moved.headers["HX-Trigger-After-Settle"]
    assert desk.save("q:q1", "paste:options", paste="Staff | x\nLong way").status_code == 200
    assert [one.text for one in desk.draft.by_code["q1"].options] == [{"zh-Hans": "Staff", "en": "x"}, {"zh-Hans": "Long way"}]
    many = desk.save("q:q1", "paste:options", paste="\n".join(f"Option {n}" for n in range(1000)))
    assert many.status_code == 422
    assert len(desk.draft.by_code["q1"].options) == 2
