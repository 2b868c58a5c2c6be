"""FHIR questionnaires as other programs really write them: nothing of them is lost without a word."""

import json
from typing import Any

import pytest

from questionnaires.interchange import formats

pytestmark = pytest.mark.sqlite_only
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


def told(report: formats.Report) -> set[tuple[str, str]]:
    return {(one["code"], one["where"]) for one in [*report.not_carried, *report.changed] if one["code"] != "look"}


def fhir(*items: Any, encoding: str = "utf-8", **more: Any) -> tuple[formats.Imported, formats.Report]:
    raw = {"resourceType": "Questionnaire", "status": "draft", "language": "zh-CN", "title": "问卷", "item": list(items), **more}
    return formats.read(json.dumps(raw, ensure_ascii=False).encode(encoding))


def value_set(name: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "id": name, **more}


def test_groups_that_repeat_ask_for_something_or_only_say_something() -> None:
    question = {"linkId": "1.1", "type": "string", "text": "姓名"}
    imported, report = fhir(
        {"linkId": "1", "type": "group", "repeats": True, "required": True, "text": "家庭成员", "item": [question]},
        {"linkId": "2", "type": "group", "text": "只有文字，没有题目"},
    )
    assert told(report) == {("repeat", "1"), ("required_group", "1")}
    assert [page.questions[0].type.value for page in imported.definition.pages] == ["short_text", "statement"]
    assert imported.definition.pages[1].questions[0].text == {"zh-Hans": "只有文字，没有题目"}


def test_options_of_every_kind_of_value_and_their_translations() -> None:
    friend = {
        "extension": [{"url": TRANSLATION, "extension": [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": "Friend"}]}]
    }
    options = [
        {"valueCoding": {"code": "p", "display": "父母"}},
        {"valueString": "朋友", "_valueString": friend},
        {"valueInteger": 3},
        {"valueReference": {"reference": "Patient/1"}},
    ]
    imported, report = fhir({"linkId": "a", "type": "choice", "text": "关系", "answerOption": options, "answerConstraint": "optionsOrType"})
    found = imported.definition.by_code["a"].options
    assert [option.text.get("en") for option in found][1] == "Friend"
    assert (len(found), found[-1].other) == (4, True)
    assert ("option_not_read", "a") in told(report)
    assert report.options == report.in_file["options"] == 3


def test_value_sets_in_the_file_by_tree_in_part_with_exceptions_and_other_languages() -> None:
    tree = {"code": "g", "display": "G", "abstract": True, "contains": [{"code": "g1"}, {"code": "g2"}]}
    named = {"code": "x", "display": "甲", "designation": [{"language": "en", "value": "Ex"}]}
    imported, report = fhir(
        {"linkId": "part", "type": "choice", "text": "P", "answerValueSet": "#part"},
        {"linkId": "tree", "type": "choice", "text": "T", "answerValueSet": "#tree"},
        {"linkId": "less", "type": "choice", "text": "L", "answerValueSet": "#less"},
        {"linkId": "text", "type": "string", "text": "S", "answerValueSet": "http://loinc.org/vs/x"},
        contained=[
            value_set("part", compose={"include": [{"concept": [named, {"code": "z"}]}, {"system": "http://elsewhere"}]}),
            value_set("tree", expansion={"contains": [tree, {"code": "h"}]}),
            value_set("less", compose={"include": [{"concept": [{"code": c} for c in "abc"]}], "exclude": [{"concept": [{"code": "b"}]}]}),
        ],
    )
    made = imported.definition.by_code
    codes = {name: [option.code for option in made[name].options] for name in ("part", "tree", "less", "text")}
    assert codes == {"part": ["x", "z"], "tree": ["g1", "g2", "h"], "less": ["a", "c"], "text": []}
    assert made["part"].options[0].text == {"zh-Hans": "甲", "en": "Ex"}
    assert told(report) == {("choices_in_part", "part"), ("choices_elsewhere", "text"), ("choices_left_out", "less")}


def test_a_file_in_utf_16_is_known_by_what_stands_in_it() -> None:
    imported, report = fhir({"linkId": "a", "type": "string", "text": "中"}, encoding="utf-16")
    assert (report.format, imported.definition.by_code["a"].text) == ("fhir", {"zh-Hans": "中"})
