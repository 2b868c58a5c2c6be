"""The numbers of a question, kept within what a definition may hold."""

from typing import Any

from questionnaires.interchange.carrying.form import Ask
from questionnaires.logic.bounds_check import BOUNDED
from questionnaires.logic.definition import MOST_FILES, TEXTS, UPLOADS, QuestionType

LARGEST = 1e12
CHOSEN = frozenset({QuestionType.MULTIPLE, QuestionType.RANKING, QuestionType.MATRIX_MULTIPLE})


def bounds(ask: Ask, options: int) -> dict[str, Any]:
    """Bounds, step, decimals, points and length, as far as the type has them."""
    made: dict[str, Any] = {}
    if ask.type in BOUNDED:
        least, most = _number(ask.min), _number(ask.max)
        if ask.type in CHOSEN:
            least = min(least, options) if least is not None and least >= 1 else None
            most = most if most is not None and 1 <= most < options else None
        if ask.type in UPLOADS and most is not None:
            most = max(1, min(MOST_FILES, int(most)))
        if least is not None and most is not None and least > most:
            least = most = None
        made |= {"min": least, "max": most}
    if ask.type is QuestionType.SLIDER and ask.step is not None and 0 < ask.step < LARGEST:
        made["step"] = ask.step
    if ask.type is QuestionType.CONSTANT_SUM:
        made["total"] = _number(ask.total)
    if ask.type in (QuestionType.NUMBER, QuestionType.SLIDER, QuestionType.CONSTANT_SUM):
        made["decimals"] = max(0, min(6, ask.decimals))
    if ask.type is QuestionType.MATRIX_RATING and ask.points is not None:
        low, high = ask.points
        made |= {"points_low": max(0, min(1, low)), "points_high": max(2, min(10, high))}
    if ask.type in TEXTS and ask.max_length is not None and ask.max_length >= 1:
        made["max_length"] = min(10_000, ask.max_length)
    return made


def _number(value: float | None) -> float | None:
    return value if value is not None and abs(value) <= LARGEST else None
