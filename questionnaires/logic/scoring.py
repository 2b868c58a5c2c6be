"""What a person's answers give to each indicator."""

from collections.abc import Mapping
from typing import Any

from questionnaires.logic.definition import SCALES, Definition, Question, QuestionType
from questionnaires.logic.paging import blank

SCORED = frozenset({*SCALES, QuestionType.NUMBER, QuestionType.SINGLE, QuestionType.YES_NO})
"""Types whose answers can feed an indicator."""


def scores(definition: Definition, answers: Mapping[str, Any]) -> dict[str, float]:
    """The value for each indicator that was answered; of two questions that feed one the first answered counts.

    Give it the answers of `Validator.complete`: a hidden answer scores nothing.
    """
    found: dict[str, float] = {}
    for question in definition.questions():
        if question.indicator is not None and question.indicator not in found:
            value = score(question, answers.get(question.code))
            if value is not None:
                found[question.indicator] = value
    return found


def score(question: Question, answer: Any) -> float | None:
    """What one answer is worth; None where it is blank or its choice has no score."""
    if blank(answer) or question.type not in SCORED:
        return None
    if question.type is QuestionType.SINGLE:
        return next((option.score for option in question.options if option.code == answer), None)
    if question.type is QuestionType.YES_NO:
        return 1.0 if answer is True else 0.0
    return float(answer)
