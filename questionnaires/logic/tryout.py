"""Answers worth trying when it is asked whether a condition can ever hold: few, but one of each kind that makes a difference."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from portal.foundation.conditions import Test
from questionnaires.logic.definition import (
    JOINT,
    MATRICES,
    OTHER_SUFFIX,
    UPLOADS,
    Definition,
    Question,
    QuestionType,
)
from questionnaires.logic.order import SHORT, VARIANT

LOW, SOMETHING = "!", "…"
"""Words that no condition names; the first comes before letters and digits, the second after them."""
MOST_SUBSETS = 4
_LISTS = frozenset({QuestionType.MULTIPLE, QuestionType.MATRIX_MULTIPLE, QuestionType.RANKING})


def values_of(definition: Definition, question: Question, name: str, tests: Iterable[Test]) -> list[Any]:
    """Values worth trying for one answer; a blank among them unless the answer is required."""
    named = _named(name, tests)
    picked = any(block.pick is not None for block in definition.blocks)
    blank: list[Any] = [] if question.required and not question.long_only and not picked else [None]
    if name == question.code + OTHER_SUFFIX and question.type not in MATRICES:
        return [None, *_texts(named)]
    return [*blank, *_values(question, named)]


def context_values(definition: Definition, name: str, tests: Iterable[Test]) -> list[Any]:
    """Values worth trying for a field of the context."""
    if name == "language":
        return list(definition.languages)
    if name == SHORT:
        return [None, True]
    if name.startswith(VARIANT):
        arms = [one for one in definition.experiments if VARIANT + one.code == name]
        return [arm.code for one in arms for arm in one.arms if arm.weight] or [None]
    named = _named(name, tests)
    return [*dict.fromkeys([None, *_numbers(named), *_texts(named)])] + [one for one in named if isinstance(one, bool)]


def _values(question: Question, named: list[Any]) -> Sequence[Any]:
    kind = question.type
    if question.points:
        ends = [question.points[0], question.points[-1]]
        return [point for point in question.points if point in ends or point in _numbers(named)]
    if kind is QuestionType.YES_NO:
        return (True, False)
    if kind is QuestionType.CONSENT:
        return (True,)
    if kind in (QuestionType.SINGLE, QuestionType.MATRIX_SINGLE):
        codes = [option.code for option in question.options]
        said = [code for code in codes if code in _words(named)]
        return [*said, *[code for code in codes if code not in said][:1]]
    if kind in _LISTS:
        return _lists(question, named)
    if kind in (QuestionType.NUMBER, QuestionType.SLIDER):
        return _within(question, [*_numbers(named), *(bound for bound in (question.min, question.max) if bound is not None), 1])
    if kind is QuestionType.CONSTANT_SUM:
        return [number for number in {*_numbers(named), 0, question.total or 100} if number >= 0]
    if kind in (QuestionType.DATE, QuestionType.TIME):
        early, late = ("0001-01-01", "9999-12-31") if kind is QuestionType.DATE else ("00:00", "23:59")
        return [*dict.fromkeys([early, *(str(one) for one in named), late])]
    return [[SOMETHING]] if kind in UPLOADS else _texts(named)


def _lists(question: Question, named: list[Any]) -> list[list[str]]:
    """Lists of options: every choice among the few that are named, with and without another one; and all together."""
    codes = [option.code for option in question.options]
    said = [code for code in codes if code in _words(named)]
    other = [code for code in codes if code not in said][:1]
    alone = {option.code for option in question.options if option.exclusive}
    together = [code for code in codes if code not in alone]
    if question.type is QuestionType.RANKING and question.min is None and question.max is None:
        return [together]
    few = said[:MOST_SUBSETS] if len(said) > MOST_SUBSETS else said
    subsets = [list(one) for size in range(len(few) + 1) for one in combinations(few, size)]
    tried = [*subsets, *([*one, *other] for one in subsets), *([code] for code in said), together]
    return [one for one in tried if one and (len(one) == 1 or not alone.intersection(one))]


def _named(name: str, tests: Iterable[Test]) -> list[Any]:
    found: list[Any] = []
    for test in tests:
        if test.field == name and test.value is not None:
            found += test.value if isinstance(test.value, tuple) else [test.value]
    return [*dict.fromkeys(found)]


def _numbers(named: list[Any]) -> list[float]:
    """Named numbers, also those written as text, with one beside each."""
    found: list[float] = []
    for one in named:
        try:
            number = float(one) if not isinstance(one, bool) else None
        except ValueError:
            number = None
        if number is not None and abs(number) < 1e15:
            found += [number - 1, number, number + 1]
    return [*dict.fromkeys(found)]


def _words(named: list[Any]) -> set[str]:
    return {("true" if one else "false") if isinstance(one, bool) else f"{one:g}" if isinstance(one, float) else str(one) for one in named}


def _texts(named: list[Any]) -> list[str]:
    """Named words, one just after each, all of them in one, and some that come before and after most."""
    said = sorted(_words(named))
    return [*said, *(word + LOW for word in said), *([JOINT.join(said)] if len(said) > 1 else []), LOW, SOMETHING]


def _within(question: Question, numbers: Iterable[float]) -> list[float]:
    low = question.min if question.min is not None else (0 if question.type is QuestionType.SLIDER else None)
    high = question.max if question.max is not None else (100 if question.type is QuestionType.SLIDER else None)
    return [one for one in dict.fromkeys(numbers) if (low is None or one >= low) and (high is None or one <= high)]
