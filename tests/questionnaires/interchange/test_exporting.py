"""What goes out comes in again: SurveyJS in everything both know, LimeSurvey in the form of the samples, XLSForm as pyxform takes it."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.interchange import formats
from questionnaires.library.templates import templates
from questionnaires.logic.columns import answer_columns
from questionnaires.logic.definition import Definition
from questionnaires.reports import exports

pytestmark = pytest.mark.sqlite_only
SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "questionnaires" / "lss" / "citric_answers.lss"
WORDS = st.text("abc äß中文 ,.?", min_size=1, max_size=20).map(lambda words: " ".join(words.split())).filter(bool)
TEXTS = st.fixed_dictionaries({"en": WORDS, "zh-Hans": WORDS})
CODES = st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=4, unique=True)


@st.composite
def questions(draw: st.DrawFn, code: str, before: list[dict[str, Any]]) -> dict[str, Any]:
    """A question that SurveyJS has too, perhaps with a condition over an earlier one."""
    kind = draw(
        st.sampled_from(
            ("nps", "csat", "ces", "single", "multiple", "yes_no", "matrix_single", "ranking", "number", "short_text", "long_text", "date")
        )
    )
    made: dict[str, Any] = {"code": code, "type": kind, "text": draw(TEXTS), "required": draw(st.booleans())}
    if kind in ("single", "multiple", "ranking", "matrix_single"):
        made["options"] = [{"code": one, "text": draw(TEXTS)} for one in draw(CODES)]
    if kind == "matrix_single":
        made["rows"] = [{"code": one, "text": draw(TEXTS)} for one in draw(CODES)]
    if kind in ("single", "multiple") and draw(st.booleans()):
        made["options"].append({"code": "other", "text": draw(TEXTS), "other": True})
    earlier = [one for one in before if one["type"] != "matrix_single"]
    if earlier and draw(st.booleans()):
        made["show_if"] = draw(conditions(earlier))
    return made


@st.composite
def conditions(draw: st.DrawFn, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    tests = [
        draw(held_against(one))
        for one in draw(st.lists(st.sampled_from(earlier), min_size=1, max_size=3, unique_by=lambda one: one["code"]))
    ]
    return tests[0] if len(tests) == 1 else {draw(st.sampled_from(("all", "any"))): tests}


@st.composite
def held_against(draw: st.DrawFn, one: dict[str, Any]) -> dict[str, Any]:
    kind, field = one["type"], one["code"]
    if kind in ("single", "multiple", "ranking"):
        code = draw(st.sampled_from([option["code"] for option in one["options"]]))
        return {"field": field, "op": "eq" if kind == "single" else "contains", "value": code}
    if kind in ("nps", "csat", "ces", "number"):
        return {"field": field, "op": draw(st.sampled_from(("eq", "lt", "le", "gt", "ge"))), "value": draw(st.integers(0, 10))}
    if kind == "yes_no":
        return {"field": field, "op": "eq", "value": draw(st.booleans())}
    return {"field": field, "op": draw(st.sampled_from(("present", "absent")))}


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    pages: list[dict[str, Any]] = []
    before: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 3))):
        held = []
        for place in range(draw(st.integers(1, 3))):
            held.append(draw(questions(f"q{number}_{place}", before)))
            before.append(held[-1])
        pages.append({"id": f"page_{number}", "title": draw(TEXTS), "questions": held})
    first = next((one for one in before if one["type"] == "nps"), None)
    if first is not None:
        first["indicator"] = "nps"  # as it is given when it comes in
    return Definition.from_json({"title": draw(TEXTS), "kind": "relationship", "thank_you": draw(TEXTS), "pages": pages})


@given(definitions())
@settings(max_examples=40, deadline=None)
def test_what_surveyjs_can_say_comes_back_from_it_as_it_was(made: Definition) -> None:
    imported, report = formats.read(formats.write(made, "surveyjs", "x").data, "surveyjs")
    assert imported.definition == made
    assert report.conditions_not_carried == 0
    assert formats.read(formats.write(made, "json", "x").data, "json")[0].definition == made


@pytest.mark.parametrize("one", templates(), ids=lambda one: one.code)
def test_every_template_goes_out_in_every_format_and_comes_back_with_its_questions(one: Any) -> None:
    for name in formats.WRITABLE:
        written = formats.write(one.definition, name, one.code)
        imported, report = formats.read(written.data, name)
        assert report.languages == 2
        asked = {q.code for q in one.definition.questions() if q.type not in ("hidden", "statement")}
        back = {q.code.replace("_", "") for q in imported.definition.questions()} | {
            q.code.partition("__")[0] for q in imported.definition.questions()
        }
        lost = {note.where for note in written.notes}
        assert {code for code in asked if code.replace("_", "") not in back} <= lost | {
            code for code in asked if any(k.startswith(code) for k in imported.definition.by_code)
        }


@pytest.mark.skipif(not SAMPLE.exists(), reason="the folder of real files is not there")
def test_an_lss_has_the_tables_and_columns_of_a_real_one() -> None:
    real = {table.tag: {cell.text for cell in table.iterfind("fields/fieldname")} for table in ElementTree.parse(SAMPLE).getroot()}  # noqa: S314
    needed = {
        "questions": {"qid", "gid", "type", "title", "relevance", "mandatory"},
        "question_l10ns": {"qid", "question", "language"},
        "groups": {"gid", "grelevance"},
    }
    for one in templates():
        root = ElementTree.fromstring(formats.write(one.definition, "lss", one.code).data)  # noqa: S314
        assert root.tag == "document"
        assert root.findtext("LimeSurveyDocType") == "Survey"
        for table in root:
            fields = {cell.text for cell in table.iterfind("fields/fieldname")}
            assert fields <= real.get(table.tag, set()) | {"script"}, table.tag
            assert needed.get(table.tag, set()) <= fields
        qids = [row.findtext("qid") for row in root.iterfind("questions/rows/row")] + [
            row.findtext("qid") for row in root.iterfind("subquestions/rows/row")
        ]
        assert len(set(qids)) == len(qids)
        assert {row.findtext("parent_qid") for row in root.iterfind("subquestions/rows/row")} <= set(qids)
        titles = [row.findtext("title") or "" for row in root.iterfind("questions/rows/row")]
        assert all(title.isalnum() and title[0].isalpha() for title in titles)


def test_pyxform_takes_every_xlsform_that_we_write() -> None:
    convert = pytest.importorskip("pyxform.xls2xform").convert
    for one in templates():
        found = convert(xlsform=formats.write(one.definition, "xlsform", one.code).data, file_type=".xlsx")
        assert "<h:html" in found.xform


def test_what_a_format_cannot_say_is_told() -> None:
    hidden = {"code": "h", "type": "hidden", "source": "event.channel"}
    asked = {
        "code": "a",
        "type": "single",
        "text": {"en": "A?"},
        "options": [{"code": "x", "text": {"en": "X"}}, {"code": "y", "text": {"en": "Y"}}],
    }
    later = {"code": "b", "type": "short_text", "text": {"en": "B?"}, "show_if": {"field": "event.channel", "op": "eq", "value": "app"}}
    pages = [{"id": "p1", "questions": [hidden, asked, later], "jumps": [{"go_if": {"field": "a", "op": "eq", "value": "x"}, "to": "end"}]}]
    made = Definition.from_json({"title": {"en": "T"}, "languages": ["en"], "pages": pages, "theme": "dark"})
    for name, constructs in {
        "surveyjs": {"hidden", "jumps", "theme"},
        "lss": {"jumps", "theme", "relevance"},
        "xlsform": {"jumps", "theme", "show_if"},
    }.items():
        assert constructs <= {note.construct for note in formats.write(made, name, "x").notes}, name
    assert json.loads(formats.write(made, "surveyjs", "x").data)["pages"][0]["elements"][1]["visibleIf"] == "{event.channel} = 'app'"


def test_chosen_options_go_out_as_codes_or_in_words() -> None:
    options = [{"code": "a", "text": {"en": "Queue"}}, {"code": "b", "text": {"en": "Staff"}}]
    asked = [
        {"code": "q", "type": "multiple", "text": {"en": "What?"}, "options": options},
        {"code": "y", "type": "yes_no", "text": {"en": "Again?"}},
    ]
    columns = answer_columns(
        Definition.from_json({"title": {"en": "T"}, "languages": ["en"], "pages": [{"id": "p", "questions": asked}]}), "en"
    )
    answers = {"q": ["a", "b"], "y": False}
    assert [exports._maker(column)(answers) for column in columns] == ["a b", 0]
    assert [exports._labelled(column)(answers) for column in columns] == ["Queue; Staff", "No"]
