"""What is read out of an answer: the wish to be called, and the words."""

import pytest

from scheduler.cases.rules.customer import CallWish, call_wish, case_number, mask_name, mask_phone, was_pressed
from scheduler.cases.rules.voice import said

DEFINITION = {
    "pages": [
        {
            "id": "p1",
            "questions": [
                {"code": "nps", "type": "nps", "text": {"zh-Hans": "推荐？", "en": "Recommend?"}},
                {
                    "code": "why",
                    "type": "multiple",
                    "text": {"en": "Why?"},
                    "options": [{"code": "slow", "text": {"en": "Slow", "zh-Hans": "慢"}}],
                },
                {"code": "more", "type": "long_text", "text": {"en": "More?"}},
            ],
        }
    ]
}


@pytest.mark.parametrize(
    ("answers", "wish"),
    [
        ({}, CallWish(None)),
        ({"may_call": True}, CallWish(True)),
        ({"may_call": "yes"}, CallWish(True)),
        ({"may_call": False}, CallWish(False)),
        ({"may_call": "no"}, CallWish(False)),
        ({"may_call": "perhaps"}, CallWish(None)),
        (
            {"may_call": True, "call_time": ["noon", "evening"], "call_number": " 13800000000 "},
            CallWish(True, "noon, evening", "13800000000"),
        ),
    ],
)
def test_the_wish_to_be_called(answers, wish):
    assert call_wish(answers) == wish


@pytest.mark.parametrize(("answers", "pressed"), [({}, False), ({"asked_to_change": False}, False), ({"asked_to_change": True}, True)])
def test_whether_somebody_asked_for_another_score(answers, pressed):
    assert was_pressed(answers) is pressed


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+86 10-5555-0109", "105 **** **09"),
        ("+8613812345617", "138 **** **17"),
        ("13812345617", "138 **** **17"),
        ("1234", "****"),
        ("", "****"),
    ],
)
def test_a_masked_number(number, masked):
    assert mask_phone(number) == masked


def test_a_masked_name_and_a_number_for_people():
    assert mask_name("张晓明") == "张**"
    assert mask_name("  ") == ""
    assert case_number("20261120", 147) == "GD-20261120-0147"
    assert case_number("20261120", 12345) == "GD-20261120-12345"


def test_answers_in_words_in_the_order_of_the_questionnaire():
    lines = said(DEFINITION, {"more": "too slow", "why": ["slow", "gone"], "nps": 3})
    assert [(line.code, line.free) for line in lines] == [("nps", False), ("why", False), ("more", True)]
    assert lines[1].answers == ({"en": "Slow", "zh-Hans": "慢"}, {"": "gone"})
    assert lines[2].answers == ({"": "too slow"},)


def test_blank_answers_say_nothing():
    assert said(DEFINITION, {"more": "", "why": []}) == []
    assert said({}, {"x": 1}) == []
