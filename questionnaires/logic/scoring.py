"""What a person's answers give to each indicator."""

from collections.abc import Mapping
from typing import Any

from questionnaires.logic.answered import blank
from questionnaires.logic.definition import JOINT, MATRICES, SCALES, Definition, Question, QuestionType, Score

SCORED = frozenset(
    {*SCALES, *MATRICES, QuestionType.NUMBER, QuestionType.SLIDER, QuestionType.SINGLE, QuestionType.MULTIPLE, QuestionType.YES_NO}
)
"""Types whose answers can feed an indicator."""
BY_OPTIONS = frozenset({QuestionType.SINGLE, QuestionType.MULTIPLE, QuestionType.MATRIX_SINGLE, QuestionType.MATRIX_MULTIPLE})
"""Types whose answers are worth what their options' scores say."""


def scores(definition: Definition, answers: Mapping[str, Any]) -> dict[str, float]:
    """The value for each indicator that was answered; of two questions that feed one the first answered counts.

    Give it the answers of `Validator.complete`: a hidden answer scores nothing. Worked-out scores come after the questions'.
    """
    found: dict[str, float] = {}
    for question in definition.questions():
        for indicator, name in _feeds(question):
            if indicator not in found and (value := worth(definition, name, answers)) is not None:
                found[indicator] = value
    for one in definition.scores:
        if one.indicator not in found and (value := worked_out(definition, one, answers)) is not None:
            found[one.indicator] = value
    return found


def worked_out(definition: Definition, one: Score, answers: Mapping[str, Any]) -> float | None:
    """The sum or mean of what several answers are worth, then to a scale; None where too few are answered."""
    parts = [value for name in one.of if (value := worth(definition, name, answers)) is not None]
    if len(parts) < max(one.at_least, 1):
        return None
    whole = sum(parts) / len(parts) if one.mean else sum(parts)
    return round(whole * one.times + one.plus, 9)


def worth(definition: Definition, name: str, answers: Mapping[str, Any]) -> float | None:
    """What one answer is worth, by its name: a question's, a row's (`speed__counter`), or of a whole matrix the mean of its rows."""
    question = definition.by_name.get(name)
    if question is not None:
        return score(question, answers.get(name))
    matrix = definition.by_code.get(name)
    if matrix is None or matrix.type not in MATRICES:
        return None
    rows = [value for row in matrix.names if (value := score(matrix, answers.get(row))) is not None]
    return round(sum(rows) / len(rows), 9) if rows else None


def score(question: Question, answer: Any) -> float | None:
    """What one answer is worth; None where it is blank or a choice of it has no score. Of several choices the sum."""
    if blank(answer) or question.type not in SCORED:
        return None
    if question.type in BY_OPTIONS:
        several = answer if isinstance(answer, list | tuple) else (answer,)
        by_code = {option.code: option.score for option in question.options}
        values = [by_code.get(code) for code in several]
        return None if None in values else float(sum(value for value in values if value is not None))
    if question.type is QuestionType.YES_NO:
        return float(answer) if isinstance(answer, bool) else None
    return float(answer) if isinstance(answer, int | float) and not isinstance(answer, bool) else None


def indicators(definition: Definition) -> dict[str, list[str]]:
    """The names of answers that feed each indicator, in the order of the document; worked-out ones have their parts."""
    found: dict[str, list[str]] = {}
    for question in definition.questions():
        for indicator, name in _feeds(question):
            found.setdefault(indicator, []).append(name)
    for one in definition.scores:
        found.setdefault(one.indicator, []).extend(one.of)
    return found


def _feeds(question: Question) -> list[tuple[str, str]]:
    own = [(question.indicator, question.code)] if question.indicator is not None else []
    rows = question.rows if question.type in MATRICES else ()
    return own + [(row.indicator, question.code + JOINT + row.code) for row in rows if row.indicator is not None]
