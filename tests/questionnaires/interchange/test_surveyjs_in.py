"""SurveyJS comes in: every type, words of each language, conditions."""

import json

import pytest

from questionnaires.interchange import formats
from tests.questionnaires.interchange import made

pytestmark = pytest.mark.sqlite_only


def test_every_type_of_surveyjs_and_the_words_of_each_language() -> None:
    imported, report = formats.read(json.dumps(made.every_surveyjs()).encode())
    assert report.in_file["questions"] == report.questions + 2  # an expression and a picture
    assert imported.definition.by_code["q2"].text == {"en": "radiogroup", "de": "radiogroup (de)"}
    assert {"expression", "image", "matrixdynamic", "paneldynamic", "triggers"} <= {one["construct"] for one in report.not_carried}
    assert report.conditions_not_carried == 0


def test_doubles_circles_and_strange_signs_leave_a_sound_draft() -> None:
    twice = {"elements": [
        {"type": "radiogroup", "name": "a", "choices": ["x", "X", "x", {"value": "男"}, {"value": "-1"}, {"value": ""}], "visibleIf": "{b} = 'x'"},  # noqa: E501
        {"type": "text", "name": "A", "visibleIf": "{a} = 'x'", "title": "\u0000\ud800nul and a half"},
        {"type": "text", "name": "b", "visibleIf": "{a} = '男'"},
        {"type": "text", "name": "language"},
    ]}  # fmt: skip
    imported, report = formats.read(json.dumps(twice).encode())
    codes = [one.code for one in imported.definition.questions()]
    assert codes == ["a", "a_2", "b", "language_2"]
    assert [one.code for one in imported.definition.by_code["a"].options] == ["x", "x_2", "x_3", "option", "minus_1"]
    assert imported.definition.by_code["a_2"].text == {"en": "nul and a half"}
    assert {one["code"] for one in report.changed} >= {"name_twice", "code_twice"}
    assert {one["code"] for one in report.stops} >= {"condition_circle"}
    formats.write(imported.definition, "json", "x")
