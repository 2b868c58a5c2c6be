"""LimeSurvey comes in: every letter, conditions and filters, parts of a survey, the tab-separated form."""

from collections import Counter

import pytest

from questionnaires.interchange import formats
from questionnaires.logic.definition import QuestionType as Q
from tests.questionnaires.interchange import made

pytestmark = pytest.mark.sqlite_only


def test_every_type_of_limesurvey_has_a_place_here_old_and_new() -> None:
    for old in (True, False):
        imported, report = formats.read(made.every_letter(old=old))
        assert (report.in_file["questions"], report.questions, report.questions_made) == (30, 28, 38)
        assert {one["construct"] for one in report.not_carried if one["code"] != "parts_unused"} == {"I", "*"}
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
    imported, report = formats.read(made.lss(questions))
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
        imported, report = formats.read(made.lss(questions, kind=kind))
        assert (report.format, report.questions, report.options) == (name, 1, 2)
    imported, report = formats.read(made.full_tsv())
    assert (report.format, report.questions, report.options, report.languages, report.conditions) == ("tsv", 3, 4, 2, 2)
    assert imported.definition.by_code["which"].text == {"en": "Which?", "de": "Welche?"}
    assert [one.code for one in imported.definition.by_code["which"].options] == ["r", "b", "oth"]
