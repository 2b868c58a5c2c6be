"""Files of other programs come in: counts held against the file itself, by name whatever did not come, nothing half made."""

import io
import json
import random
import re
import time
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from questionnaires.interchange import formats
from questionnaires.interchange.formats import CannotRead, Imported, Report
from questionnaires.interchange.labels import WORDS
from questionnaires.logic.definition import QuestionType
from questionnaires.logic.paging import shown_questions
from tests.questionnaires.interchange import made, mutating

pytestmark = pytest.mark.sqlite_only
DATA = Path(__file__).parents[4] / "shared" / "data" / "questionnaires"
FILES = sorted(DATA.glob("*/*"))
Q = QuestionType
needs_files = pytest.mark.skipif(not FILES, reason="the folder of real files is not there")


def read(data: bytes, name: str = formats.AUTO) -> tuple[Imported, Report]:
    return formats.read(data, name)


def rows(root: ElementTree.Element, table: str) -> list[dict[str, str]]:
    found = root.find(f"{table}/rows")
    return [{cell.tag: cell.text or "" for cell in row} for row in found] if found is not None else []


def in_lss(data: bytes) -> dict[str, int]:
    """Counted by hand: questions without a parent, once for all their languages; answers likewise, and ticks of multiple choices."""
    root = ElementTree.fromstring(data)  # noqa: S314  # a file of the tests
    top = {row["qid"]: row for row in rows(root, "questions") if row.get("parent_qid", "0") in ("", "0")}
    answers = {(row["qid"], row["code"], row["scale_id"]) for row in rows(root, "answers") if row["qid"] in top}
    ticked = {row["qid"] for row in top.values() if row["type"] in "MP"}
    grids = {
        row["qid"] for row in rows(root, "question_attributes") if row["attribute"] == "multiflexible_checkbox" and row["value"] == "1"
    }
    ranked = {qid for qid, row in top.items() if row["type"] == "R"} - {qid for qid, _code, _scale in answers}
    subs = {(row["qid"], row["parent_qid"], row.get("scale_id", "0")) for row in rows(root, "subquestions")}
    count = len(answers) + sum(
        parent in ticked | ranked or (parent in grids and scale == "1" and top[parent]["type"] == ":") for _qid, parent, scale in subs
    )
    shares = {
        row["qid"]
        for row in rows(root, "question_attributes")
        if row["attribute"] == "equals_num_value" and re.fullmatch(r"\d+", row["value"].strip())
    }
    count += sum(parent in shares and top[parent]["type"] == "K" for _qid, parent, _scale in subs)
    groups = {row["gid"] for row in rows(root, "groups")}
    return {"pages": len(groups), "questions": len(top), "options": count, "languages": len(root.findall("languages/language"))}


def in_surveyjs(data: bytes) -> dict[str, int]:
    raw = json.loads(data)
    elements: list[dict[str, Any]] = []

    def walk(one: Any) -> None:
        for element in one.get("elements", one.get("questions", [])):
            elements.append(element)
            walk(element)

    pages = raw.get("pages", [raw])
    for page in pages:
        walk(page)
    asked = [one for one in elements if one["type"] != "panel"]
    special = sum(bool(one.get(switch)) for one in asked for switch in ("showOtherItem", "hasOther", "showNoneItem", "hasNone"))
    return {
        "pages": len(pages),
        "questions": len(asked),
        "options": special + sum(len(one.get("choices") or one.get("columns") or []) for one in asked),
    }


def in_qsf(data: bytes) -> dict[str, int]:
    raw = json.loads(data)["SurveyElements"]
    blocks = [
        block
        for one in raw
        if one["Element"] == "BL"
        for block in (one["Payload"].values() if isinstance(one["Payload"], dict) else one["Payload"])
    ]
    trash = {part.get("QuestionID") for block in blocks if block["Type"] == "Trash" for part in block.get("BlockElements", [])}
    return {"questions": sum(one["Element"] == "SQ" and one["PrimaryAttribute"] not in trash for one in raw)}


def in_xlsform(data: bytes) -> dict[str, int]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheets = {sheet.title.lower(): [list(row) for row in sheet.iter_rows(max_row=300, max_col=30, values_only=True)] for sheet in book}
    survey = sheets.get("survey") or next(iter(sheets.values()))
    head = [str(cell or "").strip().lower() for cell in survey[0]]
    kinds = [str(row[head.index("type")] or "").strip().lower() for row in survey[1:]]
    off = head.index("disabled") if "disabled" in head else None
    asked = [
        kind
        for kind, row in zip(kinds, survey[1:], strict=True)
        if kind and not re.match(r"(begin|end)[ _]", kind) and not (off is not None and row[off] == "yes")
    ]
    return {"questions": len(asked)}


COUNTED = {"lss": in_lss, "surveyjs": in_surveyjs, "qsf": in_qsf, "xlsform": in_xlsform}


@needs_files
@pytest.mark.filterwarnings("ignore:Unknown extension")
@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_every_real_file_comes_in_and_its_counts_are_those_of_the_file(file: Path) -> None:
    data = file.read_bytes()
    imported, report = formats.read(data, formats.AUTO, file.name)
    assert report.format == file.parent.name
    expected = COUNTED[file.parent.name](data)
    assert {name: report.in_file[name] for name in expected} == expected
    left_out = [one for one in report.not_carried if one["code"] in LEFT_OUT and one["construct"] not in BESIDE]
    too_many = any(one["code"] == "too_many_questions" for one in report.not_carried)
    assert too_many or report.questions == report.in_file["questions"] - len(left_out)
    assert report.conditions == report.in_file["conditions"] - report.conditions_not_carried >= 0
    assert all(one["why"] and one["construct"] for one in (*report.not_carried, *report.changed))
    assert report.errors == len(report.stops)
    shown = [q for number in range(len(imported.definition.pages)) for q in shown_questions(imported.definition, number, {})]
    assert shown or any(one["code"] == "never_shown" for one in report.changed)


LEFT_OUT = frozenset({"language_switch", "computed", "of_device", "map", "type_lacking", "not_in_flow"})
"""Codes by which a question of a file is left out, but where they are told of one of these:"""
BESIDE = ("EmbeddedData", "calculation")


def test_every_type_of_limesurvey_has_a_place_here_old_and_new() -> None:
    for old in (True, False):
        imported, report = read(made.every_letter(old=old))
        assert (report.in_file["questions"], report.questions, report.questions_made) == (30, 28, 38)
        assert {one["construct"] for one in report.not_carried} == {"I", "*"}
        types = Counter(one.type for one in imported.definition.questions())
        assert types[Q.MATRIX_SINGLE] == 6  # two scales, C, E, F, H
        assert {"q26_c1", "q27_r1_c1", "q16_r1_comment", "q15_comment"} <= set(imported.definition.by_code)
        assert report.errors == 0


def test_limesurvey_conditions_filters_and_validation() -> None:
    subs = [("a", "A"), ("b", "B")]
    questions = [
        {
            "code": "pick",
            "type": "M",
            "subs": subs,
            "other": "Y",
            "attributes": {"exclude_all_others": "b", "max_answers": "1", "random_order": "1"},
        },
        {
            "code": "age",
            "type": "N",
            "mandatory": "Y",
            "attributes": {"min_num_value_n": "1", "em_validation_q": "self > 2", "em_validation_q_tip": "More"},
        },
        {
            "code": "why",
            "type": "T",
            "text": "You are {age}, <b>{pick.shown}</b>?<script>x</script>",
            "relevance": 'pick_a.NAOK == "Y" and age != 5',
        },
        {"code": "grid", "type": "F", "gid": 2, "subs": subs, "answers": [("1", "x"), ("2", "y")], "attributes": {"array_filter": "pick"}},
        {"code": "hard", "type": "S", "gid": 2, "relevance": "regexMatch('/a/', why) && age > 3"},
        {"code": "both", "type": "S", "gid": 2, "relevance": "age.NAOK > 3 and sum(age, 2) > 4"},
        {"code": "old", "type": "S", "gid": 2, "relevance": '7X1X104.NAOK >= "18" or !is_empty(7X1X105)'},
    ]
    imported, report = read(made.lss(questions))
    by_code = {code: one.model_dump(mode="json", exclude_defaults=True) for code, one in imported.definition.by_code.items()}
    assert by_code["why"]["show_if"] == {
        "all": [
            {"field": "pick", "op": "contains", "value": "a"},
            {"any": [{"field": "age", "op": "absent"}, {"field": "age", "op": "ne", "value": 5}]},
        ]
    }
    assert by_code["why"]["text"] == {"en": "You are {{age}}, {{pick}}?"}
    assert by_code["grid"]["carry"] == {"question": "pick", "chosen": True} or by_code["grid"]["carry"] == {"question": "pick"}
    assert [one.exclusive for one in imported.definition.by_code["pick"].options] == [False, True, False]
    assert by_code["age"]["rules"][0]["message"] == {"en": "More"}
    assert "show_if" not in by_code["hard"]
    assert {(one["where"], one["code"]) for one in report.not_carried if one["construct"] == "relevance"} == {
        ("hard", "expression_function"), ("both", "expression_function"),
    }  # fmt: skip
    assert by_code["old"]["show_if"]["any"][0] == {"field": "age", "op": "ge", "value": 18}
    assert imported.definition.page_of["why"] > imported.definition.page_of["age"]  # words hang on it, so the page was parted


def test_parts_of_a_survey_and_the_tab_separated_form() -> None:
    questions = [{"code": "a", "type": "L", "answers": [("1", "One"), ("2", "Two")]}]
    for kind, name in (("Group", "lsg"), ("Question", "lsq")):
        imported, report = read(made.lss(questions, kind=kind))
        assert (report.format, report.questions, report.options) == (name, 1, 2)
    imported, report = read(made.full_tsv())
    assert (report.format, report.questions, report.options, report.languages, report.conditions) == ("tsv", 3, 4, 2, 2)
    assert imported.definition.by_code["which"].text == {"en": "Which?", "de": "Welche?"}
    assert [one.code for one in imported.definition.by_code["which"].options] == ["r", "b", "oth"]


def test_every_type_of_surveyjs_and_the_words_of_each_language() -> None:
    imported, report = read(json.dumps(made.every_surveyjs()).encode())
    assert report.in_file["questions"] == report.questions + 2  # an expression and a picture
    assert imported.definition.by_code["q2"].text == {"en": "radiogroup", "de": "radiogroup (de)"}
    assert {"expression", "image", "matrixdynamic", "paneldynamic", "triggers"} <= {one["construct"] for one in report.not_carried}
    assert report.conditions_not_carried == 0


def test_a_full_xlsform_and_cascades() -> None:
    imported, report = read(made.full_xlsform())
    made_of = imported.definition.by_code
    assert (report.in_file["questions"], report.questions, report.languages, report.conditions) == (18, 15, 2, 4)
    assert [one.show_if.value for one in made_of["county"].options] == ["a", "b"]  # type: ignore[union-attr]  # single tests
    assert made_of["owner"].show_if is not None
    assert made_of["owner"].text["en"] == "Do you own it, {{name}}?"
    assert {one["construct"] for one in report.not_carried} >= {"begin repeat", "calculate", "geopoint", "start", "select_one nowhere"}
    assert (made_of["pain"].type, made_of["pain"].max, made_of["pain"].step) == (Q.SLIDER, 10, 2)
    assert (made_of["sign"].type, made_of["ok"].type, made_of["order"].type) == (Q.SIGNATURE, Q.CONSENT, Q.RANKING)


def test_a_full_qsf_with_its_flow() -> None:
    imported, report = read(made.full_qsf())
    definition = imported.definition
    assert (report.in_file["questions"], report.questions, report.conditions_not_carried) == (14, 12, 0)
    assert [one.code for one in definition.by_code["qid13"].options] == ["0", "1"]
    assert definition.by_code["qid13"].carry is not None
    assert definition.by_code["branch"].type is Q.HIDDEN
    assert [jump.to for page in definition.pages for jump in page.jumps] == ["bl_1_3", "end"]
    assert {one["code"] for one in report.not_carried} >= {"repeat", "type_lacking", "not_in_flow", "block_twice"}
    assert [one["where"] for one in report.changed if one["code"] == "in_trash"] == ["qid15"]
    assert "qid15" not in definition.by_code


def test_a_fhir_questionnaire_with_items_in_items() -> None:
    imported, report = read(made.full_fhir())
    made_of = imported.definition.by_code
    assert (report.pages, report.in_file["questions"], report.questions, report.conditions, report.conditions_not_carried) == (
        2,
        17,
        16,
        2,
        0,
    )
    assert made_of["q_1_1"].text == {"en": "Do you smoke?", "de": "Rauchen Sie?"}
    assert made_of["q_1_2_1"].show_if == made_of["q_1_2_2"].show_if is not None
    assert [one.code for one in made_of["q_2"].options] == ["r", "b", "other"]
    assert made_of["q_1_2_2"].type is Q.MULTIPLE


ENTITY = '<!DOCTYPE d [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
ONE = [{"code": "a", "type": "S"}]


def bomb() -> bytes:
    """A spreadsheet whose one sheet unpacks to hundreds of megabytes of one row's blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made.full_xlsform())) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in good.namelist():
            data = good.read(name)
            bad.writestr(name, b"<worksheet><sheetData><row><c><v>" + b" " * 420_000_000 if name.endswith("sheet1.xml") else data)
    return out.getvalue()


def deep(levels: int) -> bytes:
    return b'{"elements":[' + b'{"type":"panel","name":"p","elements":[' * levels + b"]}" * levels + b"]}"


BAD = [
    ("lss", made.lss(ONE, extra=ENTITY), "entities_refused"),
    ("lss", made.lss(ONE, extra=OUTSIDE), "entities_refused"),
    ("lss", made.lss(ONE)[:-40], "not_xml"),
    ("lss", b"<document>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</document>", "nested_too_deep"),
    ("lss", b"<document/>", "not_limesurvey"),
    ("lss", made.lss(ONE).replace(b'"UTF-8"', b'"wrong"'), "not_xml"),
    ("surveyjs", deep(10_000), "nested_too_deep"),
    ("surveyjs", deep(70), "nested_too_deep"),
    ("surveyjs", b"[1, 2]", "not_surveyjs"),
    ("qsf", b'{"SurveyElements": {}}', "not_qualtrics"),
    ("fhir", b'{"resourceType": "Patient"}', "not_fhir"),
    ("xlsform", b"type,name\ntext,a\n", "not_a_spreadsheet"),
    ("xlsform", made.full_xlsform()[:3000], "not_a_spreadsheet"),
    ("xlsform", made.workbook(stuff=[["a", "b"], [1, 2]]), "not_xlsform"),
    ("xlsform", b"\xd0\xcf\x11\xe0" + b"\x00" * 2000, "not_a_spreadsheet"),
    ("tsv", b"class\ttype/scale\tname\nQ\x00\tN\ta\n", "wrong_encoding"),
    ("auto", b"\x00" * 500, "empty_file"),
    ("auto", b"hello", "file_of_no_known_format"),
    ("auto", b"x" * (formats.LARGEST + 1), "file_too_large"),
    ("json", b"\xff\xfe\x00", "not_json"),
]


@pytest.mark.parametrize(("name", "data", "code"), BAD, ids=[f"{name}-{code}-{number}" for number, (name, _data, code) in enumerate(BAD)])
def test_bad_files_are_refused_in_a_word(name: str, data: bytes, code: str) -> None:
    with pytest.raises(CannotRead) as refused:
        formats.read(data, name)
    assert refused.value.fields["file"] == code


@pytest.mark.deep
def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    data = bomb()
    with pytest.raises(CannotRead):
        formats.read(data, "xlsform")


def with_empty_cells(rows_empty: int, cells: int) -> bytes:
    """A good form with so many empty cells behind its rows."""
    out = io.BytesIO()
    empty = b"<row>" + b'<c s="1"/>' * cells + b"</row>"
    with zipfile.ZipFile(io.BytesIO(made.full_xlsform())) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bad:
        for name in good.namelist():
            data = good.read(name)
            bad.writestr(name, data.replace(b"</sheetData>", empty * rows_empty + b"</sheetData>") if name.endswith("sheet1.xml") else data)
    return out.getvalue()


def test_five_million_empty_cells_cost_neither_time_nor_memory() -> None:
    data = with_empty_cells(10_000, 500)
    tracemalloc.start()
    begun = time.process_time()
    _imported, report = formats.read(data, "xlsform")
    taken, (_now, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.questions == 15
    assert taken < 10
    assert peak < 20 * 1024 * 1024


def test_a_survey_of_two_thousand_questions_is_read_in_a_second_or_two() -> None:
    answers = [("1", "One"), ("2", "Two")]
    data = made.lss(
        [
            {"code": f"q{n}", "type": "L", "gid": n // 50, "answers": answers, "relevance": f'q{n - 1} == "1"' if n else "1"}
            for n in range(2000)
        ]
    )
    begun = time.process_time()
    _imported, report = formats.read(data)
    assert time.process_time() - begun < 6  # alone on the machine: under two
    assert report.in_file["questions"] == 2000
    assert sum(one["code"] == "too_many_questions" for one in report.not_carried) == 2000 - report.questions


def test_doubles_circles_and_strange_signs_leave_a_sound_draft() -> None:
    twice = {"elements": [
        {"type": "radiogroup", "name": "a", "choices": ["x", "X", "x", {"value": "男"}, {"value": "-1"}, {"value": ""}], "visibleIf": "{b} = 'x'"},  # noqa: E501
        {"type": "text", "name": "A", "visibleIf": "{a} = 'x'", "title": "\u0000\ud800nul and a half"},
        {"type": "text", "name": "b", "visibleIf": "{a} = '男'"},
        {"type": "text", "name": "language"},
    ]}  # fmt: skip
    imported, report = read(json.dumps(twice).encode())
    codes = [one.code for one in imported.definition.questions()]
    assert codes == ["a", "a_2", "b", "language_2"]
    assert [one.code for one in imported.definition.by_code["a"].options] == ["x", "x_2", "x_3", "option", "minus_1"]
    assert imported.definition.by_code["a_2"].text == {"en": "nul and a half"}
    assert {one["code"] for one in report.changed} >= {"name_twice", "code_twice"}
    assert {one["code"] for one in report.stops} >= {"condition_circle"}
    formats.write(imported.definition, "json", "x")


@pytest.mark.parametrize("seed", [pytest.param(0, id="few"), pytest.param(1, marks=pytest.mark.deep, id="many")])
def test_whatever_is_broken_in_a_file_it_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    good = {
        "lss": [made.every_letter(), made.every_letter(old=False)], "surveyjs": [json.dumps(made.every_surveyjs()).encode()], "qsf": [made.full_qsf()],  # noqa: E501
        "xlsform": [made.full_xlsform()], "fhir": [made.full_fhir()], "tsv": [made.full_tsv()],
    }  # fmt: skip
    for file in FILES if seed else ():
        good[file.parent.name].append(file.read_bytes())
    for _turn in range(10_000 if seed else 60):
        name = chance.choice(list(good))
        data = chance.choice(good[name])
        of_json = name in ("surveyjs", "qsf", "fhir") and chance.random() < 0.8
        broken = (
            mutating.of_json(data, chance)
            if of_json
            else mutating.of_xml(data, chance)
            if name == "lss"
            else mutating.of_bytes(data, chance)
        )
        try:
            imported, _report = formats.read(broken, name)
        except CannotRead:
            continue
        else:
            assert formats.read(formats.write(imported.definition, "json", "x").data, "json")[0].definition == imported.definition


def test_every_note_has_words() -> None:
    source = Path(formats.__file__).parent
    used = {
        code for path in source.rglob("*.py") for code in re.findall(r'(?:lost|changed|lose_new|Unsupported)\(\s*"(\w+)"', path.read_text())
    }
    assert used <= set(WORDS)
