"""The answers of a questionnaire as columns, for exports and figures: one for each name that an answer may have."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from questionnaires.logic.definition import (
    JOINT,
    MATRICES,
    OTHER_SUFFIX,
    TEXTS,
    UPLOADS,
    Definition,
    Question,
    QuestionType,
    text_in,
)
from questionnaires.logic.piping import PIPE, YES_NO
from questionnaires.logic.rich import words_only


class ColumnKind(StrEnum):
    """What the values of a column are."""

    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    FLAG = "flag"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    FILES = "files"


@dataclass(frozen=True)
class Column:
    """One answer's place in a table.

    `name` is that of the answer, `part` the row or option of a matrix or constant sum; `choices` are the values with their
    labels, as (value, label); `ordered` where a list's order is the answer; `free` for words that may name somebody.
    """

    name: str
    question: str
    part: str
    type: QuestionType
    kind: ColumnKind
    label: str
    choices: tuple[tuple[str | int | bool, str], ...] = ()
    ordered: bool = False
    free: bool = False
    indicator: str | None = None


KINDS = {
    QuestionType.SINGLE: ColumnKind.CHOICE,
    QuestionType.MATRIX_SINGLE: ColumnKind.CHOICE,
    QuestionType.MULTIPLE: ColumnKind.CHOICES,
    QuestionType.MATRIX_MULTIPLE: ColumnKind.CHOICES,
    QuestionType.RANKING: ColumnKind.CHOICES,
    QuestionType.YES_NO: ColumnKind.FLAG,
    QuestionType.CONSENT: ColumnKind.FLAG,
    QuestionType.DATE: ColumnKind.DATE,
    QuestionType.TIME: ColumnKind.TIME,
    QuestionType.HIDDEN: ColumnKind.TEXT,
    QuestionType.EMAIL: ColumnKind.TEXT,
    QuestionType.PHONE: ColumnKind.TEXT,
    **dict.fromkeys(TEXTS, ColumnKind.TEXT),
    **dict.fromkeys(UPLOADS, ColumnKind.FILES),
}
"""The kinds that are not numbers."""
FREE = frozenset({*TEXTS, QuestionType.EMAIL, QuestionType.PHONE})


def answer_columns(definition: Definition, language: str = "") -> list[Column]:
    """The columns in the order of the document, labelled in a language (else the questionnaire's first)."""
    spoken = language or definition.language
    return [column for question in definition.questions() for column in _columns(definition, question, spoken)]


def _columns(definition: Definition, question: Question, language: str) -> list[Column]:
    if question.type is QuestionType.STATEMENT:
        return []
    label = _words(question.text, definition, language) or question.code
    if question.type in MATRICES or question.type is QuestionType.CONSTANT_SUM:
        return _parts(definition, question, label, language)
    own = Column(
        name=question.code,
        question=question.code,
        part="",
        type=question.type,
        kind=KINDS.get(question.type, ColumnKind.NUMBER),
        label=label,
        choices=_choices(definition, question, language),
        ordered=question.type is QuestionType.RANKING,
        free=question.type in FREE,
        indicator=question.indicator,
    )
    others = [_words(option.text, definition, language) or option.code for option in question.options if option.other]
    if question.code + OTHER_SUFFIX not in question.names:
        return [own]
    words = Column(own.name + OTHER_SUFFIX, question.code, "", question.type, ColumnKind.TEXT, f"{label} – {others[0]}", free=True)
    return [own, words]


def _parts(definition: Definition, question: Question, label: str, language: str) -> list[Column]:
    parts = question.rows if question.type in MATRICES else question.options
    choices = _choices(definition, question, language) if question.type in MATRICES else ()
    return [
        Column(
            name=question.code + JOINT + part.code,
            question=question.code,
            part=part.code,
            type=question.type,
            kind=KINDS.get(question.type, ColumnKind.NUMBER),
            label=f"{label} – {_words(part.text, definition, language) or part.code}",
            choices=choices,
            indicator=getattr(part, "indicator", None),
        )
        for part in parts
    ]


def _choices(definition: Definition, question: Question, language: str) -> tuple[tuple[str | int | bool, str], ...]:
    if question.type in (QuestionType.YES_NO, QuestionType.CONSENT):
        yes, no = YES_NO["zh" if language.startswith("zh") else "en"]
        return ((True, yes),) if question.type is QuestionType.CONSENT else ((True, yes), (False, no))
    if question.points:
        low, high = _words(question.low_label, definition, language), _words(question.high_label, definition, language)
        ends = {question.points[0]: low, question.points[-1]: high}
        return tuple((point, ends.get(point) or str(point)) for point in question.points)
    return tuple((option.code, _words(option.text, definition, language) or option.code) for option in question.options)


def _words(texts: Mapping[str, str], definition: Definition, language: str) -> str:
    """Words on one line, with a blank where an answer would be piped in."""
    text = text_in(texts, language, definition.language)
    return " ".join(PIPE.sub("…", words_only(text)).split())
