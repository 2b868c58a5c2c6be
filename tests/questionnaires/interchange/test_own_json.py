"""Our own JSON: out and in again unchanged; what is not ours is refused with the place of what is wrong."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.people.rules.roles import Role
from questionnaires.interchange import formats, own_json
from questionnaires.interchange.formats import CannotRead
from questionnaires.library import library, store
from questionnaires.library.templates import templates
from questionnaires.logic.definition import Definition, QuestionType
from tests.bank import Sample
from tests.questionnaires.library.world import both, definition, nps, words

HOME = "/portal/questionnaires"
SignIn = Callable[..., FlaskClient]
TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40)


@pytest.mark.parametrize("code", [one.code for one in templates()])
def test_every_template_comes_back_as_it_was(code: str) -> None:
    made = next(one.definition for one in templates() if one.code == code)
    imported, report = formats.read(own_json.write(made, code))
    assert imported.definition == made
    assert (report.questions, report.pages, report.languages, report.errors) == (len(made.by_code), len(made.pages), 2, 0)


@given(st.lists(st.tuples(st.sampled_from(list(QuestionType)), TEXT, st.booleans(), st.lists(TEXT, max_size=4)), max_size=8))
@settings(max_examples=30, deadline=None)
def test_whatever_the_builder_makes_survives(given_questions: list[tuple[QuestionType, str, bool, list[str]]]) -> None:
    questions = [
        {
            "code": f"q{number}",
            "type": kind.value,
            "text": {"en": text},
            "required": required,
            "options": [{"code": f"o{n}", "text": {"zh-Hans": one}} for n, one in enumerate(options)],
            **(
                {"show_if": {"all": [{"field": "q0", "op": "present"}, {"field": "event.x", "op": "in", "value": [1, "a"]}]}}
                if number
                else {}
            ),
        }
        for number, (kind, text, required, options) in enumerate(given_questions)
    ]
    made = Definition.from_json({"title": both("x"), "pages": [{"id": "p1", "questions": questions}]})
    assert formats.read(own_json.write(made, "q"))[0].definition == made


NESTED = "[" * 50_000
BAD = {
    "not_json": [b"", b"PK\x03\x04 a spreadsheet", b"{", b'{"pages": NaN}', b"\xff\xfe{}", NESTED.encode()],
    "not_a_questionnaire": [b"[]", b"3", json.dumps({"kind": "soundings.questionnaire", "version": 9, "definition": {}}).encode()],
}


@pytest.mark.parametrize(("data", "code"), [(data, code) for code, many in BAD.items() for data in many])
def test_nonsense_is_refused_in_a_word(data: bytes, code: str) -> None:
    with pytest.raises(CannotRead) as refused:
        formats.read(data, "json")
    assert refused.value.fields == {"file": code}


MANY = [{"code": f"o{number}"} for number in range(1000)]


def _file(**changes: object) -> bytes:
    return json.dumps({**definition().to_json(), **changes}).encode()


@pytest.mark.parametrize(("data", "place", "code"), [
    (_file(wings=2), "wings", "unknown_key"),
    (_file(pages=[{"id": "p1", "questions": [nps(), nps()]}]), "nps", "code_twice"),
    (_file(pages=[{"id": "p1"}, {"id": "p1"}]), "p1", "code_twice"),
    (_file(pages=[{"id": "p1", "questions": [words(type="telepathy")]}]), "pages.1.questions.1.type", "choice_unknown"),
    (_file(pages=[{"id": "p1", "questions": [words(type="single", options=MANY)]}]), "pages.1.questions.1.options", "list_too_long"),
    (_file(pages=[{"id": "p1", "questions": [words("Not A Code")]}]), "pages.1.questions.1.code", "code_malformed"),
    (_file(languages=["en", "en"]), "file", "value_refused"),
    (_file(title={"not a tag!": "x"}), "title.not a tag!.[key]", "code_malformed"),
])  # fmt: skip
def test_what_is_wrong_is_named_by_its_place(data: bytes, place: str, code: str) -> None:
    with pytest.raises(CannotRead) as refused:
        formats.read(data, "json")
    assert refused.value.fields == {place: code}


def test_conditions_in_a_circle_come_in_and_are_found_by_the_check() -> None:
    circle = definition([words("a", show_if={"field": "b", "op": "present"}), words("b", show_if={"field": "a", "op": "present"})])
    report = formats.read(own_json.write(circle, "q"))[1]
    assert report.conditions == 2
    assert report.errors >= 1


@pytest.mark.sqlite_only
def test_a_file_goes_out_and_in_over_the_pages(sample: Sample, sign_in: SignIn) -> None:
    designer = sign_in(Role.DESIGNER)
    designer.post(f"{HOME}/new", data={"title_en": "", "code": "loans", "start": "template:loan_application", "folder": ""})
    with sample.ground.reading() as session:
        first = library.by_code(session, "loans")
    given_file = designer.get(f"{HOME}/{first.id}/file")
    assert given_file.headers["Content-Disposition"] == 'attachment; filename="loans.json"'
    sent = {"file": (BytesIO(given_file.data), "loans.json"), "folder": "", "code": ""}
    seen = designer.post(f"{HOME}/from-file", data=sent, content_type="multipart/form-data")
    assert seen.status_code == 302
    assert "Make a draft" in designer.get(seen.location).text
    with sample.ground.reading() as session:
        assert store.count(session) == 1  # looking at it makes nothing
    assert designer.post(seen.location, data={"code": "", "folder": ""}).status_code == 302
    with sample.ground.reading() as session:
        assert library.draft_of(library.by_code(session, "loans_2")) == library.draft_of(first)
    assert sign_in(Role.AUDITOR).post(f"{HOME}/from-file", data={}).status_code == 403


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("data", "status", "said"), [
    (b"", 422, "Nothing was taken over"),
    (b'{"kind": "cake"}', 422, "Nothing was taken over"),
    (b" " * (6 * 1024 * 1024), 422, "Nothing was taken over"),
    (b" " * (50 * 1024 * 1024), 413, "too large"),
])  # fmt: skip
def test_a_bad_upload_says_so_and_makes_nothing(sample: Sample, sign_in: SignIn, data: bytes, status: int, said: str) -> None:
    designer = sign_in(Role.DESIGNER)
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="x.json"\r\n\r\n'
    body = head + data + b"\r\n--edge--\r\n"
    answer = designer.post(f"{HOME}/from-file", data=body, content_type="multipart/form-data; boundary=edge")
    assert answer.status_code == status
    assert said in answer.text
    with sample.ground.reading() as session:
        assert store.count(session) == 0


@pytest.mark.sqlite_only
def test_the_commands_write_and_read_with_a_report(sample: Sample, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from portal.shell.cli import OpenGround
    from questionnaires.interchange.commands import questionnaires

    source = tmp_path / "visit.json"
    source.write_bytes(own_json.write(definition(), "visit"))
    opened = OpenGround(())
    opened._ground = sample.ground
    runner = CliRunner()
    done = runner.invoke(questionnaires, ["import", str(source), "--json"], obj=opened)
    assert done.exit_code == 0, done.output
    report = json.loads(done.output)
    assert (report["code"], report["questions"], report["conditions"], report["not_carried"]) == ("visit", 2, 1, [])
    written = runner.invoke(questionnaires, ["export", "visit"], obj=opened)
    assert written.exit_code == 0, written.output
    assert written.output.encode() == source.read_bytes()
