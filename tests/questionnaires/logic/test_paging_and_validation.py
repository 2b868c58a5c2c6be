"""What is shown, what is read from a form, and that the two never disagree."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.conditions import holds
from questionnaires.logic import paging
from questionnaires.logic.definition import Definition, content_hash
from questionnaires.logic.piping import fill, page_has_pipes
from questionnaires.logic.scoring import scores
from questionnaires.logic.validate import Problem, compile_validator


def made(*pages: list[dict[str, Any]]) -> Definition:
    """A definition of these pages."""
    return Definition.from_json({"title": {"en": "T"}, "pages": [{"id": f"p{n}", "questions": page} for n, page in enumerate(pages, 1)]})


OPTIONS = [
    {"code": "a", "text": {"en": "A"}, "score": 1},
    {"code": "b", "text": {"en": "B"}, "score": 2},
    {"code": "o", "other": True, "text": {"en": "Other"}},
]
MANY = {"code": "m", "type": "multiple", "options": [*OPTIONS, {"code": "none", "exclusive": True}]}
LOW = {"field": "nps", "op": "le", "value": 6}


@pytest.mark.parametrize(
    ("question", "typed", "answer", "error"),
    [
        ({"type": "nps"}, ["0"], 0, None),
        ({"type": "nps"}, ["10"], 10, None),
        ({"type": "nps"}, ["11"], None, "choice_unknown"),
        ({"type": "nps"}, ["06"], None, "choice_unknown"),
        ({"type": "nps"}, ["3", "4"], None, "one_choice_only"),
        ({"type": "nps", "required": True}, [], None, "answer_required"),
        ({"type": "nps"}, [""], None, None),
        ({"type": "csat"}, ["0"], None, "choice_unknown"),
        ({"type": "ces"}, ["7"], 7, None),
        ({"type": "yes_no"}, ["no"], False, None),
        ({"type": "yes_no", "required": True}, ["no"], False, None),
        ({"type": "yes_no"}, ["maybe"], None, "choice_unknown"),
        ({"type": "single", "options": OPTIONS}, ["b"], "b", None),
        ({"type": "single", "options": OPTIONS}, ["z"], None, "choice_unknown"),
        ({**MANY}, ["b", "a"], ["a", "b"], None),
        ({**MANY}, ["none"], ["none"], None),
        ({**MANY}, ["none", "a"], None, "choice_exclusive"),
        ({**MANY, "min": 2}, ["a"], None, "too_few_choices"),
        ({**MANY, "max": 1}, ["a", "b"], None, "too_many_choices"),
        ({**MANY, "min": 2}, [], None, None),
        ({"type": "short_text"}, ["  two\n words "], "two words", None),
        ({"type": "long_text"}, ["a\r\nb\x00"], "a\nb", None),
        ({"type": "long_text", "max_length": 3}, ["abcd"], None, "text_too_long"),
        ({"type": "long_text", "required": True}, ["  "], None, "answer_required"),
        ({"type": "number"}, ["１２"], 12, None),
        ({"type": "number"}, ["1,200"], 1200, None),
        ({"type": "number"}, ["1.5"], None, "too_many_decimals"),
        ({"type": "number", "decimals": 1}, ["1.5"], 1.5, None),
        ({"type": "number", "min": 1}, ["0"], None, "number_too_low"),
        ({"type": "number", "max": 9}, ["10"], None, "number_too_high"),
        ({"type": "number"}, ["1e9"], None, "not_a_number"),
        ({"type": "number"}, ["NaN"], None, "not_a_number"),
        ({"type": "statement", "required": True}, ["x"], None, None),
    ],
)
def test_each_type_reads_its_answer_or_says_what_is_wrong(
    question: dict[str, Any], typed: list[str], answer: Any, error: str | None
) -> None:
    found = compile_validator(made([{**question, "code": "x"}])).page(0, {"x": typed})
    assert found.answers.get("x") == answer
    assert (found.errors["x"].code if "x" in found.errors else None) == error
    if error and any(typed):
        assert found.typed["x"] == [value for value in typed if value]


def test_words_beside_other_are_kept_only_while_other_is_chosen() -> None:
    validator = compile_validator(made([MANY]))
    assert validator.page(0, {"m": ["o"], "m__other": [" rain "]}).answers == {"m": ["o"], "m__other": "rain"}
    assert validator.page(0, {"m": ["a"], "m__other": ["rain"]}).answers == {"m": ["a"]}
    assert validator.page(0, {"m": ["o"], "m__other": ["x" * 201]}).errors == {"m": Problem("text_too_long", {"max": 200, "length": 201})}


TWO_PAGES = made(
    [{"code": "nps", "type": "nps", "required": True}, {"code": "why", "type": "long_text", "show_if": LOW, "required": True}],
    [{"code": "call", "type": "yes_no", "show_if": LOW}],
)


def test_a_blank_score_is_not_a_low_one() -> None:
    found = compile_validator(TWO_PAGES).page(0, {})
    assert set(found.errors) == {"nps"}
    assert paging.next_page(TWO_PAGES, {}, 0) is None


def test_answers_that_became_hidden_are_dropped_and_not_asked_for() -> None:
    validator = compile_validator(TWO_PAGES)
    assert validator.page(0, {"nps": ["9"], "why": ["typed before"]}).answers == {"nps": 9}
    assert validator.complete({"nps": 9, "why": "x", "call": True}) == {"nps": 9}
    assert validator.missing({"nps": 3}) == [(0, "why")]
    assert paging.next_page(TWO_PAGES, {"nps": 3}, 0) == 1
    assert paging.previous_page(TWO_PAGES, {"nps": 3}, 1) == 0


def test_an_answer_further_on_decides_nothing_about_an_earlier_page() -> None:
    definition = made(
        [{"code": "a", "type": "yes_no"}], [{"code": "b", "type": "yes_no", "show_if": {"field": "a", "op": "eq", "value": True}}]
    )
    assert compile_validator(definition).page(1, {"b": ["yes"]}, {"a": False, "b": True}).answers == {}


def test_conditions_may_read_the_language_and_the_event() -> None:
    definition = made([{"code": "q", "type": "yes_no", "show_if": {"field": "event.channel", "op": "eq", "value": "sms"}}])
    assert paging.next_page(definition, {}, context={"event.channel": "sms"}) == 0
    assert paging.next_page(definition, {}) is None


def test_scores_come_from_scales_numbers_yes_no_and_mapped_choices() -> None:
    definition = made([
        {"code": "n", "type": "nps", "indicator": "nps"},
        {"code": "s", "type": "single", "options": OPTIONS, "indicator": "ease"},
        {"code": "y", "type": "yes_no", "indicator": "solved"},
        {"code": "t", "type": "long_text"},
    ])  # fmt: skip
    assert scores(definition, {"n": 0, "s": "b", "y": False, "t": "x"}) == {"nps": 0.0, "ease": 2.0, "solved": 0.0}
    assert scores(definition, {"s": "o"}) == {}


def test_answers_are_piped_in_the_readers_words() -> None:
    definition = made([MANY, {"code": "y", "type": "yes_no"}], [{"code": "t", "type": "long_text", "text": {"en": "Why {{m}}?"}}])
    assert fill("{{ m }} / {{y}} / {{nothing}}.", definition, {"m": ["a", "o"], "m__other": "rain", "y": False}, "en") == "A, rain / No / ."
    assert [page_has_pipes(page) for page in definition.pages] == [False, True]


CODES = [f"q{number}" for number in range(6)]


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Any questionnaire of yes/no and scale questions with conditions that look back."""
    questions: list[dict[str, Any]] = []
    for code in CODES[: draw(st.integers(1, 6))]:
        question: dict[str, Any] = {"code": code, "type": draw(st.sampled_from(["nps", "yes_no"])), "required": draw(st.booleans())}
        if questions and draw(st.booleans()):
            test = {
                "field": draw(st.sampled_from([one["code"] for one in questions])),
                "op": draw(st.sampled_from(["le", "ge", "eq", "absent"])),
            }
            test |= {} if test["op"] == "absent" else {"value": draw(st.sampled_from([0, 1, 5, True]))}
            question["show_if"] = draw(st.sampled_from([test, {"not": test}]))
        questions.append(question)
    cut = draw(st.integers(1, len(questions)))
    return made(*(page for page in (questions[:cut], questions[cut:]) if page))


ANSWERS = st.dictionaries(st.sampled_from(CODES), st.one_of(st.integers(0, 10), st.booleans()))


@given(definitions(), ANSWERS)
def test_no_hidden_answer_is_kept_and_no_shown_answer_is_lost(definition: Definition, answers: dict[str, Any]) -> None:
    kept = paging.visible_answers(definition, answers)
    shown = {
        question.code for page in paging.shown_pages(definition, answers) for question in paging.shown_questions(definition, page, answers)
    }
    assert set(kept) == shown & set(answers) & set(definition.by_code)
    assert paging.visible_answers(definition, kept) == kept
    assert all(holds(question.show_if, kept) for question in definition.questions() if question.code in kept)


@given(
    definitions(), st.lists(st.dictionaries(st.sampled_from(CODES), st.sampled_from(["0", "7", "yes", "no", "x"])), min_size=2, max_size=2)
)
def test_a_walk_page_by_page_keeps_what_the_whole_keeps(definition: Definition, forms: list[dict[str, str]]) -> None:
    validator = compile_validator(definition)
    known: dict[str, Any] = {}
    page = paging.next_page(definition, known)
    while page is not None:
        read = validator.page(page, {name: [value] for name, value in forms[page].items()}, known)
        shown = {question.code for question in paging.shown_questions(definition, page, known | read.answers)}
        assert set(read.answers) | set(read.errors) <= shown
        known |= read.answers
        page = paging.next_page(definition, known, page)
    assert validator.complete(known) == known


@given(definitions())
def test_a_definition_survives_being_written_down(definition: Definition) -> None:
    again = Definition.from_json(definition.to_json())
    assert again == definition
    assert content_hash(again) == content_hash(definition)
