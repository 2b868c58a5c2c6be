"""The bank's pages: find, look, compare, revise every type, sections, files in and out, categories; who may do what."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.audit.trail import Actor
from portal.people.rules.roles import Role
from questionnaires.bank import bank, shipped, store
from questionnaires.bank.store import Filters
from questionnaires.logic.definition import Question, QuestionType
from tests.bank import Sample
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only
ACTOR = Actor.system("test")
BANK = "/portal/bank"


@pytest.fixture
def designer(sample: Sample, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A designer before the shipped questions."""
    with sample.ground.writing() as session:
        shipped.load(session, ACTOR, NOON)
    return sign_in(Role.DESIGNER)


def of(sample: Sample, code: str) -> str:
    """The address of a question by its code."""
    with sample.ground.reading() as session:
        row = store.by_code(session, code)
        assert row is not None
        return f"{BANK}/{row.id}"


def test_an_empty_bank_says_what_to_do_next(sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    designer = sign_in(Role.DESIGNER)
    assert "The bank is empty" in designer.get(BANK).text
    assert designer.post(f"{BANK}/shipped").status_code == 302
    assert "The bank is empty" not in designer.get(BANK).text


def test_the_list_narrows_by_the_address_and_takes_as_many_statements_for_two_questions_as_for_forty(
    designer: FlaskClient, sample: Sample
) -> None:
    assert "waiting_time" in designer.get(f"{BANK}?search=等了多久").text
    assert "No question fits" in designer.get(f"{BANK}?search=猫&tag=x&owner=me&language=fr").text
    seen: list[str] = []
    event.listen(sample.ground.db.engine, "before_cursor_execute", lambda _c, _k, statement, *_rest: seen.append(statement))
    counts = []
    for address in (f"{BANK}?search=felt_pressed", BANK, f"{BANK}?type=csat&journey=loans"):
        seen.clear()
        assert designer.get(address).status_code == 200
        counts.append(len(seen))
    assert len(set(counts)) == 1, counts
    for odd in ("cursor=x", "type=hologram", "owner=nobody", "state=odd", "search=" + "长" * 500, "kind=x", "language=%25", "journey='--"):
        assert designer.get(f"{BANK}?{odd}").status_code == 200, odd


def test_a_question_is_added_revised_compared_retired_and_offered_again(sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    with sample.ground.writing() as session:
        session.add(store.BankCategory(axis="journey", code="outlet", name_zh="网点", name_en="Outlet"))
    designer = sign_in(Role.DESIGNER)
    given = {"text": "Was it quick?", "code": "quick", "type": "single", "journey": "outlet", "tags": "a, b，a"}
    assert designer.post(f"{BANK}/new", data={**given, "code": "No!"}).status_code == 422
    assert designer.post(f"{BANK}/new", data={**given, "journey": "moon"}).status_code == 422
    answer = designer.post(f"{BANK}/new", data=given)
    assert answer.status_code == 302
    assert designer.post(f"{BANK}/new", data=given).status_code == 422
    edit = answer.location
    options = {"option-0-text-en": "Yes", "option-1-text-en": "No", "option-1-score": "x"}
    assert designer.post(edit, data={"revision": 1, "text-en": "Quick?", **options}).status_code == 422
    options["option-1-score"] = "2"
    assert designer.post(edit, data={"revision": 1, "text-en": "Quick?", "journey": "moon", **options}).status_code == 422
    assert designer.post(edit, data={"revision": 1, "text-en": "Quick?", **options}).status_code == 302
    late = designer.post(edit, data={"revision": 1, "text-en": "Late", **options})
    assert late.status_code == 409
    assert "Quick?" in late.text
    assert "Late" in late.text
    show = edit.removesuffix("/edit")
    compared = designer.get(f"{show}/compare").text
    assert "<del>Was it quick</del><ins>Quick</ins>?" in compared
    assert designer.get(f"{show}/compare?old=1&new=9").status_code == 404
    assert designer.get(f"{show}/compare?old=x").status_code == 200
    assert designer.post(f"{show}/retire").status_code == 302
    assert designer.post(edit, data={"revision": 2, "text-en": "No"}).status_code == 409
    assert "Offer it again" in designer.get(show).text
    assert designer.post(f"{show}/restore").status_code == 302
    assert "Revise" in designer.get(show).text


@pytest.mark.parametrize("kind", list(QuestionType))
def test_the_form_of_every_type_saves_what_it_shows(designer: FlaskClient, sample: Sample, kind: QuestionType) -> None:
    with sample.ground.reading() as session:
        found = next(one for one in bank.find(session, Filters(type=kind.value)) if isinstance(one.content, Question))
    page = designer.get(f"{BANK}/{found.row.id}/edit")
    assert page.status_code == 200
    saved = designer.post(f"{BANK}/{found.row.id}/edit", data={**_fields(page.text), "tags": ", ".join(found.row.tags)})
    assert saved.status_code == 302
    with sample.ground.reading() as session:
        row, revisions = bank.show(session, found.row.id)
        assert row.revision == 1, (revisions[0].changes, bank.content_of(revisions[0]), found.content)
    assert designer.get(f"{BANK}/{found.row.id}").status_code == 200


def _fields(html: str) -> dict[str, str]:
    """What a browser would send of the page's main form as it stands."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[str, str] = {}
            self.area = self.select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            name = given.get("name") or ""
            if tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
                self.found[name] = given.get("value") or ""
            if tag == "textarea":
                self.area, self.found[name] = name, ""
            if tag == "select":
                self.select = name
            if tag == "option" and self.select and "selected" in given:
                self.found[self.select] = given.get("value") or ""

        def handle_data(self, data: str) -> None:
            if self.area:
                self.found[self.area] += data

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.area = ""
            if tag == "select":
                self.select = ""

    reader = Fields()
    reader.feed(html[html.index("<main") :])
    return reader.found


def test_while_somebody_types_the_page_says_which_question_is_alike(designer: FlaskClient, sample: Sample) -> None:
    warned = designer.get(f"{BANK}/alike", query_string={"text-zh-Hans": "您对这次排队等候的时间满意吗？"}).text
    assert "您对这次等候的时间满意吗" in warned
    assert "% alike" in warned
    assert "您对这次等候的时间满意吗" in designer.get(f"{BANK}/alike", query_string={"text": "您对这次排队等候的时间满意吗"}).text
    own = of(sample, "queue_satisfaction").rsplit("/", 1)[1]
    assert "queue_satisfaction" not in designer.get(f"{BANK}/alike", query_string={"text": "您对这次等候的时间满意吗？", "but": own}).text
    assert designer.get(f"{BANK}/alike?text=x&but=nonsense").status_code == 200
    saved = designer.post(f"{of(sample, 'greeted')}/edit", data={"revision": 9, "text-en": "Was your question answered?"})
    assert saved.status_code == 409
    assert "question_solved" in saved.text


def test_words_of_others_are_shown_as_text(designer: FlaskClient, sample: Sample) -> None:
    nasty = "<script>alert(1)</script>"
    assert designer.post(f"{of(sample, 'greeted')}/edit", data={"revision": 1, "text-en": nasty, "text-zh-Hans": nasty}).status_code == 302
    for address in (of(sample, "greeted"), f"{BANK}?search=script", f"{of(sample, 'greeted')}/compare"):
        page = designer.get(address).text
        assert nasty not in page
        assert "&lt;script&gt;" in page


def test_a_section_is_put_together_of_bank_questions(designer: FlaskClient, sample: Sample) -> None:
    made = designer.post(f"{BANK}/new", data={"text": "Greeting", "code": "greeting", "type": "section", "journey": "outlet"})
    edit = made.location
    assert designer.post(edit, data={"revision": 1, "title-en": "Greeting", "add-0": "nothing"}).status_code == 422
    assert designer.post(edit, data={"revision": 1, "title-en": "Greeting", "add-0": "greeted", "add-1": "patience"}).status_code == 302
    assert "Did somebody ask" in designer.get(edit).text
    assert designer.post(edit, data={"revision": 2, "title-en": "Greeting", "place-greeted": "x"}).status_code == 422
    assert designer.post(edit, data={"revision": 1, "title-en": "Greeting", "place-greeted": "2"}).status_code == 409
    assert designer.post(edit, data={"revision": 2, "title-en": "Hello", "place-greeted": "2", "place-patience": "1"}).status_code == 302
    with sample.ground.reading() as session:
        row = store.by_code(session, "greeting")
        assert row is not None
        assert [one.code for one in bank.take_section(session, row.id)] == ["patience", "greeted"]
    assert designer.get(edit.removesuffix("/edit") + "/compare").status_code == 200


def test_files_go_out_and_come_in_with_a_preview(designer: FlaskClient, sign_in: Callable[..., FlaskClient]) -> None:
    out = designer.get(f"{BANK}/export.csv?journey=loans")
    assert "attachment" in out.headers["Content-Disposition"]
    assert b"loan_effort" in out.data
    assert b"greeted" not in out.data
    assert designer.get(f"{BANK}/export.pdf").status_code == 404
    changed = out.data.replace("申请这笔贷款很轻松".encode(), "申请贷款很轻松".encode())
    shown = designer.post(f"{BANK}/import", data={"file": (io.BytesIO(changed), "loans.csv")})
    assert shown.status_code == 302
    preview = designer.get(shown.location).text
    assert "Add 0, revise 1" in preview
    assert sign_in(Role.ANALYST).get(shown.location).status_code == 403
    assert designer.post(shown.location).status_code == 302
    assert designer.get(shown.location).status_code == 404
    assert "申请贷款很轻松" in designer.get(f"{BANK}?search=loan_effort").text or "Revision" in designer.get(BANK).text
    again = designer.post(f"{BANK}/import", data={"file": (io.BytesIO(out.data), "loans.csv")}).location
    assert designer.post(again, data={"act": "drop"}).status_code == 302
    assert designer.get(again).status_code == 404


def test_a_file_that_is_too_large_or_empty_is_answered_clearly(designer: FlaskClient) -> None:
    address = f"{BANK}/import"
    for megabytes, name, words in ((6, "big.csv", "too large|file_too_large"), (0, "none.csv", "is empty|file_empty")):
        body = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n{"x" * megabytes * 1024 * 1024}\r\n--x--\r\n'
        sent = designer.post(address, data=body.encode(), content_type="multipart/form-data; boundary=x")
        assert sent.status_code == 422
        assert re.search(words, sent.text)
    huge = {"CONTENT_LENGTH": str(50 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    sent = designer.post(address, environ_overrides=huge)
    assert sent.status_code == 413
    assert "Too large" in sent.text
    assert designer.post(address, data={}).status_code == 422


def test_categories_are_data(designer: FlaskClient) -> None:
    given = {"axis": "touchpoint", "code": "vault", "name_zh": "保管箱", "name_en": "Safe deposit"}
    assert designer.post(f"{BANK}/categories", data={**given, "name_zh": ""}).status_code == 422
    assert designer.post(f"{BANK}/categories", data=given).status_code == 302
    assert "Safe deposit" in designer.get(f"{BANK}/categories").text
    assert "Safe deposit" in designer.get(f"{BANK}/new").text
    assert designer.post(f"{BANK}/categories/touchpoint/vault/retire").status_code == 302
    assert "Safe deposit" not in designer.get(f"{BANK}/new").text
    assert designer.post(f"{BANK}/categories/touchpoint/nothing/retire").status_code == 404


def test_readers_read_and_do_not_write(designer: FlaskClient, sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    reader = sign_in(Role.ANALYST)
    show = of(sample, "greeted")
    assert "Revise" not in reader.get(show).text
    for address in (f"{BANK}/new", f"{show}/edit", f"{BANK}/import"):
        assert reader.get(address).status_code == 403, address
    for address in (f"{show}/retire", f"{BANK}/categories", f"{BANK}/shipped"):
        assert reader.post(address).status_code == 403, address
    assert sign_in(Role.CASE_HANDLER, "O1").get(BANK).status_code == 403
