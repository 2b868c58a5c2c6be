"""The library's and the editor's pages, through the client: made, handed in, approved, published by two log-ins."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from portal.audit.trail import Actor
from portal.people.rules.roles import Role
from questionnaires.bank import bank, shipped
from questionnaires.bank.store import Filters
from questionnaires.library import library, store
from questionnaires.logic.definition import Definition
from tests.bank import Sample
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only
HOME = "/portal/questionnaires"
SignIn = Callable[..., FlaskClient]


def draft(sample: Sample, code: str = "visit") -> tuple[UUID, int, Definition]:
    """A questionnaire's id, revision and draft."""
    with sample.ground.reading() as session:
        found = library.by_code(session, code)
        return found.id, found.draft_revision, library.draft_of(found)


def begun(client: FlaskClient, sample: Sample, start: str = "") -> str:
    """A new questionnaire's address."""
    answer = client.post(f"{HOME}/new", data={"title_zh": "到店", "title_en": "Visit", "code": "visit", "start": start, "folder": ""})
    assert answer.status_code == 302, answer.text
    return f"{HOME}/{draft(sample)[0]}"


def test_a_designer_makes_a_questionnaire_and_an_approver_lets_it_out(sign_in: SignIn, sample: Sample) -> None:
    designer, approver = sign_in(Role.DESIGNER), sign_in(Role.APPROVER)
    home = begun(designer, sample)
    for kind in ("csat", "single"):
        assert designer.post(f"{home}/edit/add", data={"revision": draft(sample)[1], "type": kind, "page": "p1"}).status_code == 302
    texts = {
        "text-zh-Hans": "您满意吗？",
        "text-en": "Are you satisfied?",
        "low-zh-Hans": "低",
        "low-en": "Low",
        "high-zh-Hans": "高",
        "high-en": "High",
    }
    assert (
        designer.post(f"{home}/edit/questions/csat", data={**texts, "revision": 3, "required": "1", "indicator": "csat"}).status_code == 302
    )
    options = {f"option-{row}-text-{tag}": f"{word}" for row, word in enumerate(("Queue", "Price")) for tag in ("zh-Hans", "en")}
    condition = {"if-mode": "all", "if-0-field": "csat", "if-0-op": "le", "if-0-value": "csat|3"}
    answer = designer.post(
        f"{home}/edit/questions/q2", data={"text-zh-Hans": "原因？", "text-en": "Reason?", **options, **condition, "revision": 4}
    )
    assert answer.status_code == 302, answer.text
    question = draft(sample)[2].by_code["q2"]
    assert [option.code for option in question.options] == ["o1", "o2"]
    assert question.show_if is not None
    assert "shown where “Are you satisfied?” is at most 3" in designer.get(f"{home}/edit").text
    revision = {"revision": draft(sample)[1]}
    assert designer.post(f"{home}/submit", data=revision).status_code == 302
    assert designer.post(f"{home}/approve", data=revision).status_code == 403
    assert "Your decision" in approver.get(home).text
    assert approver.post(f"{home}/approve", data=revision).status_code == 302
    assert designer.post(f"{home}/publish", data=revision).status_code == 302
    with sample.ground.reading() as session:
        assert library.by_code(session, "visit").status == "published"
    assert "current" in designer.get(home).text


def test_a_template_is_ready_to_be_handed_in(sign_in: SignIn, sample: Sample) -> None:
    designer = sign_in(Role.DESIGNER)
    home = begun(designer, sample, "template:loan_application")
    assert "Nothing found" in designer.get(home).text
    for path in ("", "/edit", "/edit/questions/reasons_low", "/edit/wording", "/edit/bank", "/compare"):
        assert designer.get(home + path).status_code == 200, path


def test_the_later_of_two_editors_sees_both_texts(sign_in: SignIn, sample: Sample) -> None:
    designer = sign_in(Role.DESIGNER)
    home = begun(designer, sample, "template:loan_application")
    words = {"low-zh-Hans": "低", "low-en": "L", "high-zh-Hans": "高", "high-en": "H", "revision": 1, "indicator": "nps"}
    assert designer.post(f"{home}/edit/questions/nps", data={**words, "text-en": "First editor", "text-zh-Hans": "甲"}).status_code == 302
    late = designer.post(f"{home}/edit/questions/nps", data={**words, "text-en": "Second editor", "text-zh-Hans": "乙"})
    assert late.status_code == 409
    assert "First editor" in late.text
    assert "Second editor" in late.text
    assert draft(sample)[2].by_code["nps"].text["en"] == "First editor"
    assert re.search(r'name="revision" value="2"', late.text)


def test_bad_input_is_answered_beside_its_field_and_nothing_is_saved(sign_in: SignIn, sample: Sample) -> None:
    designer = sign_in(Role.DESIGNER)
    bad = designer.post(f"{HOME}/new", data={"title_en": "", "code": "Not A Code", "start": ""})
    assert bad.status_code == 422
    assert "Small letters" in bad.text
    home = begun(designer, sample, "template:counter_visit")
    assert designer.post(f"{HOME}/new", data={"title_en": "x", "code": "visit", "start": ""}).status_code == 422
    row = {"if-0-field": "csat", "if-0-op": "le", "if-0-value": ""}
    wrong = designer.post(f"{home}/edit/questions/improve", data={"text-en": "x" * 600, "max_length": "many", **row, "revision": 1})
    assert wrong.status_code == 422
    assert wrong.text.count('class="error"') >= 3
    assert draft(sample)[1] == 1
    for path, data in (("edit/add", {"type": "telepathy"}), ("edit/move", {"act": "fly", "name": "csat"}), ("submit", {"revision": "x"})):
        assert designer.post(f"{home}/{path}", data={"revision": 1, **data}).status_code == 422, path
    assert designer.post(f"{home}/edit/move", data={"revision": 1, "act": "up", "name": "gone"}).status_code == 404
    assert designer.get(f"{home}/edit/questions/gone").status_code == 404


def test_markup_in_a_text_is_shown_as_text(sign_in: SignIn, sample: Sample) -> None:
    designer = sign_in(Role.DESIGNER)
    home = begun(designer, sample, "template:counter_visit")
    designer.post(f"{home}/edit/questions/improve", data={"text-en": "<script>alert(1)</script>", "text-zh-Hans": "<b>", "revision": 1})
    for path in ("", "/edit", "/edit/questions/improve", "/compare?old=draft&new=draft"):
        assert "<script>alert(1)" not in designer.get(home + path).text


def test_a_return_needs_a_reason_and_shows_it_to_the_author(sign_in: SignIn, sample: Sample) -> None:
    designer, approver = sign_in(Role.DESIGNER), sign_in(Role.APPROVER)
    home = begun(designer, sample, "template:counter_visit")
    designer.post(f"{home}/submit", data={"revision": 1})
    assert "Say what should be changed" in approver.post(f"{home}/return", data={"revision": 1, "comment": " "}).text
    assert approver.post(f"{home}/return", data={"revision": 1, "comment": "Shorter, please"}).status_code == 302
    assert "Shorter, please" in designer.get(home).text


def test_questions_are_moved_paged_deleted_and_taken_from_the_bank(sign_in: SignIn, sample: Sample) -> None:
    designer = sign_in(Role.DESIGNER)
    home = begun(designer, sample, "template:counter_visit")

    def pages() -> list[list[str]]:
        return [[question.code for question in page.questions] for page in draft(sample)[2].pages]

    def move(act: str, name: str) -> list[list[str]]:
        assert designer.post(f"{home}/edit/move", data={"revision": draft(sample)[1], "act": act, "name": name}).status_code == 302
        return pages()

    assert pages() == [["csat", "reasons_low", "reasons_high"], ["improve", "may_call"]]
    assert move("up", "improve") == [["csat", "reasons_low", "reasons_high", "improve"], ["may_call"]]
    assert move("down", "csat")[0][:2] == ["reasons_low", "csat"]
    assert move("split", "reasons_high") == [["reasons_low", "csat"], ["reasons_high", "improve"], ["may_call"]]
    assert move("join", "p2") == [["reasons_low", "csat"], ["reasons_high", "improve", "may_call"]]
    assert move("remove", "may_call")[1] == ["reasons_high", "improve"]
    assert "1 error" in designer.get(f"{home}/edit").text
    with sample.ground.writing() as session:
        shipped.load(session, Actor.system("test"), NOON)
        chosen = bank.find(session, Filters(search="等了多久"))[0].row
    data = {"revision": draft(sample)[1], "question": str(chosen.id), "page": "p1"}
    assert designer.post(f"{home}/edit/bank", data=data).status_code == 302
    assert draft(sample)[2].by_code["waiting_time"].bank is not None


@pytest.mark.parametrize(
    ("role", "status"), [(Role.AUDITOR, 200), (Role.ANALYST, 200), (Role.OUTLET_MANAGER, 403), (Role.CASE_HANDLER, 403)]
)
def test_who_may_look_and_who_may_write(sign_in: SignIn, sample: Sample, role: Role, status: int) -> None:
    unit = "O1" if status == 403 else "HO"
    client = sign_in(role, unit)
    assert client.get(HOME).status_code == status
    assert client.get(f"{HOME}/new").status_code == 403
    with sample.ground.reading() as session:
        assert store.count(session) == 0
