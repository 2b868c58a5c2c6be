"""The library's and the editor's pages, through the client: made, handed in, approved, published by two log-ins."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from portal.people.rules.roles import Role
from questionnaires.library import library, store
from questionnaires.logic.definition import Definition
from tests.bank import Sample

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
    texts = {"text.zh-Hans": "您满意吗？", "text.en": "Are you satisfied?", "required": "1", "indicator": "csat"}
    ends = {f"{end}.{tag}": word for end, word in (("low_label", "Low"), ("high_label", "High")) for tag in ("zh-Hans", "en")}
    assert designer.post(f"{home}/edit/add", data={"type": "csat", "at": "page:p1"}).status_code == 302
    seen = re.search(r'id="seen" value="(\w+)"', designer.get(f"{home}/edit?at=q:csat").text)
    assert seen is not None
    assert designer.post(f"{home}/edit/save?at=q:csat", data={**texts, **ends, "seen": seen[1]}).status_code == 302
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
    for path in (
        "",
        "/edit",
        "/edit?at=q:reasons_low",
        "/edit?at=texts",
        "/edit?at=settings",
        "/edit?at=page:p1",
        "/edit/bank",
        "/edit/findings",
        "/compare",
    ):
        assert designer.get(home + path).status_code == 200, path


def test_bad_input_is_answered_beside_its_field_and_nothing_is_saved(sign_in: SignIn, sample: Sample) -> None:
    designer = sign_in(Role.DESIGNER)
    bad = designer.post(f"{HOME}/new", data={"title_en": "", "code": "Not A Code", "start": ""})
    assert bad.status_code == 422
    assert "Small letters" in bad.text
    home = begun(designer, sample, "template:counter_visit")
    assert designer.post(f"{HOME}/new", data={"title_en": "x", "code": "visit", "start": ""}).status_code == 422
    for path, data in (("edit/add", {"type": "telepathy"}), ("edit/arrange", {"act": "fly:csat"}), ("submit", {"revision": "x"})):
        assert designer.post(f"{home}/{path}", data={"revision": 1, **data}).status_code == 422, path
    assert designer.post(f"{home}/edit/arrange", data={"act": "up:gone"}).status_code == 404
    assert draft(sample)[1] == 1


def test_a_draft_with_findings_leads_to_each_of_them(sign_in: SignIn, sample: Sample) -> None:
    designer = sign_in(Role.DESIGNER)
    home = begun(designer, sample)
    for kind in ("csat", "single"):
        designer.post(f"{home}/edit/add", data={"type": kind, "at": "texts"})
    for path in ("", "/edit/findings"):
        page = designer.get(home + path)
        assert page.status_code == 200, path
        assert "/edit?at=q" in page.text, path


def test_a_return_needs_a_reason_and_shows_it_to_the_author(sign_in: SignIn, sample: Sample) -> None:
    designer, approver = sign_in(Role.DESIGNER), sign_in(Role.APPROVER)
    home = begun(designer, sample, "template:counter_visit")
    designer.post(f"{home}/submit", data={"revision": 1})
    assert "Say what should be changed" in approver.post(f"{home}/return", data={"revision": 1, "comment": " "}).text
    assert approver.post(f"{home}/return", data={"revision": 1, "comment": "Shorter, please"}).status_code == 302
    assert "Shorter, please" in designer.get(home).text


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
