"""Qualtrics files that are valid and unusual: each construct comes over, or is named with its place."""

# ruff: noqa: E501  # files read best on few lines

import json
from typing import Any

import pytest

from questionnaires.interchange import formats
from questionnaires.interchange.formats import Imported, Report
from tests.questionnaires.interchange.made import Row, question, selected

pytestmark = pytest.mark.sqlite_only
TWO = {"1": {"Display": "One"}, "2": {"Display": "Two"}}
FIELD = {"LogicType": "EmbeddedField", "LeftOperand": "Arm", "Operator": "EqualTo", "Type": "Expression"}


def block(number: int, *ids: str, **options: Any) -> Row:
    """A block; an empty id is a page break."""
    parts = [{"Type": "Question", "QuestionID": one} if one else {"Type": "Page Break"} for one in ids]
    return {"ID": f"BL_{number}", "Type": "Standard", "Description": f"Part {number}", "BlockElements": parts, "Options": options}


def read(questions: list[Row], blocks: list[Row], flow: list[Row] | None = None, *more: Row) -> tuple[Imported, Report]:
    flow = flow if flow is not None else [{"Type": "Block", "ID": one["ID"]} for one in blocks]
    elements = [{"Element": "BL", "Payload": blocks}, {"Element": "FL", "Payload": {"Flow": flow}}, *questions, *more]
    entry = {"SurveyName": "Odd", "SurveyLanguage": "EN"}
    return formats.read(json.dumps({"SurveyEntry": entry, "SurveyElements": elements}).encode(), formats.AUTO)


def told(report: Report) -> set[tuple[str, str]]:
    return {(one["code"], one["where"]) for one in report.not_carried}


def asked(*ids: str) -> list[Row]:
    return [question(one, "MC", "SAVR", Choices=TWO) for one in ids]


def setting(value: str) -> Row:
    return {"Type": "EmbeddedData", "FlowID": f"FL_{value}", "EmbeddedData": [{"Field": "Arm", "Value": value}]}


def test_a_randomiser_that_sets_a_field_is_an_a_b_test() -> None:
    random = {"Type": "BlockRandomizer", "FlowID": "FL_9", "SubSet": 1, "EvenPresentation": True, "Flow": [setting("A"), setting("B")]}
    branch = {
        "Type": "Branch", "FlowID": "FL_3", "BranchLogic": {"0": {"0": {**FIELD, "RightOperand": "B"}, "Type": "If"}},
        "Flow": [{"Type": "Block", "ID": "BL_2"}],
    }  # fmt: skip
    imported, report = read(
        asked("QID1", "QID2"), [block(1, "QID1"), block(2, "QID2")],
        [random, {"Type": "Block", "ID": "BL_1"}, branch, {"Type": "EndSurvey", "FlowID": "FL_11"}],
    )  # fmt: skip
    made = imported.definition.to_json()
    assert [[arm["code"] for arm in one["arms"]] for one in made["experiments"]] == [["q_1", "q_2"]]
    assert made["pages"][1]["show_if"] == {"field": "variant.fl_9", "value": "q_2"} | {"op": "eq"}
    assert (told(report), report.errors) == (set(), 0)


def test_one_of_several_parts_of_many_pages_is_an_a_b_test_and_of_one_page_a_block() -> None:
    long = [block(1, "QID1", "", "QID2"), block(2, "QID3")]
    flow = [{"Type": "BlockRandomizer", "FlowID": "FL_9", "SubSet": 1, "Flow": [{"Type": "Block", "ID": one["ID"]} for one in long]}]
    imported, report = read(asked("QID1", "QID2", "QID3"), long, flow)
    assert [page.show_if is not None for page in imported.definition.pages] == [True, True, True]
    assert (len(imported.definition.experiments), told(report), report.errors) == (1, set(), 0)
    short = [block(1, "QID1", "QID2"), block(2, "QID3")]
    imported, report = read(asked("QID1", "QID2", "QID3"), short, flow)
    assert [(one.pages, one.pick) for one in imported.definition.blocks] == [(("bl_1", "bl_2"), 1)]
    assert imported.definition.experiments == ()
    alone = {"Type": "BlockRandomizer", "FlowID": "FL_9", "SubSet": 1, "Flow": [setting("A"), setting("B")]}
    _imported, report = read(asked("QID1"), [block(1, "QID1")], [alone, {"Type": "Block", "ID": "BL_1"}])
    assert told(report) == {("experiment", "fl_9")}  # nothing hangs on it


def test_quotas_come_over_where_they_end_the_survey() -> None:
    logic = {"0": {"0": {**selected("QID1", "1")["0"]["0"]}, "Type": "If"}, "Type": "BooleanExpression"}
    quotas = [
        {"Element": "QO", "PrimaryAttribute": f"QO_{n}", "Payload": {"Name": f"Quota {n}", "Occurrences": limit, "Logic": logic, "QuotaAction": action, "LogicType": kind}}
        for n, (limit, action, kind) in enumerate(
            ((100, "EndCurrentSurvey", "Simple"), (0, "EndCurrentSurvey", "Simple"), (5, "ForBranching", "Simple"), (5, "EndCurrentSurvey", "Cross"))
        )
    ]  # fmt: skip
    imported, report = read(asked("QID1"), [block(1, "QID1")], None, *quotas, {"Element": "QG", "PrimaryAttribute": "QG_1", "Payload": {}})
    assert imported.definition.to_json()["quotas"] == [
        {"code": "quota_0", "count_if": {"field": "qid1", "op": "eq", "value": "1"}, "limit": 100}
    ]
    assert told(report) == {("quota", "Quota 1"), ("quota", "Quota 2"), ("quota", "Quota 3")}


def test_random_order_custom_checks_loops_and_ends() -> None:
    rule = {"0": {"0": selected("QID1", "2")["0"]["0"], "Type": "If"}, "Type": "BooleanExpression"}
    checked = {"Settings": {"Type": "CustomValidation", "CustomValidation": {"Logic": rule, "Message": {"subMessageID": "x"}}}}
    first = question("QID1", "MC", "SAVR", Choices=TWO, Validation=checked)
    end = {"Type": "EndSurvey", "FlowID": "FL_4", "EndingType": "Advanced", "Options": {"EOSRedirectURL": "https://elsewhere.example"}}
    imported, report = read(
        [first, *asked("QID2", "QID3", "QID4")],
        [block(1, "QID1", "QID2", RandomizeQuestions="RandomizeAll"), block(2, "QID3", "", "QID4", RandomizeQuestions="true", Looping="Question")],
        [{"Type": "Block", "ID": "BL_1"}, {"Type": "Block", "ID": "BL_2"}, end],
    )  # fmt: skip
    assert [page.shuffle for page in imported.definition.pages] == [True, False, False]
    assert len(imported.definition.by_code["qid1"].rules) == 1
    assert told(report) == {("block", "Part 2"), ("repeat", "Part 2"), ("leads_away", "flow")}


def test_matrices_side_by_side_recoded_values_and_any_row() -> None:
    matrix = question("QID1", "Matrix", "Likert", SubSelector="SingleAnswer", Choices=TWO, Answers=TWO, RecodeValues={"1": "5", "2": "9"})
    columns = {
        str(n): {"QuestionType": "Matrix", "Selector": "Likert", "SubSelector": "SingleAnswer", "Answers": TWO, "QuestionText": f"C{n}"}
        for n in (1, 2)
    }
    side = question("QID2", "SBS", "SBSMatrix", Choices=TWO, AdditionalQuestions=columns)

    def any_row(of: str, operator: str = "Selected") -> Row:
        test = {"LogicType": "Question", "LeftOperand": f"q://{of}/SelectableAnswer/2", "Operator": operator, "Type": "Expression"}
        return {"0": {"0": test, "Type": "If"}, "Type": "BooleanExpression"}

    third = question("QID3", "TE", "SL", DisplayLogic=any_row("QID1"))
    fourth = question("QID4", "TE", "SL", DisplayLogic=any_row("QID2%231", "NotSelected"))
    fifth = question("QID5", "TE", "SL", DisplayLogic=any_row("QID1", "Displayed"))
    imported, report = read([matrix, side, third, fourth, fifth], [block(1, "QID1", "QID2"), block(2, "QID3", "QID4", "QID5")])
    shown = {one["code"]: one.get("show_if") for page in imported.definition.to_json()["pages"] for one in page["questions"]}
    assert shown["qid3"] == {"any": [{"field": "qid1__1", "op": "eq", "value": "2"}, {"field": "qid1__2", "op": "eq", "value": "2"}]}
    assert [part["any"][1]["field"] for part in shown["qid4"]["all"]] == ["qid2_1__1", "qid2_1__2"]
    assert told(report) == {("expression_function", "qid5")}


def test_languages_odd_shapes_and_the_language_of_the_reader() -> None:
    spoken = {"ZH-S": {"QuestionText": "哪个？", "Choices": {"1": {"Display": "一"}, "2": {"Display": "二"}}}}
    first = question("QID1", "MC", "SAVR", Choices=TWO, Language=spoken)
    logic = {"0": {"0": {**FIELD, "LeftOperand": "Q_Language", "RightOperand": "ZH-S"}, "Type": "If"}, "Type": "BooleanExpression"}
    second = question("QID2", "TE", "SL", DisplayLogic=logic, Language=[])
    imported, report = read([first, second, question("QID3", "HeatMap", "OnOff")], [block(1, "QID1", "QID2", "QID3", "QID404")])
    assert imported.definition.languages == ("en", "zh-Hans")
    assert imported.definition.by_code["qid1"].options[1].text == {"en": "Two", "zh-Hans": "二"}
    assert imported.definition.to_json()["pages"][0]["questions"][1]["show_if"] == {"field": "language", "op": "eq", "value": "zh-Hans"}
    assert told(report) == {("type_lacking", "qid3")}
