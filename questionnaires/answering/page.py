"""What one page of a questionnaire shows to one person: words picked, pipes filled, answers and errors in their places."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from portal.foundation.conditions import Parsed
from questionnaires.answering.drawing import NAME_SUFFIX, Drawing, QuestionView, Words
from questionnaires.answering.messages import message
from questionnaires.answering.rules.possible import Possible, possible
from questionnaires.logic import paging, piping
from questionnaires.logic.definition import JOINT, OTHER_SUFFIX, Definition, Question, QuestionType, text_in
from questionnaires.logic.problems import own_message
from questionnaires.logic.rich import rich
from questionnaires.logic.validate import Problem

NOTHING: Mapping[str, Any] = {}
Uploads = Callable[[Sequence[str]], Sequence[Any]]
"""The files behind ids, as far as they are this person's own."""


@dataclass(frozen=True)
class Filled:
    """What is known when a page is shown: earlier answers, what was typed into this page, what is wrong with it."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, Problem] = field(default_factory=dict)
    uploads: Uploads | None = None


BLANK = Filled()


def question_views(definition: Definition, index: int, language: str, filled: Filled) -> list[QuestionView]:
    """The questions of a page that are shown, or may come to be shown by what is answered on the page itself."""
    page = definition.pages[index]
    facts = paging.arrive(definition, index, filled.answers, filled.context).facts
    values: dict[str, list[str]] = {}
    for question in page.questions:
        values |= _values(question, filled)
    words = _words(definition, language, filled)
    drawing = Drawing(words, lambda name: values.get(name, []), _spell)
    return [_view(definition, one, language, filled, drawing, words) for one in possible(definition, page, facts)]


def _words(definition: Definition, language: str, filled: Filled) -> Words:
    def words(texts: Mapping[str, str]) -> str:
        return piping.fill(text_in(texts, language, definition.language), definition, filled.answers, language)

    return words


def rich_words(definition: Definition, texts: Mapping[str, str], language: str, answers: Mapping[str, Any]) -> Markup:
    """Rich words of one language, pipes filled with what was answered, as text."""
    text = text_in(texts, language, definition.language)
    return piping.fill_rich(text, definition, answers, language) if piping.PIPE.search(text) else rich(text)


def _view(definition: Definition, one: Possible, language: str, filled: Filled, drawing: Drawing, words: Words) -> QuestionView:
    question = one.question
    problem = filled.errors.get(question.code)
    fields = drawing.fields(one)
    if fields["draw"] == "upload" and filled.uploads is not None:
        fields["uploads"] = filled.uploads(_kept(question, filled))
    statement = question.type is QuestionType.STATEMENT
    return QuestionView(
        code=question.code,
        type=str(question.type),
        text=rich_words(definition, question.text, language, filled.answers) if statement else words(question.text),
        help=rich_words(definition, question.help, language, filled.answers),
        optional=not question.required and not statement,
        error=(own_message(question, problem, language, definition.language) or message(problem)) if problem else "",
        reveal=_spell(one.reveal),
        **fields,
    )


def _spell(condition: Parsed | None) -> str:
    """A condition as the page's script reads it."""
    if condition is None:
        return ""
    return json.dumps(condition.model_dump(mode="json", by_alias=True, exclude_defaults=True), separators=(",", ":"))


def _kept(question: Question, filled: Filled) -> list[str]:
    found = filled.typed.get(question.code) or filled.answers.get(question.code) or ()
    return [str(one) for one in found]


def _values(question: Question, filled: Filled) -> dict[str, list[str]]:
    """The form's values of a question, by field: as typed just now, else as saved."""
    names = (*question.names, question.code, question.code + OTHER_SUFFIX, question.code + NAME_SUFFIX)
    if question.type is QuestionType.RANKING:
        names = tuple(question.code + JOINT + option.code for option in question.options)
    typed = {name: list(filled.typed[name]) for name in names if name in filled.typed}
    if typed:
        return typed
    if question.type is QuestionType.RANKING:
        return {question.code + JOINT + str(code): [str(n)] for n, code in enumerate(filled.answers.get(question.code) or (), 1)}
    return {name: _spoken(filled.answers[name]) for name in names if filled.answers.get(name) is not None}


def _spoken(answer: Any) -> list[str]:
    if isinstance(answer, bool):
        return ["yes" if answer else "no"]
    return [str(one) for one in answer] if isinstance(answer, list | tuple) else [str(answer)]
