"""Made-up answers for a preview: what somebody could have answered, so that later pages show their conditions, pipes and counts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from questionnaires.logic import paging
from questionnaires.logic.definition import JOINT, MATRICES, SILENT, TEXTS, UPLOADS, Definition, Option, Question, QuestionType


class Mood(StrEnum):
    """Who is pretended to answer."""

    LOW = "low"
    HIGH = "high"
    MIXED = "mixed"


Choose = Callable[[str, Sequence[Any]], Any]
"""One of several, which stand from low to high, for an answer of this name."""


def pretended(definition: Definition, mood: Mood, words: str, today: date, context: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to every question of a questionnaire, by name; what the answers before hide is left out.

    Shape   `words` are what is said where text is wanted; files are never made up
    """
    found: dict[str, Any] = {}
    for question in definition.questions():
        found |= _answers(question, _chooser(mood), words, today)
    return paging.visible_answers(definition, found, context)


def _chooser(mood: Mood) -> Choose:
    if mood is Mood.LOW:
        return lambda _name, several: several[0]
    if mood is Mood.HIGH:
        return lambda _name, several: several[-1]
    return lambda name, several: several[sha256(name.encode()).digest()[0] % len(several)]


def _answers(question: Question, choose: Choose, words: str, today: date) -> dict[str, Any]:
    kind, code = question.type, question.code
    if kind in SILENT or kind in UPLOADS:
        return {}
    if kind in MATRICES:
        return {name: _of_row(question, name, choose) for name in question.names if question.points or question.options}
    if kind is QuestionType.CONSTANT_SUM:
        return _shares(question, choose)
    answer = _answer(question, choose, words, today)
    if answer is None:
        return {}
    own = {name: words for name in question.names[1:] if _says_other(question, answer)}
    return {code: answer, **own}


def _answer(question: Question, choose: Choose, words: str, today: date) -> Any:
    kind, code = question.type, question.code
    if question.points:
        return choose(code, question.points)
    if kind is QuestionType.SINGLE:
        return choose(code, _codes(question)) if question.options else None
    if kind in (QuestionType.MULTIPLE, QuestionType.RANKING):
        return _several(question, choose)
    if kind in (QuestionType.SLIDER, QuestionType.NUMBER):
        low, high = question.min if question.min is not None else 0, question.max if question.max is not None else 100
        return choose(code, [low, round((low + high) / 2), high])
    if kind is QuestionType.DATE:
        return (today + timedelta(days=int(question.min or question.max or 0))).isoformat()
    if kind in TEXTS:
        return words[: question.longest]
    return _PLAIN[kind](choose, code)


_PLAIN: Mapping[QuestionType, Callable[[Choose, str], Any]] = {
    QuestionType.YES_NO: lambda choose, code: choose(code, [False, True]),
    QuestionType.CONSENT: lambda _choose, _code: True,
    QuestionType.EMAIL: lambda _choose, _code: "name@example.com",
    QuestionType.PHONE: lambda _choose, _code: "+8613800000000",
    QuestionType.TIME: lambda _choose, _code: "10:30",
}


def _codes(question: Question) -> list[str]:
    """Options from low to high: by their scores where all have one, else as they are written, what stands apart first."""
    options = sorted(question.options, key=_rank) if all(one.score is not None for one in question.options) else question.options
    apart = [one.code for one in options if one.exclusive or one.other]
    return [*apart, *(one.code for one in options if one.code not in apart)]


def _rank(option: Option) -> float:
    return option.score or 0


def _several(question: Question, choose: Choose) -> list[str] | None:
    plain = [one.code for one in question.options if not one.exclusive]
    if not plain:
        return None
    orders = [plain, plain[::-1]]
    chosen: list[str] = choose(question.code, orders)
    if question.type is QuestionType.RANKING:
        return chosen
    least, most = max(1, int(question.min or 1)), int(question.max or len(chosen))
    return chosen[: min(most, max(least, choose(question.code, [1, 2, len(chosen)])))]


def _of_row(question: Question, name: str, choose: Choose) -> Any:
    if question.points:
        return choose(name, question.points)
    column = choose(name, [one.code for one in question.options])
    return [column] if question.type is QuestionType.MATRIX_MULTIPLE else column


def _shares(question: Question, choose: Choose) -> dict[str, Any]:
    """All of it on one option."""
    if not question.options:
        return {}
    favourite = choose(question.code, [one.code for one in question.options])
    total = question.total if question.total is not None else 100
    return {question.code + JOINT + one.code: total if one.code == favourite else 0 for one in question.options}


def _says_other(question: Question, answer: Any) -> bool:
    several = answer if isinstance(answer, list) else [answer]
    return any(one.other and one.code in several for one in question.options)
