"""What one page of a questionnaire shows to one person: words picked, pipes filled, answers and errors in their places."""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from portal.foundation import conditions
from questionnaires.answering.messages import message
from questionnaires.answering.rules.reveal import values_of
from questionnaires.logic import paging, piping
from questionnaires.logic.definition import OTHER_SUFFIX, Definition, Question, text_in
from questionnaires.logic.validate import Problem

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Filled:
    """What is known when a page is shown: earlier answers, what was typed into this page, what is wrong with it."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, Problem] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing is known but the language, so that the page is the same for everybody."""
        return not (self.answers or self.typed or self.errors)


BLANK = Filled()


@dataclass(frozen=True)
class ChoiceView:
    """One target: a point of a scale, or an option."""

    value: str
    text: str
    checked: bool
    other: bool = False
    exclusive: bool = False


@dataclass(frozen=True)
class QuestionView:
    """One question as the template shows it."""

    code: str
    type: str
    text: str
    help: str
    optional: bool
    low: str
    high: str
    choices: list[ChoiceView]
    typed: str
    other_name: str
    other_text: str
    longest: int
    decimals: bool
    error: str
    reveal: str


def question_views(definition: Definition, index: int, language: str, filled: Filled) -> list[QuestionView]:
    """The questions of a page that are shown, or may come to be shown by what is answered on the page itself."""
    page = definition.pages[index]
    before = {**filled.context, **_answers_before(definition, index, filled)}
    here = {question.code for question in page.questions}
    return [_view(definition, question, language, filled, here) for question in page.questions if _may_show(question, here, before)]


def _answers_before(definition: Definition, index: int, filled: Filled) -> dict[str, Any]:
    here = {question.code for question in definition.pages[index].questions}
    kept = paging.visible_answers(definition, filled.answers, filled.context)
    return {code: answer for code, answer in kept.items() if code.removesuffix(OTHER_SUFFIX) not in here}


def _may_show(question: Question, here: Set[str], before: Mapping[str, Any]) -> bool:
    """Whether nothing on this page could bring the question into sight any more."""
    if question.show_if is None:
        return True
    if here & set(conditions.fields_of(question.show_if)):
        return True
    return conditions.evaluate(question.show_if, before) is True


def _reveal(question: Question, here: Set[str]) -> str:
    """The condition for the page's script, where answers on the page alone decide it."""
    if question.show_if is None or not set(conditions.fields_of(question.show_if)) <= here:
        return ""
    return json.dumps(question.show_if.model_dump(mode="json", by_alias=True, exclude_defaults=True), separators=(",", ":"))


def _view(definition: Definition, question: Question, language: str, filled: Filled, here: Set[str]) -> QuestionView:
    def words(texts: Mapping[str, str]) -> str:
        return piping.fill(text_in(texts, language, definition.language), definition, filled.answers, language)

    values = _values(question, filled)
    other_name = question.code + OTHER_SUFFIX
    problem = filled.errors.get(question.code)
    return QuestionView(
        code=question.code,
        type=str(question.type),
        text=words(question.text),
        help=words(question.help),
        optional=not question.required,
        low=words(question.low_label),
        high=words(question.high_label),
        choices=_choices(question, values, words),
        typed=values[0] if values else "",
        other_name=other_name,
        other_text=_first(filled.typed.get(other_name)) or str(filled.answers.get(other_name) or ""),
        longest=question.longest,
        decimals=question.decimals > 0,
        error=message(problem) if problem else "",
        reveal=_reveal(question, here),
    )


def _first(values: Sequence[str] | None) -> str:
    return values[0] if values else ""


def _values(question: Question, filled: Filled) -> list[str]:
    """The form's values of a question: as typed just now, else as saved."""
    if question.code in filled.typed:
        return list(filled.typed[question.code])
    answer = filled.answers.get(question.code)
    if answer is None:
        return []
    if isinstance(answer, bool):
        return ["yes" if answer else "no"]
    return [str(one) for one in answer] if isinstance(answer, list | tuple) else [str(answer)]


def _choices(question: Question, values: Sequence[str], words: Any) -> list[ChoiceView]:
    if question.options:
        return [
            ChoiceView(option.code, words(option.text), option.code in values, option.other, option.exclusive)
            for option in question.options
        ]
    return [ChoiceView(value, value, value in values) for value in values_of(question)]
