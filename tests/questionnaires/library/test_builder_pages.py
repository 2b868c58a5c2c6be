"""The builder through the client: parts open and save by themselves, lists grow and move, nothing typed is lost."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.people.rules.roles import Role
from questionnaires.answering.links_models import Media
from questionnaires.library import library
from questionnaires.library.builder import types
from questionnaires.logic.definition import Definition, QuestionType
from tests.bank import Sample
from tests.conftest import NOON

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


def test_the_later_of_two_editors_sees_both_texts_and_chooses(desk: Desk) -> None:
    desk.client.post(f"{desk.home}/add", data={"type": "long_text", "at": "texts"}, headers=BY_SCRIPT)
    both_saw = desk.seen("q:q1")
    assert desk.save("q:q1", seen=both_saw, text__en="First editor").status_code == 200
    late = desk.save("q:q1", seen=both_saw, text__en="Second editor")
    assert late.status_code == 409
    assert late.text.count("First editor") >= 1
    assert late.text.count("Second editor") >= 2
    assert 'hx-trigger="submit"' in late.text, "nothing saves itself while both texts are shown"
    assert desk.draft.by_code["q1"].text == {"en": "First editor"}
    token = re.search(r'name="seen" id="seen" value="(\w+)"', late.text)
    assert token is not None
    assert desk.save("q:q1", "mine", seen=token[1], text__en="Both merged").status_code == 200
    assert desk.draft.by_code["q1"].text == {"en": "Both merged"}


def test_undo_and_redo_work_through_the_page_and_survive_it(desk: Desk) -> None:
    for kind in ("csat", "nps"):
        desk.client.post(f"{desk.home}/add", data={"type": kind, "at": "texts"}, headers=BY_SCRIPT)
    assert "The question is deleted" in desk.arrange("remove:csat").headers["HX-Trigger-After-Settle"]
    assert list(desk.draft.by_code) == ["nps"]
    assert desk.client.post(f"{desk.home}/undo", data={"at": "texts"}, headers=BY_SCRIPT).status_code == 200
    assert list(desk.draft.by_code) == ["csat", "nps"]
    assert desk.client.post(f"{desk.home}/redo", data={"at": "texts"}).status_code == 302, "without script the whole page follows"
    assert list(desk.draft.by_code) == ["nps"]
    assert desk.client.post(f"{desk.home}/redo", data={}, headers=BY_SCRIPT).status_code == 409


def test_all_of_the_whole_is_edited_part_by_part(desk: Desk) -> None:
    desk.client.post(f"{desk.home}/add", data={"type": "nps", "at": "texts"}, headers=BY_SCRIPT)
    desk.arrange("page-add:p1")
    row = {"groups.0.rows.0.field": "nps", "groups.0.rows.0.op": "le", "groups.0.rows.0.value": "6"}

    def when(path: str) -> dict[str, str]:
        return {f"{path}.{name}": value for name, value in row.items()}

    assert desk.save("texts", title__en="New title", thank_you__en="Thanks").status_code == 200
    languages = {"languages[]": ["zh-Hans", "en"], "more_language": "zh-Hant", "kind": "internal", "anonymous": "1"}
    assert desk.save("settings", **languages).status_code == 200
    assert desk.save("page:p1", "", **{"jumps.0.to": "end", **when("jumps.0.go_if"), "title.en": "First"}).status_code == 200
    assert (
        desk.save(
            "endings", **{"endings.0.id": "sorry", "endings.0.text.en": "Sorry", "endings.0.action": "call", **when("endings.0.show_if")}
        ).status_code
        == 200
    )
    assert desk.save("quotas", **{"quotas.0.code": "low", "quotas.0.limit": "50", **when("quotas.0.count_if")}).status_code == 200
    assert desk.save("scores", **{"scores.0.indicator": "nps_all", "scores.0.of[]": ["nps"], "scores.0.mean": "1"}).status_code == 200
    assert desk.save("blocks", **{"blocks.0.id": "b1", "blocks.0.pages[]": ["p1", "p2"], "blocks.0.pick": "1"}).status_code == 200
    arms = {
        "experiments.0.arms.0.code": "a",
        "experiments.0.arms.0.weight": "1",
        "experiments.0.arms.1.code": "b",
        "experiments.0.arms.1.weight": "3",
    }
    assert desk.save("experiments", **{"experiments.0.code": "ab", **arms}).status_code == 200
    draft = desk.draft
    assert (draft.title["en"], draft.languages, draft.kind, draft.anonymous) == (
        "New title",
        ("zh-Hans", "en", "zh-Hant"),
        "internal",
        True,
    )
    assert (draft.pages[0].jumps[0].to, draft.endings[0].action, draft.quotas[0].limit, draft.blocks[0].pick) == ("end", "call", 50, 1)
    assert (draft.scores[0].of, [arm.weight for arm in draft.experiments[0].arms]) == (("nps",), [1, 3])
    for part in ("texts", "settings", "page:p1", "page:p2", "endings", "quotas", "scores", "blocks", "experiments"):
        assert desk.open(part), part


def test_bad_input_is_told_beside_its_field_and_the_draft_is_untouched(desk: Desk) -> None:
    for kind in ("single", "number"):
        desk.client.post(f"{desk.home}/add", data={"type": kind, "at": "texts"}, headers=BY_SCRIPT)
    before = desk.draft
    two = {"options.0.code": "same", "options.1.code": "same", "options.0.was": "o1", "options.1.was": "o2"}
    for at, fields in (
        ("q:q1", two),
        ("q:q1", {"text.en": "x" * 600}),
        ("q:q1", {"options.0.code": "Not A Code"}),
        ("q:q2", {"min": "many"}),
        ("q:q2", {"decimals": "99"}),
        ("settings", {"languages[]": []}),
        ("settings", {"languages[]": ["not a language!"]}),
        ("blocks", {"blocks.0.id": "b1", "blocks.0.pages[]": ["p1"]}),
        ("experiments", {"experiments.0.code": "ab", "experiments.0.arms.0.code": "a"}),
    ):
        answer = desk.save(at, **fields)
        assert answer.status_code == 422, (at, fields)
        assert 'class="error"' in answer.text, (at, fields)
    assert desk.client.post(f"{desk.home}/rename", data={"name": "q1", "code": "q2"}, headers=BY_SCRIPT).status_code == 422
    assert desk.save("q:gone", seen="x").status_code == 404
    assert desk.client.post(f"{desk.home}/bank", data={}, headers=BY_SCRIPT).status_code == 422
    assert desk.draft == before


def test_an_unfinished_condition_keeps_what_stands_until_it_is_complete(desk: Desk) -> None:
    for kind in ("nps", "long_text"):
        desk.client.post(f"{desk.home}/add", data={"type": kind, "at": "texts"}, headers=BY_SCRIPT)
    half = desk.save("q:q2", **{"text.en": "Why?", "show_if.groups.0.rows.0.field": "nps"})
    assert half.status_code == 200
    assert 'value="le"' in half.text
    assert desk.draft.by_code["q2"].show_if is None
    assert desk.draft.by_code["q2"].text == {"en": "Why?"}


def test_markup_in_every_text_is_shown_as_text(desk: Desk) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    for kind in QuestionType:
        desk.client.post(f"{desk.home}/add", data={"type": kind.value, "at": "texts"}, headers=BY_SCRIPT)
    for question in desk.draft.questions():
        texts = {f"{name}.en": evil[:60] for name in ("text", "help", "low_label", "high_label", "required_message")}
        items = {f"{name}.0.{key}": value for name in ("options", "rows") for key, value in (("code", "a"), ("text.en", evil))}
        assert desk.save(f"q:{question.code}", **{**texts, **items, "required": "1", "tags": evil}).status_code == 200, question.type
    assert desk.save("texts", **{f"{name}.en": evil for name in ("title", "intro", "thank_you", "privacy")}).status_code == 200
    for path in (desk.home, f"{HOME}/{desk.id}", HOME, f"{desk.home}?at=q:single", f"{desk.home}/findings", f"{HOME}/{desk.id}/compare"):
        page = desk.client.get(path).text
        assert "<script>alert(1)" not in page, path
        assert "<img src=x" not in page, path


def test_who_else_is_here_is_told_and_that_the_open_part_changed(desk: Desk, sign_in: SignIn) -> None:
    desk.client.post(f"{desk.home}/add", data={"type": "nps", "at": "texts"}, headers=BY_SCRIPT)
    other = sign_in(Role.DESIGNER, "B1")
    here = {"at": "q:nps", "revision": "2", "seen": desk.seen("q:nps")}
    assert other.post(f"{desk.home}/here", data=here, headers=BY_SCRIPT).status_code == 200
    mine = desk.client.post(f"{desk.home}/here", data=here, headers=BY_SCRIPT)
    assert "designer B1 · question 1" in mine.text
    desk.save("q:nps", text__en="Changed")
    theirs = other.post(f"{desk.home}/here", data=here, headers=BY_SCRIPT)
    assert "changed what you have open" in theirs.text
    assert "Changed" in theirs.text


def test_a_draft_that_waits_for_approval_is_not_edited(desk: Desk, sample: Sample, sign_in: SignIn) -> None:
    other = Desk.__new__(Desk)
    designer = sign_in(Role.DESIGNER)
    made = designer.post(f"{HOME}/new", data={"title_en": "Ready", "code": "ready", "start": "template:loan_application", "folder": ""})
    assert made.status_code == 302
    other.sample, other.client = sample, designer
    with sample.ground.reading() as session:
        other.id = library.by_code(session, "ready").id
    other.home = f"{HOME}/{other.id}/edit"
    token = other.seen("q:nps")
    assert designer.post(f"{HOME}/{other.id}/submit", data={"revision": 1}).status_code == 302
    assert designer.get(other.home).status_code == 302
    assert other.save("q:nps", seen=token, text__en="Too late").status_code == 409


def test_an_options_picture_is_chosen_from_the_library(desk: Desk) -> None:
    with desk.sample.ground.writing() as session:
        picture = Media(name="Card", media="image/png", content=b"x", sha256="0" * 64, width=4, height=3, created_at=NOON)
        session.add(picture)
        session.flush()
        key = str(picture.id)
    chosen = f'name="options.0.image" value="{key}" checked'
    assert chosen in desk.client.get(f"/portal/media/choose?name=options.0.image&value={key}").text
    assert chosen not in desk.client.get("/portal/media/choose?name=options.0.image").text
    assert desk.client.get("/portal/media/choose?name=<b>&value=x").status_code == 200
    desk.client.post(f"{desk.home}/add", data={"type": "single", "at": "texts"}, headers=BY_SCRIPT)
    option = {"options.0.was": "o1", "options.0.code": "o1", "options.0.text.en": "Card", "options.0.image": key}
    assert desk.save("q:q1", display="pictures", **option).status_code == 200
    assert str(desk.draft.by_code["q1"].options[0].image) == key
    assert f"/portal/media/choose?name=options.0.image&amp;value={key}" in desk.open("q:q1")
    assert desk.save("q:q1", display="pictures", **{**option, "options.0.image": ""}).status_code == 200
    assert desk.draft.by_code["q1"].options[0].image is None
