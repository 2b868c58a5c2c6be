"""Which fields the form of each question type has."""

from collections.abc import Mapping

from questionnaires.logic.definition import (
    CHOICES,
    MATRICES,
    MOST_OPTIONS,
    SCALES,
    SILENT,
    TEXTS,
    WITH_OPTIONS,
    Display,
    QuestionType,
)
from questionnaires.logic.question import MOST_ROWS

__all__ = ["CHOICES", "MATRICES", "SILENT", "WITH_OPTIONS"]

SPARE_ROWS = 3
MOST = {"option": MOST_OPTIONS, "row": MOST_ROWS}
LONGEST = {"text": 500, "help": 500, "low": 60, "high": 60, "message": 200, "option": 200, "row": 200}
STATEMENT_LONGEST = 2000
PARTS = {"text": "text", "help": "help", "low": "low_label", "high": "high_label", "message": "required_message"}
"""Field names of texts, and the question's own names of them."""
NUMBERS = ("min", "max", "step", "total", "decimals", "max_length", "points_low", "points_high")
ALWAYS = ("points_low", "points_high")
"""These have a value always; an empty field leaves it as it is."""
TICKS = ("shuffle", "long_only")
MEMBER: Mapping[str, tuple[str, ...]] = {"option": ("exclusive", "other", "fixed", "score", "node"), "row": ("fixed", "indicator")}
"""What stands beside the words of an option or row."""

_ENDS = frozenset({*SCALES, QuestionType.SLIDER, QuestionType.MATRIX_RATING})
_NUMBERS: Mapping[QuestionType, tuple[str, ...]] = {
    **dict.fromkeys(TEXTS, ("max_length",)),
    QuestionType.MULTIPLE: ("min", "max"),
    QuestionType.RANKING: ("min", "max"),
    QuestionType.NUMBER: ("min", "max", "decimals"),
    QuestionType.SLIDER: ("min", "max", "step"),
    QuestionType.CONSTANT_SUM: ("total",),
    QuestionType.MATRIX_RATING: ("points_low", "points_high"),
    QuestionType.DATE: ("min", "max"),
    QuestionType.FILE: ("min", "max"),
    QuestionType.PHOTO: ("min", "max"),
}
_FRACTIONS = frozenset({QuestionType.NUMBER, QuestionType.SLIDER, QuestionType.CONSTANT_SUM})
_DISPLAYS: Mapping[QuestionType, tuple[Display, ...]] = {
    QuestionType.CSAT: (Display.AUTO, Display.STARS, Display.FACES, Display.NUMBERS),
    QuestionType.SINGLE: (Display.AUTO, Display.RADIO, Display.DROPDOWN, Display.PICTURES),
    QuestionType.MULTIPLE: (Display.AUTO, Display.PICTURES),
}


def parts(kind: QuestionType) -> tuple[str, ...]:
    """The texts of a type, by field name."""
    ends = ("low", "high") if kind in _ENDS else ()
    message = () if kind in SILENT else ("message",)
    return ("text",) if kind is QuestionType.HIDDEN else ("text", "help", *ends, *message)


def numbers(kind: QuestionType) -> tuple[str, ...]:
    """The numbers of a type."""
    return _NUMBERS.get(kind, ())


def displays(kind: QuestionType) -> tuple[Display, ...]:
    """The ways in which a type may be drawn; empty where there is only one."""
    return _DISPLAYS.get(kind, ())


def whole(kind: QuestionType, name: str) -> bool:
    """Whether a number must have no fraction."""
    return kind not in _FRACTIONS or name == "decimals"


def longest(kind: QuestionType, part: str) -> int:
    """The most characters of a text; a statement may say more."""
    return STATEMENT_LONGEST if kind is QuestionType.STATEMENT and part == "text" else LONGEST[part]
