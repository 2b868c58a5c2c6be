"""Read a page of answers from a form: a table of readers compiled once for each version.

This is the hot path of a POST: plain functions and dicts, no pydantic. What was typed is given back beside each error,
so that nobody types anything twice.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.foundation import conditions
from questionnaires.logic import paging
from questionnaires.logic.definition import OTHER_SUFFIX, SCALES, TEXTS, Definition, Question, QuestionType
from questionnaires.logic.paging import NOTHING, Answers

Form = Mapping[str, Sequence[str]]
OTHER_LONGEST = 200
KEPT_LONGEST = 20_000
"""As much of an over-long text is handed back to be shortened."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one answer: a code and the facts of its message."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageResult:
    """A page as it was read: good answers, problems by question, and what was typed where there is a problem."""

    answers: dict[str, Any]
    errors: dict[str, Problem]
    typed: dict[str, list[str]]

    @property
    def ok(self) -> bool:
        """Whether the page can be left."""
        return not self.errors


Reader = Callable[[Sequence[str]], Any]
"""Gives the answer, None for blank, or a Problem."""


@dataclass(frozen=True, slots=True)
class _Row:
    question: Question
    read: Reader
    other: bool


class Validator:
    """Reads the forms of one version; made once and kept."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._pages = [
            [_row(question) for question in page.questions if question.type is not QuestionType.STATEMENT] for page in definition.pages
        ]

    def page(self, index: int, form: Form, known: Answers = NOTHING, context: Answers = NOTHING) -> PageResult:
        """Read one page's form. `known` are the answers of the pages before it, `context` what conditions may read besides.

        Questions that these answers hide are neither asked for nor kept, whatever the form holds.
        """
        facts = {**context, **paging.answers_before(self.definition, index, known, context)}
        result = PageResult({}, {}, {})
        for row in self._pages[index]:
            show_if = row.question.show_if
            if show_if is None or conditions.evaluate(show_if, facts) is True:
                _read(row, form, result)
                if row.question.code in result.answers:
                    facts[row.question.code] = result.answers[row.question.code]
        return result

    def complete(self, answers: Answers, context: Answers = NOTHING) -> dict[str, Any]:
        """The answers to keep at submission: those to what was shown."""
        return paging.visible_answers(self.definition, answers, context)

    def missing(self, answers: Answers, context: Answers = NOTHING) -> list[tuple[int, str]]:
        """Required questions that were shown and have no answer, as (page, question)."""
        return [
            (index, question.code)
            for index in paging.shown_pages(self.definition, answers, context)
            for question in paging.shown_questions(self.definition, index, answers, context)
            if question.required and answerable(question) and paging.blank(answers.get(question.code))
        ]


def compile_validator(definition: Definition) -> Validator:
    """A validator for a version."""
    return Validator(definition)


def _read(row: _Row, form: Form, result: PageResult) -> None:
    code = row.question.code
    values = [value for value in form.get(code, ()) if value != ""]
    answer = row.read(values)
    if answer is None and row.question.required:
        answer = Problem("answer_required")
    if isinstance(answer, Problem):
        result.errors[code] = answer
        result.typed[code] = [value[:KEPT_LONGEST] for value in values]
    elif answer is not None:
        result.answers[code] = answer
        if row.other:
            _read_other(row, form, result)


def _read_other(row: _Row, form: Form, result: PageResult) -> None:
    """The words beside the "other" option, while it is chosen."""
    code = row.question.code
    name = code + OTHER_SUFFIX
    words = next((tidy(value) for value in form.get(name, ()) if value), "")
    chosen = result.answers[code]
    others = {option.code for option in row.question.options if option.other}
    if not words or not (others & set(chosen) if isinstance(chosen, list) else chosen in others):
        return
    if len(words) > OTHER_LONGEST:
        result.errors[code] = Problem("text_too_long", {"max": OTHER_LONGEST, "length": len(words)})
        result.typed[name] = [words[:KEPT_LONGEST]]
        result.typed[code] = list(form.get(code, ()))
    else:
        result.answers[name] = words


def _row(question: Question) -> _Row:
    return _Row(question, _reader(question), any(option.other for option in question.options))


def _reader(question: Question) -> Reader:
    if question.type in SCALES:
        return _one_of({str(point): point for point in question.points})
    if question.type is QuestionType.YES_NO:
        return _one_of({"yes": True, "no": False})
    if question.type is QuestionType.SINGLE:
        return _one_of({option.code: option.code for option in question.options})
    if question.type is QuestionType.MULTIPLE:
        return _many_of(question)
    if question.type in TEXTS:
        return _words(question.longest, lines=question.type is QuestionType.LONG_TEXT)
    return _number(question)


def _one_of(choices: Mapping[str, Any]) -> Reader:
    def read(values: Sequence[str]) -> Any:
        if not values:
            return None
        if len(values) > 1:
            return Problem("one_choice_only")
        return choices[values[0]] if values[0] in choices else Problem("choice_unknown")

    return read


def _many_of(question: Question) -> Reader:
    order = [option.code for option in question.options]
    known = set(order)
    exclusive = {option.code for option in question.options if option.exclusive}
    least = int(question.min) if question.min is not None else 0
    most = int(question.max) if question.max is not None else len(order)

    def read(values: Sequence[str]) -> Any:
        chosen = set(values)
        if not chosen:
            return None
        if not chosen <= known:
            return Problem("choice_unknown")
        if chosen & exclusive:
            return [code for code in order if code in chosen] if len(chosen) == 1 else Problem("choice_exclusive")
        if len(chosen) < least:
            return Problem("too_few_choices", {"min": least})
        if len(chosen) > most:
            return Problem("too_many_choices", {"max": most})
        return [code for code in order if code in chosen]

    return read


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def tidy(text: str) -> str:
    """Text as it is kept: one kind of line end, no control characters (PostgreSQL keeps none), no blanks around."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _words(longest: int, *, lines: bool) -> Reader:
    def read(values: Sequence[str]) -> Any:
        if not values:
            return None
        text = tidy(values[0])
        if not lines:
            text = " ".join(text.split())
        if len(text) > longest:
            return Problem("text_too_long", {"max": longest, "length": len(text)})
        return text or None

    return read


_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,9})?\Z")


def _number(question: Question) -> Reader:
    least, most, decimals = question.min, question.max, question.decimals

    def read(values: Sequence[str]) -> Any:
        text = unicodedata.normalize("NFKC", values[0]).replace(",", "").strip() if values else ""
        if not text:
            return None
        if not _NUMBER.match(text):
            return Problem("not_a_number")
        value = float(text)
        if round(value, decimals) != value:
            return Problem("too_many_decimals", {"decimals": decimals})
        if least is not None and value < least:
            return Problem("number_too_low", {"min": f"{least:g}"})
        if most is not None and value > most:
            return Problem("number_too_high", {"max": f"{most:g}"})
        return int(value) if value.is_integer() else value

    return read


def answerable(question: Question) -> bool:
    """Whether a question takes an answer at all."""
    return question.type is not QuestionType.STATEMENT
