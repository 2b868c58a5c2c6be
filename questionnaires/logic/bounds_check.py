"""The part of the check that looks at numbers: bounds, steps, totals, and whether any answer can keep them."""

from collections.abc import Iterator
from decimal import Decimal
from math import ceil

from questionnaires.logic.definition import MOST_FILES, UPLOADS, Question, QuestionType
from questionnaires.logic.findings import Finding, error, warning
from questionnaires.logic.parts_reading import WHOLE_SUM
from questionnaires.logic.reading import SLIDER_HIGH, SLIDER_LOW, SLIDER_STEP

BOUNDED = frozenset({
    *(QuestionType.NUMBER, QuestionType.SLIDER, QuestionType.DATE, QuestionType.MULTIPLE, QuestionType.RANKING),
    *(QuestionType.MATRIX_MULTIPLE, *UPLOADS),
})  # fmt: skip
"""Types that `min` and `max` bound."""


def check_bounds(question: Question) -> Iterator[Finding]:
    """What is wrong with a question's numbers."""
    least, most = question.min, question.max
    if least is not None and most is not None and least > most:
        yield error("bounds_crossed", question.code)
    if question.type not in BOUNDED and (least is not None or most is not None):
        yield warning("bounds_not_used", question.code)
    if question.type in (QuestionType.MULTIPLE, QuestionType.MATRIX_MULTIPLE, QuestionType.RANKING):
        yield from _choices(question)
    elif question.type is QuestionType.SLIDER:
        yield from _slider(question)
    elif question.type is QuestionType.CONSTANT_SUM:
        yield from _total(question)
    elif question.type in UPLOADS:
        yield from _files(question)
    elif question.type is QuestionType.NUMBER:
        yield from _number(question)


def _choices(question: Question) -> Iterator[Finding]:
    most = sum(not option.exclusive for option in question.options)
    if question.min is not None and question.options and question.min > most:
        yield error("more_choices_than_options", question.code, min=int(question.min), count=most)
    if question.max is not None and question.max < 1:
        yield error("bounds_crossed", question.code)


def _number(question: Question) -> Iterator[Finding]:
    """Between the bounds lies a number with so many decimals."""
    if question.min is None or question.max is None or question.min > question.max:
        return
    unit = Decimal(1).scaleb(-question.decimals)
    low, high = Decimal(str(question.min)), Decimal(str(question.max))
    if ceil(low / unit) * unit > high:
        yield error("bounds_crossed", question.code)


def _slider(question: Question) -> Iterator[Finding]:
    low = question.min if question.min is not None else SLIDER_LOW
    high = question.max if question.max is not None else SLIDER_HIGH
    step = question.step or SLIDER_STEP
    if low >= high:
        yield error("bounds_crossed", question.code)
    elif (Decimal(str(high)) - Decimal(str(low))) % Decimal(str(step)):
        yield error("step_does_not_divide", question.code, step=f"{step:g}", min=f"{low:g}", max=f"{high:g}")


def _total(question: Question) -> Iterator[Finding]:
    """Shares are not negative and have so many decimals, so the total has to be positive and have no more."""
    total = question.total if question.total is not None else WHOLE_SUM
    if total <= 0 or round(total, question.decimals) != total:
        yield error("total_unreachable", question.code, total=f"{total:g}", decimals=question.decimals)


def _files(question: Question) -> Iterator[Finding]:
    if question.min is not None and question.min > question.most_files:
        yield error("bounds_crossed", question.code)
    if question.max is not None and (question.max > MOST_FILES or question.max < 1):
        yield error("too_many_files_asked", question.code, most=MOST_FILES)
