"""The publishing check, by a table: one thing wrong, one finding."""

from typing import Any

import pytest

from questionnaires.library.shipped import templates
from questionnaires.logic.check import check
from questionnaires.logic.definition import Definition
from questionnaires.logic.findings import Severity
from questionnaires.logic.words import STANDARD, asks_for_secret
from tests.questionnaires.logic.looking import publishable


def both(text: str) -> dict[str, str]:
    """A text in both languages."""
    return {"zh-Hans": text, "en": text}


NPS = {"code": "nps", "type": "nps", "text": both("Recommend"), "low_label": both("No"), "high_label": both("Yes"), "indicator": "nps"}
WHY = {"code": "why", "type": "long_text", "text": both("Why")}
PICK = {
    "code": "pick",
    "type": "single",
    "text": both("Which"),
    "options": [{"code": "a", "text": both("A")}, {"code": "b", "text": both("B")}],
}


def codes(*pages: list[dict[str, Any]], **more: Any) -> list[tuple[str, str | None]]:
    """The findings of a questionnaire, with their questions."""
    raw = {
        "title": both("T"),
        "thank_you": both("Thanks"),
        "pages": [{"id": f"p{n}", "questions": page} for n, page in enumerate(pages, 1)],
    }
    return [(one.code, one.question) for one in check(Definition.from_json(raw | more))]


def test_a_good_questionnaire_has_no_finding() -> None:
    assert codes([NPS, {**WHY, "show_if": {"field": "nps", "op": "le", "value": 6}}], [PICK]) == []


@pytest.mark.parametrize(
    ("question", "finding"),
    [
        ({**WHY, "code": "nps"}, ("duplicate_code", "nps")),
        ({**WHY, "text": {"en": "Why"}}, ("missing_translation", "why")),
        ({**WHY, "show_if": {"field": "pick", "op": "eq", "value": "a"}}, ("condition_on_later", "why")),
        ({**WHY, "show_if": {"field": "gone", "op": "present"}}, ("condition_on_unknown", "why")),
        ({**WHY, "show_if": {"field": "nps", "op": "gt", "value": 10}}, ("never_shown", "why")),
        (
            {**WHY, "show_if": {"all": [{"field": "nps", "op": "le", "value": 3}, {"field": "nps", "op": "ge", "value": 9}]}},
            ("never_shown", "why"),
        ),
        ({**WHY, "text": both("You said {{nps}}")}, ("pipe_of_later", "why")),
        ({**WHY, "text": both("You said {{gone}}")}, ("pipe_of_unknown", "why")),
        ({**PICK, "code": "x", "options": []}, ("empty_options", "x")),
        ({**PICK, "code": "x", "options": PICK["options"][:1]}, ("too_few_options", "x")),
        ({**PICK, "code": "x", "options": PICK["options"] * 2}, ("duplicate_option", "x")),
        ({**PICK, "code": "x", "indicator": "ease"}, ("missing_score_mapping", "x")),
        ({**WHY, "options": PICK["options"]}, ("options_not_used", "why")),
        ({**WHY, "indicator": "mood"}, ("indicator_not_scorable", "why")),
        ({**NPS, "code": "again"}, ("indicator_twice", "again")),
        ({**NPS, "code": "c", "type": "csat", "indicator": "ces"}, ("wrong_scale_for_indicator", "c")),
        ({**NPS, "code": "c", "indicator": None}, ("scale_feeds_nothing", "c")),
        ({**NPS, "code": "c", "indicator": "x", "low_label": {}}, ("scale_without_labels", "c")),
        ({**NPS, "code": "c", "indicator": "x", "text": both("Speed and manner")}, ("two_ideas", "c")),
        ({"code": "n", "type": "number", "text": both("Count"), "min": 5, "max": 1}, ("bounds_crossed", "n")),
        ({**WHY, "text": both("您的银行卡密码是多少？")}, ("forbidden_ask", "why")),
        ({**WHY, "text": both("Please enter the one-time code")}, ("forbidden_ask", "why")),
        ({**WHY, "text": both("Your opinion of our excellent service")}, ("leading_words", "why")),
        ({**WHY, "text": both("请给好评")}, ("begs_for_score", "why")),
        ({**WHY, "text": both("长" * 200)}, ("long_text", "why")),
    ],
)
def test_each_fault_is_found_and_tied_to_its_question(question: dict[str, Any], finding: tuple[str, str]) -> None:
    assert finding in codes([NPS, question, PICK])


def test_a_condition_that_hangs_on_a_hidden_question_is_never_met() -> None:
    hidden = {**PICK, "show_if": {"field": "nps", "op": "ge", "value": 9}}
    after = {**WHY, "show_if": {"all": [{"field": "nps", "op": "le", "value": 6}, {"field": "pick", "op": "eq", "value": "a"}]}}
    assert codes([NPS, hidden, after]) == [("never_shown", "why")]


def test_the_whole_is_checked_too() -> None:
    assert codes() == [("no_questions", None)]
    assert ("empty_page", None) in codes([NPS], [])
    assert codes([NPS], thank_you={"en": "Thanks"}) == [("missing_translation", None)]
    six = [{**WHY, "code": f"w{number}"} for number in range(6)]
    assert ("too_many_questions", "w5") in codes(six)
    assert ("too_many_questions", "w5") not in codes(six, kind="relationship")
    assert ("forbidden_ask", None) in codes([NPS], intro=both("Please send us your PIN code."))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请输入您的密 码", "password"),
        ("请输入您的密\u200b码", "password"),
        ("请填写验证码", "code"),
        ("您的身份证号码", "identity_number"),
        ("您的卡号是多少", "card_number"),
        ("What is your PASSWORD?", "password"),
        ("Tell us your PIN", "password"),
        ("Your card number, please", "card_number"),
        ("ＰＩＮ码", "password"),
        ("选填。请不要填写密码、卡号或验证码", None),
        ("我行不会向您索要密码或验证码。", None),
        ("Please do not enter passwords, card numbers or codes", None),
        ("In your opinion, was the pinboard tidy?", None),
        ("请勿告诉他人密码。请填写卡号", "card_number"),
        ("您对办卡体验满意吗", None),
    ],
)
def test_secrets_are_found_however_they_are_written_and_warnings_of_them_are_not(text: str, kind: str | None) -> None:
    found = asks_for_secret(text)
    assert (found[0] if found else None) == kind


def test_a_bank_adds_words_of_its_own() -> None:
    lists = STANDARD.with_secrets("password", ["盾牌口诀"])
    assert asks_for_secret("请填写盾牌口诀", lists) == ("password", "盾牌口诀")


def test_warnings_do_not_stop_publication_and_errors_do() -> None:
    raw = {"title": both("T"), "thank_you": both("Thanks"), "pages": [{"id": "p", "questions": [{**NPS, "indicator": None}]}]}
    found = check(Definition.from_json(raw))
    assert [one.severity for one in found] == [Severity.WARNING]
    assert publishable(found)
    assert not publishable(check(Definition.from_json(raw | {"thank_you": {}})))


@pytest.mark.parametrize("template", templates(), ids=lambda one: one.code)
def test_every_template_passes_the_check_without_a_finding(template: Any) -> None:
    assert check(template.definition) == []
    assert set(template.definition.languages) == {"zh-Hans", "en"}
