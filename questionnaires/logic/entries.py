"""A question with its readers, made once for each version."""

from dataclasses import dataclass

from questionnaires.logic import reading
from questionnaires.logic.calendar_reading import time
from questionnaires.logic.definition import SCALES, TEXTS, UPLOADS, Page, Question, QuestionType
from questionnaires.logic.parts_reading import PartsReader, parts_reader
from questionnaires.logic.reading import Reader


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its readers: `read` for one field, `parts` for several.

    plain   nothing else is to be done than to read one field
    always  it is shown wherever its page is
    """

    question: Question
    code: str
    read: Reader | None
    parts: PartsReader | None
    plain: bool
    always: bool


def entry_of(question: Question) -> Entry:
    """A question's readers; give it as it is offered."""
    own_words = any(option.other for option in question.options)
    special = {*UPLOADS, QuestionType.DATE, QuestionType.HIDDEN, QuestionType.CONSENT}
    parts = parts_reader(question)
    plain = not (question.selective or own_words or question.rules or parts or question.type in special)
    always = question.show_if is None and not question.selective and not question.long_only
    return Entry(question, question.code, _reader(question), parts, plain, always)


def always_open(page: Page) -> bool:
    """Whether a page is shown to everybody who comes to it."""
    plain = (one for one in page.questions if one.type is not QuestionType.HIDDEN and not one.selective and not one.long_only)
    return page.show_if is None and any(one.show_if is None for one in plain)


def _reader(question: Question) -> Reader | None:
    kind = question.type
    if kind in SCALES:
        return reading.one_of({str(point): point for point in question.points})
    if kind is QuestionType.YES_NO:
        return reading.one_of({"yes": True, "no": False})
    if kind is QuestionType.SINGLE:
        return reading.one_of({option.code: option.code for option in question.options})
    if kind is QuestionType.MULTIPLE:
        return reading.many_of(question)
    if kind in TEXTS:
        return reading.words(question.longest, lines=kind is QuestionType.LONG_TEXT)
    if kind is QuestionType.NUMBER:
        return reading.number(question.min, question.max, question.decimals)
    if kind is QuestionType.SLIDER:
        return reading.slider(question)
    simple: dict[QuestionType, Reader] = {
        QuestionType.EMAIL: reading.email,
        QuestionType.PHONE: reading.phone,
        QuestionType.TIME: time,
        QuestionType.CONSENT: reading.consent,
    }
    return simple.get(kind)
