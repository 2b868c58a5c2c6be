"""Files of answers as LimeSurvey and Qualtrics write them: one, two or three head rows; a layout is made from their columns.

LimeSurvey   one head row: question codes (`Q1`, `Q1[SQ001]`, `Q1[other]`), or codes and words (`Q1. How …?`)
Qualtrics    three: export tags (`Q1`, `Q4_2`, `Q3_2_TEXT`), the words, then `{"ImportId":"QID1"}`; older files have two
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.foundation.delimited.rows import open_text, rows_of
from portal.foundation.delimited.rowtests import Op, Requirement
from portal.foundation.delimited.shape import FileShape
from portal.foundation.errors import SoundingsError
from questionnaires.interchange.carrying.codes import fitted
from questionnaires.interchange.responses_layout import AnswerShape, ResponseShape, ResponsesLayout
from questionnaires.logic.definition import CHOICES, JOINT, MATRICES, OTHER_SUFFIX, Definition, Question, QuestionType

PIECE = 1 << 20
PRESETS = ("limesurvey", "qualtrics")
TIMES = {"limesurvey": ("submitdate", "datestamp", "lastpage"), "qualtrics": ("EndDate", "RecordedDate", "StartDate")}
IDS = {"limesurvey": ("id", "response id"), "qualtrics": ("ResponseId", "ResponseID", "V1")}
LANGUAGES = {"limesurvey": ("startlanguage",), "qualtrics": ("UserLanguage", "Q_Language")}
_PARTS = re.compile(r"[\[\]._]+")
_WORDS_AFTER = re.compile(r"^([A-Za-z]\w*(?:\[[^\]]*\])*)\.\s")
_IMPORT_ID = re.compile(r"^\s*\{\s*\"?'?ImportId")
_MOMENT = re.compile(r"\s*\d{4}-\d\d-\d\d")
Q = QuestionType
BLANK = ("", "N/A", "NA", "{question_not_shown}")
YES, NO = ("Y", "Yes", "yes", "1", "true"), ("N", "No", "no", "0", "2", "false")


class HeadUnknown(SoundingsError):
    """The file's head rows are not those of the program that was named; `missing` says what was looked for."""

    code, status = "file_head_unknown", 422


@dataclass(frozen=True)
class Head:
    """The head of a file: its columns, how many rows follow the first before the answers begin, and how it is cut."""

    columns: tuple[str, ...]
    further: int
    shape: FileShape


def head_of(path: Path) -> Head:
    """The head rows of a file.

    Raises  InputRefused and its kinds; HeadUnknown for a file without a row
    """
    encoding = _encoding(path)
    for delimiter in (",", ";", "\t"):
        shape = FileShape(delimiter=delimiter, encoding=encoding)
        with open_text(path, shape) as text:
            rows = []
            for _line, fields in rows_of(text, shape):
                rows.append(fields or [])
                if len(rows) == 3:
                    break
        if rows and len(rows[0]) > 1:
            return Head(tuple(rows[0]), _further(rows), shape)
    raise HeadUnknown(missing="columns")


def _encoding(path: Path) -> str:
    """UTF-8, UTF-16 by its mark, else what Chinese programs write; read through once, since one sign may decide.

    Raises  InputRefused and its kinds, where it is none of these
    """
    with open_text(path, FileShape(encoding="latin-1")) as text:
        if text.read(2) in ("ÿþ", "þÿ"):
            return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        with open_text(path, FileShape(encoding=encoding)) as text:
            try:
                while text.read(PIECE):
                    pass
            except UnicodeDecodeError:
                continue
        return encoding
    return "utf-8-sig"


def _further(rows: Sequence[Sequence[str]]) -> int:
    """Head rows after the first: up to the one of import ids; without one, a second row that has words where a time should be."""
    for number, row in enumerate(rows[1:], 1):
        if any(_IMPORT_ID.match(cell) for cell in row):
            return number
    timed = [any(_MOMENT.match(cell) for cell in row) for row in rows]
    return 1 if timed[1:3] == [False, True] else 0


def layout_of(head: Head, preset: str, definition: Definition, timezone: str = "UTC", unit: str = "") -> ResponsesLayout:
    """A layout for a file, from the names of its columns.

    Raises  HeadUnknown where it has no column for the time or none of the questionnaire's questions
    """
    at = _first(head.columns, TIMES[preset])
    if at is None:
        raise HeadUnknown(missing=", ".join(TIMES[preset]))
    answers = list(_answers(head.columns, definition))
    if not answers:
        raise HeadUnknown(missing=", ".join(question.code for question in definition.questions())[:200])
    identity, language = _first(head.columns, IDS[preset]), _first(head.columns, LANGUAGES[preset])
    response = ResponseShape(
        submitted_at=_slot(at), timezone=timezone, id=_slot(identity) if identity else None, language=_slot(language) if language else None,
        unit=unit or None, channel=preset,
    )  # fmt: skip
    finished = (Requirement(column=at, op=Op.PRESENT, reason="not_finished"),)
    return ResponsesLayout(file=head.shape, response=response, answer=tuple(answers), require=finished)


def _slot(column: str) -> str:
    return "{" + column + "}"


def _first(columns: Iterable[str], wanted: Sequence[str]) -> str | None:
    folded = {column.strip().lower(): column for column in reversed(list(columns))}
    return next((folded[name.lower()] for name in wanted if name.lower() in folded), None)


def _answers(columns: Sequence[str], definition: Definition) -> Iterable[AnswerShape]:
    known = _known(definition)
    for column in columns:
        name = found[1] if (found := _WORDS_AFTER.match(column)) else column
        if "{" in column or "}" in column:
            continue
        key = _key(name.removesuffix("_TEXT") + ("_other" if name.endswith("_TEXT") else ""))
        meant = known.get(key) or known.get(_key(name))
        if meant is not None:
            yield _shape(column, *meant)
            question, answer, _option = meant
            if question.type is Q.MULTIPLE and answer.endswith(OTHER_SUFFIX):  # own words mean that it was chosen
                other = next(one.code for one in question.options if one.other)
                yield AnswerShape(column=column, question=question.code, blank=BLANK, chosen=other)


def _key(name: str) -> str:
    """A column's name as it is looked up: `Q1[SQ001]` and `q1_sq001` are one."""
    return fitted("_".join(part for part in _PARTS.split(name) if part), "column")


Meant = tuple[Question, str, str]
"""A question, the name of its answer, and the option that a column of ticks stands for."""


def _known(definition: Definition) -> dict[str, Meant]:
    found: dict[str, Meant] = {}
    for question in definition.questions():
        stem = question.code
        for name in question.names:
            found.setdefault(_key(name.replace(JOINT, "_")), (question, name, ""))
        if question.type is Q.MULTIPLE:
            for option in question.options:
                found.setdefault(_key(f"{stem}_{option.code}"), (question, stem, option.code))
        if question.type in CHOICES:
            for option in question.options:
                if option.other:
                    for ending in ("other", f"{option.code}_other"):
                        found.setdefault(_key(f"{stem}_{ending}"), (question, stem + OTHER_SUFFIX, ""))
        if question.type in MATRICES:
            for number, row in enumerate(question.rows, 1):
                found.setdefault(_key(f"{stem}_{number}"), (question, stem + JOINT + row.code, ""))
    return found


def _shape(column: str, question: Question, name: str, option: str) -> AnswerShape:
    if option:
        return AnswerShape(
            column=column, question=name, blank=(*BLANK, *NO), map=dict.fromkeys((*YES, option, *_words(question, option)), option)
        )
    own_words = name.endswith(OTHER_SUFFIX)
    several = "," if question.type in (Q.MULTIPLE, Q.MATRIX_MULTIPLE) and not own_words else ""
    return AnswerShape(column=column, question=name, blank=BLANK, map={} if own_words else _map(question), separator=several)


def _words(question: Question, code: str) -> list[str]:
    return [text for one in question.options if one.code == code for text in one.text.values()]


def _map(question: Question) -> Mapping[str, str]:
    """Values of the file to codes of ours: the code as the file spells it, or the words of the option."""
    if question.type in (Q.YES_NO, Q.CONSENT):
        return {**dict.fromkeys(YES, "yes"), **dict.fromkeys(NO, "no")}
    found: dict[str, str] = {}
    for option in question.options:
        found |= {text: option.code for text in option.text.values() if text}
        found |= dict.fromkeys((option.code, option.code.upper(), option.code.capitalize()), option.code)
        if option.other:
            found["-oth-"] = option.code
    return found
