"""What answers give to indicators."""

from typing import Any

from questionnaires.logic.definition import SCALES, Definition, QuestionType
from questionnaires.logic.paging import Answers

OWN = {QuestionType.NPS: "nps", QuestionType.CSAT: "csat", QuestionType.CES: "ces"}
"""The indicator that a scale feeds unless its question names another."""


def scores(definition: Definition, answers: Answers) -> dict[str, float]:
    """Indicator to value: scales as they stand, yes/no as 1 and 0, numbers as they stand. The first question of an indicator counts."""
    found: dict[str, float] = {}
    for question in definition.questions:
        indicator = question.indicator or OWN.get(question.type)
        value = answers.get(question.id)
        if indicator is None or indicator in found or value is None:
            continue
        if question.type in SCALES or question.type in (QuestionType.YES_NO, QuestionType.NUMBER):
            found[indicator] = float(value)
    return found


def text_of(definition: Definition, answers: Answers) -> dict[str, str]:
    """The free words of an answer by question: what people may read as a verbatim."""
    kinds = (QuestionType.SHORT_TEXT, QuestionType.LONG_TEXT)
    found: dict[str, Any] = {
        question.id: answers[question.id] for question in definition.questions if question.type in kinds and question.id in answers
    }
    return {name: str(text) for name, text in found.items()}
