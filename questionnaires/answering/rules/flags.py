"""Marks on answers that a person should look at: each names the rule that set it, none refuses anything.

A mark is never proof: somebody who is delighted with everything also gives the same point everywhere.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from questionnaires.logic.definition import MATRICES, SCALES, Definition, Question, QuestionType

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
MOST_WATCHES = 128
SAME_ROWS = 5
"""As many equal points in a row look like a line."""

Form = Mapping[str, Sequence[str]]
Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Watch:
    """What the rules read of one version, worked out once: a submission must not wait for it.

    first, later  names of answers and seconds of each question, on the first page and on those after it
    lines         names of answers that make a line where all are the same
    """

    first: tuple[tuple[tuple[str, ...], float], ...]
    later: tuple[tuple[tuple[str, ...], float], ...]
    one_page: bool
    lines: tuple[tuple[str, ...], ...]


_watches: OrderedDict[int, tuple[Definition, Watch]] = OrderedDict()
"""By the definition's identity, which stays its own as long as it is kept here."""


def watch(definition: Definition) -> Watch:
    """The watch of a version, kept for the newest of them."""
    kept = _watches.get(id(definition))
    if kept is not None:
        return kept[1]
    made = _made(definition)
    _watches[id(definition)] = (definition, made)
    while len(_watches) > MOST_WATCHES:
        _watches.popitem(last=False)
    return made


def _made(definition: Definition) -> Watch:
    timed = [tuple((question.names, _seconds(question)) for question in page.questions if question.names) for page in definition.pages]
    questions = list(definition.questions())
    lines = [question.names for question in questions if question.type in MATRICES and question.type is not QuestionType.MATRIX_MULTIPLE]
    lines += [tuple(question.code for question in questions if question.type is kind) for kind in SCALES]
    later = tuple(one for page in timed[1:] for one in page)
    return Watch(timed[0] if timed else (), later, len(timed) == 1, tuple(names for names in lines if len(names) >= SAME_ROWS))


def _seconds(question: Question) -> float:
    """How long reading and answering takes somebody who reads, in the fastest of the question's languages."""
    reading = min((len(text) / CHARACTERS_A_SECOND[tag.startswith("zh")] for tag, text in question.text.items()), default=0.0)
    return reading + SECONDS_AN_ANSWER * max(1, len(question.rows))


def marks(definition: Definition, answers: Answers, form: Form, seconds: float | None = None) -> list[str]:
    """The marks of one submission, in the order of `FLAGS`.

    answers  complete answers as submitted
    form     the last page's fields
    seconds  from the first page saved to the submission; None or 0 where there was one page only
    """
    watched = watch(definition)
    found = [HONEYPOT] if any(text.strip() for text in form.get(TRAP, ())) else []
    spent, questions = _spent(watched, form, seconds)
    if spent is not None:
        if spent < LEAST_SECONDS:
            found.append(TOO_FAST)
        if spent < SPEEDING * sum(takes for names, takes in questions if any(name in answers for name in names)):
            found.append(SPEEDER)
    if watched.lines and any(_is_line([answers[name] for name in names if answers.get(name) is not None]) for names in watched.lines):
        found.append(STRAIGHT_LINER)
    return found


def _spent(watched: Watch, form: Form, seconds: float | None) -> tuple[float | None, Sequence[tuple[tuple[str, ...], float]]]:
    """The time that is known, and the questions that it was spent on.

    The time of the first page is only known to its script, which tells it together with that page.
    """
    if seconds:
        return seconds, watched.later
    told = (form.get(CLOCK) or ("",))[0]
    if watched.one_page and told.isascii() and told.isdigit() and len(told) < 8:
        return float(told), watched.first
    return None, ()


def _is_line(points: Sequence[Any]) -> bool:
    return len(points) >= SAME_ROWS and all(point == points[0] for point in points)


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
