"""The check before publishing: what is wrong with a definition, each finding tied to its question."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.foundation.conditions import Parsed, fields_of
from questionnaires.logic.definition import CHOICES, SCALES, Definition, Option, Question, QuestionType, Texts
from questionnaires.logic.forbidden import asks_for, begs, leads
from questionnaires.logic.piping import pipes

MOST_QUESTIONS = 5
LONGEST_TEXT = {"zh": 60, "en": 140}
EXTRA_FIELDS = ("event.", "customer.", "hidden.")


class Severity(StrEnum):
    """An error stops publishing; a warning is for the author to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing found; `code` is the translation key `finding_<code>`."""

    code: str
    severity: Severity
    question_id: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def check(definition: Definition, subject_class: str = "touchpoint") -> list[Finding]:
    """All findings, in the order of the questions.

    subject_class   `touchpoint` questionnaires are warned when they are long
    """
    found = list(_whole(definition, subject_class))
    before: set[str] = set()
    for number, page in enumerate(definition.pages):
        found += _condition(page.show_if, before, definition, None, number)
        for question in page.questions:
            found += _question(question, definition)
            found += _condition(question.show_if, before, definition, question.id, number)
            found += _piping(question, before, definition)
            before.add(question.id)
    return found


def publishable(findings: list[Finding]) -> bool:
    """Whether nothing stands in the way."""
    return not any(finding.severity is Severity.ERROR for finding in findings)


def _error(code: str, question_id: str | None = None, **facts: Any) -> Finding:
    return Finding(code, Severity.ERROR, question_id, facts)


def _warning(code: str, question_id: str | None = None, **facts: Any) -> Finding:
    return Finding(code, Severity.WARNING, question_id, facts)


def _whole(definition: Definition, subject_class: str) -> Iterator[Finding]:
    answered = [question for question in definition.questions if question.type is not QuestionType.STATEMENT]
    if not answered:
        yield _error("no_questions")
    for name, count in Counter(question.id for question in definition.questions).items():
        if count > 1:
            yield _error("id_twice", name)
    yield from _missing(definition.title, definition, None, "title")
    for number, page in enumerate(definition.pages, 1):
        if not page.questions:
            yield _error("empty_page", None, page=number)
    if subject_class == "touchpoint" and len(answered) > MOST_QUESTIONS:
        yield _warning("many_questions", None, count=len(answered), most=MOST_QUESTIONS)
    for indicator, count in Counter(question.indicator for question in answered if question.indicator).items():
        if count > 1:
            yield _warning("indicator_twice", None, indicator=indicator)


def _question(question: Question, definition: Definition) -> Iterator[Finding]:
    yield from _missing(question.text, definition, question.id, "text")
    for part in (question.help, question.low_label, question.high_label):
        if any(part.values()):
            yield from _missing(part, definition, question.id, "help")
    if question.type in CHOICES:
        yield from _options(question, definition)
    elif question.options:
        yield _error("options_not_used", question.id)
    if question.type in SCALES and not (any(question.low_label.values()) and any(question.high_label.values())):
        yield _warning("scale_without_labels", question.id)
    if question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:
        yield _error("bounds_crossed", question.id)
    yield from _wording(question)


def _wording(question: Question) -> Iterator[Finding]:
    for language, text in question.text.items():
        if kind := asks_for(f"{text} {question.help.get(language, '')}"):
            yield _error("asks_for_secret", question.id, kind=kind)
        if word := leads(text):
            yield _warning("leading_word", question.id, word=word)
        if word := begs(f"{text} {question.help.get(language, '')}"):
            yield _warning("begs_for_score", question.id, word=word)
        most = LONGEST_TEXT["zh" if language.startswith("zh") else "en"]
        if question.type is not QuestionType.STATEMENT and len(text) > most:
            yield _warning("long_text", question.id, language=language, length=len(text), most=most)


def _options(question: Question, definition: Definition) -> Iterator[Finding]:
    if len(question.options) < 2:
        yield _error("too_few_options", question.id)
    for code, count in Counter(option.code for option in question.options).items():
        if count > 1:
            yield _error("option_twice", question.id, option=code)
    for option in question.options:
        yield from _missing_option(option, definition, question.id)
    if question.max_choices is not None and question.min_choices > question.max_choices:
        yield _error("bounds_crossed", question.id)
    if sum(option.with_text for option in question.options) > 1:
        yield _error("two_other_options", question.id)


def _missing(texts: Texts, definition: Definition, question_id: str | None, part: str) -> Iterator[Finding]:
    for language in definition.languages:
        if not texts.get(language, "").strip():
            yield _error("missing_translation", question_id, language=language, part=part)


def _missing_option(option: Option, definition: Definition, question_id: str) -> Iterator[Finding]:
    for language in definition.languages:
        if not option.text.get(language, "").strip():
            yield _error("missing_option_translation", question_id, language=language, option=option.code)


def _condition(condition: Parsed | None, before: set[str], definition: Definition, question_id: str | None, page: int) -> Iterator[Finding]:
    if condition is None:
        return
    known = {question.id for question in definition.questions}
    for name in dict.fromkeys(fields_of(condition)):
        if name.startswith(EXTRA_FIELDS) or name == "language" or name in before:
            continue
        code = "condition_on_later" if name in known else "condition_on_unknown"
        yield _error(code, question_id, field=name, page=page + 1)


def _piping(question: Question, before: set[str], definition: Definition) -> Iterator[Finding]:
    known = {one.id for one in definition.questions}
    for name in sorted(pipes(question.text) | pipes(question.help)):
        if name not in before:
            yield _error("piping_of_later" if name in known else "piping_of_unknown", question.id, field=name)
