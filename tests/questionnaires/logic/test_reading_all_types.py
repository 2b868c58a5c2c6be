"""Each question type reads its answer from a form, or says what is wrong; nothing typed is lost."""

from typing import Any

import pytest

from questionnaires.logic.definition import Definition, Question, QuestionType
from questionnaires.logic.validate import KEPT_LONGEST, Problem, compile_validator, form_names, own_message

Raw = dict[str, Any]
A, B = "0190d3a1000070008000000000000001", "0190d3a1000070008000000000000002"
STRANGER = "0190d3a1000070008000000000000009"
ABC = [{"code": code, "text": {"en": code}} for code in "abc"]
ROWS = [{"code": code, "text": {"en": code}} for code in ("r", "s")]
TODAY = {"today": "2026-06-15"}


def read(question: Raw, form: dict[str, list[str]], context: Raw | None = None) -> tuple[Raw, Problem | None]:
    """The answers to a page of one question, and what is wrong."""
    definition = Definition.from_json(
        {"title": {}, "pages": [{"id": "p", "questions": [{"code": "q", **question}, {"code": "z", "type": "nps"}]}]}
    )
    found = compile_validator(definition).page(0, form, {}, context or TODAY, uploads={A, B})
    if found.errors:
        kept = {name: values for name, values in found.typed.items() if values}
        assert kept == {name: [one[:KEPT_LONGEST] for one in values if one] for name, values in form.items() if any(values)}, (
            "typed words are given back"
        )
    return found.answers, found.errors.get("q")


@pytest.mark.parametrize(
    ("question", "typed", "answer", "error"),
    [
        ({"type": "slider"}, "50", 50, None),
        ({"type": "slider", "min": 0, "max": 1, "step": 0.1}, "0.3", 0.3, None),
        ({"type": "slider", "min": 0, "max": 1, "step": 0.1}, "0.35", None, "off_step"),
        ({"type": "slider"}, "101", None, "number_too_high"),
        ({"type": "slider", "min": 1}, "0", None, "number_too_low"),
        ({"type": "number"}, "１２３", 123, None),
        ({"type": "number"}, "12,345", 12345, None),
        ({"type": "number"}, "1,2", None, "not_a_number"),
        ({"type": "number", "decimals": 2}, "1 234.50", 1234.5, None),
        ({"type": "number"}, "十二", None, "not_a_number"),
        ({"type": "number"}, "9" * 400, None, "not_a_number"),
        ({"type": "email"}, " Wang@Example.CN ", "wang@example.cn", None),
        ({"type": "email"}, "wang＠example.cn", "wang@example.cn", None),
        ({"type": "email"}, "wang", None, "not_an_email"),
        ({"type": "email"}, "a@b", None, "not_an_email"),
        ({"type": "phone"}, "138 0013 8000", "+8613800138000", None),
        ({"type": "phone"}, "１３８００１３８０００", "+8613800138000", None),
        ({"type": "phone"}, "+852 2123 4567", "+85221234567", None),
        ({"type": "phone"}, "12", None, "not_a_phone"),
        ({"type": "phone"}, "call me", None, "not_a_phone"),
        ({"type": "date"}, "2026-06-01", "2026-06-01", None),
        ({"type": "date"}, "2026/6/1", "2026-06-01", None),
        ({"type": "date"}, "2026年6月1日", "2026-06-01", None),
        ({"type": "date"}, "２０２６．６．１", "2026-06-01", None),
        ({"type": "date"}, "20260601", "2026-06-01", None),
        ({"type": "date"}, "2026-02-30", None, "not_a_date"),
        ({"type": "date"}, "1/6/2026", None, "not_a_date"),
        ({"type": "date", "min": 0}, "2026-06-14", None, "date_too_early"),
        ({"type": "date", "min": 0}, "2026-06-15", "2026-06-15", None),
        ({"type": "date", "max": 7}, "2026-06-23", None, "date_too_late"),
        ({"type": "date", "max": 1e9}, "9999-12-31", "9999-12-31", None),
        ({"type": "time"}, "9:05", "09:05", None),
        ({"type": "time"}, "9：05", "09:05", None),
        ({"type": "time"}, "0905", "09:05", None),
        ({"type": "time"}, "下午3点05分", "15:05", None),
        ({"type": "time"}, "3:05 pm", "15:05", None),
        ({"type": "time"}, "12:30 am", "00:30", None),
        ({"type": "time"}, "24:00", None, "not_a_time"),
        ({"type": "time"}, "soon", None, "not_a_time"),
        ({"type": "consent"}, "yes", True, None),
        ({"type": "consent", "required": True}, "", None, "consent_required"),
        ({"type": "consent"}, "maybe", None, "choice_unknown"),
        ({"type": "signature"}, A, [A], None),
        ({"type": "file", "required": True}, "", None, "answer_required"),
        ({"type": "file"}, STRANGER, None, "upload_unknown"),
        ({"type": "file"}, "../../etc/passwd", None, "upload_unknown"),
    ],
)
def test_a_question_of_one_field(question: Raw, typed: str, answer: Any, error: str | None) -> None:
    answers, problem = read(question, {"q": [typed]})
    assert answers.get("q") == answer
    assert (problem.code if problem else None) == error


RATING: Raw = {"type": "matrix_rating", "rows": ROWS}
SINGLE: Raw = {"type": "matrix_single", "rows": ROWS, "options": ABC}
MANY: Raw = {"type": "matrix_multiple", "rows": ROWS, "options": [*ABC, {"code": "none", "exclusive": True}], "max": 2}
RANK: Raw = {"type": "ranking", "options": ABC}
SUM: Raw = {"type": "constant_sum", "options": ABC}


@pytest.mark.parametrize(
    ("question", "form", "answers", "problem"),
    [
        (RATING, {"q__r": ["5"], "q__s": ["1"]}, {"q__r": 5, "q__s": 1}, None),
        (RATING, {"q__r": ["5"]}, {"q__r": 5}, None),
        ({**RATING, "required": True}, {"q__r": ["5"]}, {"q__r": 5}, Problem("rows_missing", {"rows": ["s"]})),
        (RATING, {"q__r": ["6"]}, {}, Problem("choice_unknown", {"rows": ["r"]})),
        (RATING, {"q__r": ["1", "2"]}, {}, Problem("one_choice_only", {"rows": ["r"]})),
        ({**RATING, "points_low": 0, "points_high": 10}, {"q__r": ["0"]}, {"q__r": 0}, None),
        (SINGLE, {"q__r": ["b"], "q__gone": ["a"]}, {"q__r": "b"}, None),
        (MANY, {"q__r": ["b", "a"], "q__s": ["none"]}, {"q__r": ["a", "b"], "q__s": ["none"]}, None),
        (MANY, {"q__r": ["none", "a"]}, {}, Problem("choice_exclusive", {"rows": ["r"]})),
        (MANY, {"q__r": ["a", "b", "c"]}, {}, Problem("too_many_choices", {"max": 2, "rows": ["r"]})),
        (RANK, {"q": ["c", "a", "b"]}, {"q": ["c", "a", "b"]}, None),
        (RANK, {"q__a": ["2"], "q__b": ["3"], "q__c": ["1"]}, {"q": ["c", "a", "b"]}, None),
        (RANK, {"q__a": ["1"], "q__b": ["1"]}, {}, Problem("rank_twice")),
        (RANK, {"q": ["a", "a", "b"]}, {}, Problem("rank_twice")),
        (RANK, {"q": ["a", "b"]}, {}, Problem("too_few_ranked", {"min": 3})),
        (RANK, {"q__a": ["4"]}, {}, Problem("choice_unknown")),
        (RANK, {"q": ["z"]}, {}, Problem("choice_unknown")),
        (RANK, {}, {}, None),
        ({**RANK, "required": True}, {}, {}, Problem("answer_required")),
        ({**RANK, "max": 2}, {"q": ["b", "a"]}, {"q": ["b", "a"]}, None),
        ({**RANK, "min": 1, "max": 2}, {"q__b": ["2"]}, {"q": ["b"]}, None),
        ({**RANK, "min": 1, "max": 2}, {"q": ["a", "b", "c"]}, {}, Problem("too_many_ranked", {"max": 2})),
        (SUM, {"q__a": ["60"], "q__b": ["４０"]}, {"q__a": 60, "q__b": 40, "q__c": 0}, None),
        (SUM, {"q__a": ["60"]}, {}, Problem("sum_wrong", {"total": "100", "sum": "60"})),
        (SUM, {"q__a": ["-1"], "q__b": ["101"]}, {}, Problem("number_too_low", {"min": "0"})),
        ({**SUM, "total": 1, "decimals": 1}, {"q__a": ["0.1"], "q__b": ["0.9"]}, {"q__a": 0.1, "q__b": 0.9, "q__c": 0}, None),
        (SUM, {}, {}, None),
        ({**SUM, "required": True}, {"q__a": [""]}, {}, Problem("answer_required")),
        ({"type": "photo", "max": 2}, {"q": [A, B, A]}, {"q": [A, B]}, None),
        ({"type": "photo", "max": 5, "min": 2}, {"q": [A]}, {}, Problem("too_few_files", {"min": 2})),
        ({"type": "file"}, {"q": [A, B]}, {}, Problem("too_many_files", {"max": 1})),
    ],
)  # fmt: skip
def test_a_question_of_several_fields(question: Raw, form: dict[str, list[str]], answers: Raw, problem: Problem | None) -> None:
    assert read(question, form) == (answers, problem)


def test_a_hidden_field_comes_from_the_context_and_never_from_the_form() -> None:
    question = {"type": "hidden", "source": "link.campaign"}
    assert read(question, {"q": ["forged"]}, {"link.campaign": "spring"}) == ({"q": "spring"}, None)
    assert read(question, {"q": ["forged"]}) == ({}, None)


def test_uploads_are_known_to_a_function_too_and_to_nobody_by_default() -> None:
    definition = Definition.from_json({"title": {}, "pages": [{"id": "p", "questions": [{"code": "q", "type": "photo"}]}]})
    validator = compile_validator(definition)
    assert validator.page(0, {"q": [A]}, uploads=lambda one: one == A).answers == {"q": [A]}
    assert validator.page(0, {"q": [A]}).errors == {"q": Problem("upload_unknown")}


def test_a_rule_of_ones_own_has_its_own_message_and_says_nothing_about_a_blank() -> None:
    rule = {"valid_if": {"field": "q", "op": "starts", "value": "a"}, "message": {"en": "Begin with a.", "zh-Hans": "请以 a 开头。"}}
    question = {"type": "short_text", "rules": [rule], "required_message": {"en": "Do answer."}}
    assert read(question, {"q": ["about"]}) == ({"q": "about"}, None)
    assert read(question, {"q": [""]}) == ({}, None)
    _, problem = read(question, {"q": ["b"]})
    assert problem == Problem("rule_broken", {"rule": 0})
    model = Question.model_validate({"code": "q", **question})
    assert own_message(model, problem, "zh-Hans", "en") == "请以 a 开头。"
    assert own_message(model, Problem("answer_required"), "zh-Hans", "en") == "Do answer."
    assert own_message(model, Problem("text_too_long"), "en") == ""


def test_a_rule_may_read_earlier_answers_of_the_same_page() -> None:
    rule = {"valid_if": {"any": [{"field": "n", "op": "lt", "value": 3}, {"field": "q", "op": "present"}]}}
    questions = [
        {"code": "n", "type": "number"},
        {"code": "q", "type": "number", "max": 99, "rules": [{"valid_if": rule["valid_if"]["any"][0]}]},
    ]
    definition = Definition.from_json({"title": {}, "pages": [{"id": "p", "questions": questions}]})
    assert compile_validator(definition).page(0, {"n": ["5"], "q": ["1"]}).errors == {"q": Problem("rule_broken", {"rule": 0})}
    assert compile_validator(definition).page(0, {"n": ["2"], "q": ["1"]}).ok


@pytest.mark.parametrize("kind", list(QuestionType))
@pytest.mark.parametrize("typed", ["\x00", "a" * 100_000, "＜script＞", "‮🙂", "-1", "1e400", "NaN", "{{q}}", "' OR 1=1"])
def test_no_type_stumbles_over_anything_typed(kind: QuestionType, typed: str) -> None:
    raw: Raw = {"type": kind.value, "options": ABC, "rows": ROWS, "code": "q"}
    names = form_names(Question.model_validate(raw))
    answers, _problem = read(raw, {name: [typed, typed] for name in names})
    assert all(not isinstance(answer, str) or (len(answer) <= 2000 and "\x00" not in answer) for answer in answers.values())
