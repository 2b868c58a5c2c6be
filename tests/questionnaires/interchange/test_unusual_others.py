"""SurveyJS, XLSForm and FHIR files that are valid and unusual: each construct comes over, or is named with its place."""

# ruff: noqa: E501  # files read best on few lines

import json
from typing import Any

import pytest

from questionnaires.interchange import formats
from questionnaires.interchange.formats import Imported, Report
from questionnaires.logic.definition import QuestionType as Q
from tests.questionnaires.interchange.made import Row, workbook

pytestmark = pytest.mark.sqlite_only
URL = "http://hl7.org/fhir/StructureDefinition/"


def told(report: Report) -> set[tuple[str, str]]:
    return {(one["code"], one["where"]) for one in report.not_carried if one["code"] != "look"}


def surveyjs(*elements: Row, **survey: Any) -> tuple[Imported, Report]:
    return formats.read(json.dumps({"pages": [{"name": "p1", "elements": elements}], **survey}).encode(), "surveyjs")


def fhir(*items: Row, **more: Any) -> tuple[Imported, Report]:
    return formats.read(
        json.dumps({"resourceType": "Questionnaire", "language": "en", "title": "T", "item": items, **more}).encode(), "fhir"
    )


def xlsform(*rows: list[Any], choices: list[list[Any]] | None = None, head: list[str] | None = None) -> tuple[Imported, Report]:
    survey = [head or ["type", "name", "label", "relevant", "calculation", "constraint", "choice_filter"], *rows]
    return formats.read(workbook(survey=survey, **({"choices": choices} if choices else {})), "xlsform")


def test_surveyjs_masks_calculated_values_languages_and_panels_within_panels() -> None:
    text = {"type": "text", "title": {"default": "How much?", "zh-cn": "多少？"}}
    imported, report = surveyjs(
        {**text, "name": "n", "maskType": "numeric", "maskSettings": {"min": 0, "max": 9, "precision": 1}},
        {**text, "name": "m", "maskType": "pattern", "maskSettings": {"pattern": "999-99"}},
        {"type": "panel", "name": "o", "visibleIf": "{twin} > 3", "elements": [
            {"type": "panel", "name": "i", "visibleIf": "{locale} = 'zh-cn'", "elements": [{"type": "comment", "name": "c"}]}]},
        {"type": "expression", "name": "e", "expression": "{n}"},
        {"type": "comment", "name": "d", "visibleIf": "{e} notempty", "title": "{twin}?"},
        {"type": "radiogroup", "name": "u", "choicesByUrl": {"url": "https://x.example"}, "defaultValue": "a"},
        {"type": "paneldynamic", "name": "dyn", "templateElements": [{"type": "text", "name": "t", "visibleIf": "{panel.s} = 1"}, {"type": "text", "name": "s"}]},
        {"type": "comment", "name": "r", "requiredIf": "{n} > 1", "visibleIf": "age({n}) > 3 or {sum} > 1"},
        calculatedValues=[{"name": "twin", "expression": "{n}"}, {"name": "sum", "expression": "{n} + 1"}],
        triggers=[{"type": "skip", "expression": "{n} = 1", "gotoName": "r"}],
    )  # fmt: skip
    made = imported.definition.by_code
    assert (made["n"].type, made["n"].max, made["n"].decimals) == (Q.NUMBER, 9, 1)
    assert imported.definition.to_json()["pages"][0]["questions"][2]["show_if"] == {
        "all": [{"field": "n", "op": "gt", "value": 3}, {"field": "language", "op": "eq", "value": "zh-Hans"}]
    }
    assert getattr(made["d"].show_if, "field", "") == "n"
    assert made["r"].show_if is None
    assert made["d"].text["en"] == "{{n}}?"
    assert told(report) >= {
        ("validation", "m"),
        ("computed", "sum"),
        ("choices_elsewhere", "u"),
        ("default", "u"),
        ("repeat", "dyn"),
        ("required_if", "r"),
        ("computed", "skip"),
    }
    assert report.conditions + report.conditions_not_carried == report.in_file["conditions"]


def test_xlsform_repeats_cascades_calculations_and_odd_sheets() -> None:
    imported, report = xlsform(
        ["select_one area or_other", "area", "Area"],
        ["select_one town", "town", "Town", None, None, None, "area = ${same} and name != 'x'"],
        ["calculate", "same", None, None, "${area}"],
        ["calculate", "twice", None, None, "${n} * 2"],
        ["begin_repeat", "rep", "Again"],
        ["begin group", "inner", "Inner"],
        ["integer", "n", "Number", "not(selected(${area}, 'b')) and (${town} = 't1' or ${town} = 't2')", None, ". > 0 and . < 10"],
        ["end group"],
        ["end_repeat"],
        ["select_one_from_file towns.csv", "f", "File"],
        ["select_multiple external x", "g", "External"],
        ["text", "late", "Late", "${twice} > 3 or count-selected(${area}) > 1"],
        ["text", "once", "${same}?", "string-length(${n}) > 0"],
        choices=[
            ["list_name", "name", "label", "area"],
            *(["area", one, one.upper()] for one in "ab"),
            ["town", "t1", "T1", "a"],
            ["town", "t2", "T2", "b"],
            ["town", "x", "X", "a"],
        ],
    )
    made = imported.definition.by_code
    assert [option.code for option in made["town"].options] == ["t1", "t2"]
    assert [getattr(option.show_if, "field", "") for option in made["town"].options] == ["area", "area"]
    assert made["once"].text["en"] == "{{area}}?"
    assert made["n"].rules
    assert made["n"].show_if is not None
    assert told(report) >= {("computed", "twice"), ("repeat", "rep"), ("choices_elsewhere", "f"), ("choices_elsewhere", "g")}
    assert ("computed", "same") not in told(report)
    assert report.conditions + report.conditions_not_carried == report.in_file["conditions"]


def test_xlsform_with_nothing_but_a_survey_sheet_and_words_in_two_scripts() -> None:
    head = ["TYPE", "Name", "label::中文 (zh)", "LABEL::English (en)", "required", "hint::中文 (zh)", "hint::English (en)"]
    imported, report = xlsform(["text ", " a ", "名字", "Name", "yes"], ["note", None, "谢谢", "Thanks"], [None, None, None], head=head)
    assert imported.definition.languages == ("zh-Hans", "en")
    assert imported.definition.by_code["a"].required
    assert (report.questions, report.errors) == (2, 0)


def test_fhir_of_both_ages_extensions_options_and_nested_groups() -> None:
    exclusive = {"url": f"{URL}questionnaire-optionExclusive", "valueBoolean": True}
    weight = {"url": f"{URL}itemWeight", "valueDecimal": 2}
    expression = {"language": "text/fhirpath", "expression": "%a > 1"}
    imported, report = fhir(
        {"linkId": "a", "type": "coding", "text": "A", "repeats": True, "answerConstraint": "optionsOrString", "answerOption": [
            {"valueCoding": {"code": "x", "display": "X"}, "extension": [weight]},
            {"valueString": "none", "extension": [exclusive], "initialSelected": True}]},
        {"linkId": "g", "type": "group", "text": "G", "enableBehavior": "any", "enableWhen": [
            {"question": "a", "operator": "=", "answerCoding": {"code": "x"}}, {"question": "b", "operator": ">=", "answerDecimal": 2.5}], "item": [
            {"linkId": "g1", "type": "group", "repeats": True, "item": [{"linkId": "g11", "type": "date", "text": "D", "item": [
                {"linkId": "g111", "type": "boolean", "text": "Nested", "enableWhen": [{"question": "g11", "operator": "exists", "answerBoolean": False}]}]}]}]},
        {"linkId": "b", "type": "decimal", "text": "B", "extension": [
            {"url": f"{URL}maxValue", "valueDecimal": 9}, {"url": f"{URL}regex", "valueString": "[0-9]"}, {"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression", "valueExpression": expression}]},
        {"linkId": "c", "type": "string", "text": "C", "initial": [{"valueString": "x"}], "extension": [
            {"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression", "valueExpression": expression}]},
        {"linkId": "old", "type": "choice", "text": "Old", "options": {"reference": "#v"}, "option": []},
        {"linkId": "set", "type": "choice", "text": "Elsewhere", "answerValueSet": "http://loinc.org/vs/x"},
        contained=[{"resourceType": "ValueSet", "id": "v", "expansion": {"contains": [{"code": "1", "display": "One"}]}}],
    )  # fmt: skip
    made = imported.definition.by_code
    assert [(one.code, one.exclusive, one.other, one.score) for one in made["a"].options] == [
        ("x", False, False, 2), ("none", True, False, None), ("other", False, True, None),
    ]  # fmt: skip
    assert imported.definition.pages[1].show_if is not None
    assert made["g111"].show_if is not None
    assert [one.code for one in made["old"].options] == ["1"]
    assert told(report) >= {
        ("default", "a"), ("repeat", "g1"), ("validation", "b"), ("expression_function", "b"), ("computed", "c"), ("default", "c"), ("choices_elsewhere", "set"),
    }  # fmt: skip
    assert report.conditions + report.conditions_not_carried == report.in_file["conditions"] == 3


def test_tables_panels_and_fields_of_surveyjs_tell_what_each_of_them_asks_for_besides() -> None:
    column = {"name": "r", "cellType": "rating", "rateMax": 10, "isRequired": True}
    imported, report = surveyjs(
        {"type": "panel", "name": "p", "isRequired": True, "enableIf": "{a} = 3", "requiredIf": "{a} = 4", "elements": [{"type": "comment", "name": "a"}]},
        {"type": "matrixdropdown", "name": "m", "rows": ["x"], "detailElements": [{"type": "text", "name": "why"}], "columns": [
            column, {**column, "name": "wide", "rateMax": 99}, {"name": "sum", "cellType": "text", "inputType": "number", "isRequired": True, "min": 1, "max": 9},
            {"name": "rank", "cellType": "ranking", "choices": [1, 2]}]},
        {"type": "multipletext", "name": "f", "items": [{"name": "y", "inputType": "url", "maxLength": 4, "validators": [{"type": "regex", "regex": "a"}]}]},
        {"type": "slider", "name": "s", "sliderType": "range", "min": 0, "max": 5},
        {"type": "checkbox", "name": "c", "choices": ["1", "2"], "choicesEnableIf": "{item} = 1"},
    )  # fmt: skip
    made = imported.definition.by_code
    assert (list(made["m_r"].points), made["m_r"].required, list(made["m_wide"].points)) == ([*range(1, 11)], True, [*range(1, 6)])
    assert (made["m_x_sum"].required, made["m_x_sum"].min, made["m_x_sum"].max, made["f_y"].max_length) == (True, 1, 9, 4)
    assert told(report) >= {
        ("required_group", "p"), ("enabled_if", "p"), ("required_if", "p"), ("inner_questions", "m"), ("bounds", "m · wide"),
        ("validation", "f · y"), ("enabled_if", "c"),
    }  # fmt: skip
    assert {(one["construct"], one["where"]) for one in report.changed} >= {
        ("cellType ranking", "m · rank"), ("inputType url", "f · y"), ("sliderType range", "s"),
    }  # fmt: skip
    assert report.conditions + report.conditions_not_carried == report.in_file["conditions"] == 3


def test_pages_of_surveyjs_under_names_and_a_file_in_utf_16() -> None:
    raw = {"pages": {"p": {"elements": [{"type": "text", "name": "a", "title": "您好"}]}}}
    imported, report = formats.read(json.dumps(raw, ensure_ascii=False).encode("utf-16"))
    assert (report.format, report.questions, imported.definition.by_code["a"].text) == ("surveyjs", 1, {"en": "您好"})


def test_xlsform_emphasis_choices_of_no_list_and_what_a_device_notes() -> None:
    choices = [["list_name", "name", "label"], ["l", "1", "One"], ["", "z", "Stray"], ["l", "", "Nameless"]]
    imported, report = xlsform(
        ["note", "n", "# Dear customer\n**Please** read _this_, or [that](https://bank.example/x); 2*3*4 and ${snake_case_name}"],
        ["select_one l", "c", "C"],
        ["background-geopoint", "bg"],
        choices=choices,
    )
    said = imported.definition.by_code["n"].text["en"]
    assert "<strong>Please</strong>" in said
    assert "<em>this</em>" in said
    assert '<a href="https://bank.example/x"' in said
    assert "#" not in said.replace("…", "")
    assert "2*3*4" in said
    assert told(report) >= {("choice_nowhere", "choices · row 3"), ("choice_nowhere", "choices · row 4"), ("map", "bg")}
    assert "bg" not in imported.definition.by_code
