"""Marks on answers that a person should look at: each names the rule that set it, none refuses anything.

A mark is never proof: somebody who is delighted with everything also gives the same point everywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from questionnaires.logic.definition import JOINT, MATRICES, SCALES, Definition, Question, QuestionType

HONEYPOT, TOO_FAST, SPEEDER, STRAIGHT_LINER = "honeypot", "too_fast", "speeder", "straight_liner"
SAME_DEVICE, BURST_STAFF, BURST_DEVICE, BURST_ADDRESS = "same_device", "burst_staff", "burst_device", "burst_address"
FLAGS = (HONEYPOT, TOO_FAST, SPEEDER, STRAIGHT_LINER, SAME_DEVICE, BURST_STAFF, BURST_DEVICE, BURST_ADDRESS)
TRAP, CLOCK = "_url", "_t"
"""The field that nobody sees, and the seconds that the page was open by its own script."""
LEAST_SECONDS = 2.0
"""Nobody reads and answers a page in less."""
CHARACTERS_A_SECOND = {True: 8.0, False: 25.0}
"""Reading Chinese (True) and alphabets; careful readers take longer."""
SECONDS_AN_ANSWER = 1.0
SPEEDING = 1 / 3
"""Faster than a third of the estimated time."""
SAME_ROWS = 5
"""As many equal points in a row look like a line."""

Form = Mapping[str, Sequence[str]]
Answers = Mapping[str, Any]


def marks(definition: Definition, answers: Answers, form: Form, seconds: float | None = None) -> list[str]:
    """The marks of one submission, in the order of `FLAGS`.

    answers  complete answers as submitted
    form     the last page's fields
    seconds  from the first page saved to the submission; None or 0 where there was one page only
    """
    found = [HONEYPOT] if any(text.strip() for text in form.get(TRAP, ())) else []
    spent, questions = _spent(definition, answers, form, seconds)
    if spent is not None:
        if spent < LEAST_SECONDS:
            found.append(TOO_FAST)
        if spent < SPEEDING * expected_seconds(questions):
            found.append(SPEEDER)
    if straight(definition, answers):
        found.append(STRAIGHT_LINER)
    return found


def _spent(definition: Definition, answers: Answers, form: Form, seconds: float | None) -> tuple[float | None, list[Question]]:
    """The time that is known, and the answered questions that it was spent on.

    The time of the first page is only known to its script, which tells it together with that page.
    """
    if seconds:
        return seconds, [one for page in definition.pages[1:] for one in page.questions if _answered(one, answers)]
    told = (form.get(CLOCK) or ("",))[0]
    if not (told.isascii() and told.isdigit() and len(told) < 8) or len(definition.pages) != 1:
        return None, []
    return float(told), [one for one in definition.questions() if _answered(one, answers)]


def expected_seconds(questions: Sequence[Question]) -> float:
    """How long reading and answering some questions takes somebody who reads them, in the fastest of their languages."""
    return sum(_reading(question) + SECONDS_AN_ANSWER * max(1, len(question.rows)) for question in questions)


def _reading(question: Question) -> float:
    return min((len(text) / CHARACTERS_A_SECOND[tag.startswith("zh")] for tag, text in question.text.items()), default=0.0)


def straight(definition: Definition, answers: Answers) -> bool:
    """Whether all points of the matrices, or all points of one kind of scale, are the same, and there are enough of them."""
    lines = [points for question in definition.questions() if question.type in MATRICES for points in [_row_points(question, answers)]]
    return any(_is_line(points) for points in [*lines, *_scale_points(definition, answers)])


def _is_line(points: Sequence[Any]) -> bool:
    return len(points) >= SAME_ROWS and all(point == points[0] for point in points)


def _row_points(question: Question, answers: Answers) -> list[Any]:
    if question.type is QuestionType.MATRIX_MULTIPLE:
        return []
    found = (answers.get(question.code + JOINT + row.code) for row in question.rows)
    return [point for point in found if point is not None]


def _scale_points(definition: Definition, answers: Answers) -> Iterator[list[Any]]:
    for kind in SCALES:
        codes = [question.code for question in definition.questions() if question.type is kind]
        yield [answers[code] for code in codes if answers.get(code) is not None]


def _answered(question: Question, answers: Answers) -> bool:
    return any(name in answers for name in question.names)


def crowded(answers: Sequence[tuple[UUID | None, str, datetime, UUID]], window: timedelta, most: int) -> set[UUID]:
    """Ids of answers that stand with more than `most` others of the same unit and staff member within a window.

    answers  (unit, staff, moment, id), in the order of their moments
    """
    found: set[UUID] = set()
    by_staff: dict[tuple[UUID | None, str], list[tuple[datetime, UUID]]] = {}
    for unit, staff, at, key in answers:
        by_staff.setdefault((unit, staff), []).append((at, key))
    for moments in by_staff.values():
        first = 0
        for last, (at, _) in enumerate(moments):
            while at - moments[first][0] >= window:
                first += 1
            if last - first + 1 > most:
                found.update(key for _, key in moments[first : last + 1])
    return found
