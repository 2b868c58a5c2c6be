"""Answers as they come from a form, checked by a table of functions that is made once a version.

No pydantic and no form class at work time: this runs for every page that a customer sends.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.foundation.conditions import Facts, Parsed, holds
from questionnaires.logic.definition import Definition, Question, QuestionType

Form = Mapping[str, Sequence[str]]
Check = Callable[[Sequence[str]], Any]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMBER = re.compile(r"[+-]?\d{1,12}([.]\d{1,6})?\Z")


class Refused(Exception):
    """One answer can't be taken; `code` says why and `facts` fill the words."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class AnswerError:
    """What is wrong with one answer: `required`, `not_an_option`, `too_long`, `too_few`, `too_many`, `exclusive`, `not_a_number`,
    `too_small`, `too_large` or `other_text_required`."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageResult:
    """One page of answers: the good ones by question, and the errors by question. Answers of hidden questions are absent."""

    answers: dict[str, Any]
    errors: dict[str, AnswerError]


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    other: str
    show_if: Parsed | None
    required: bool
    check: Check
    with_text: str | None


class Validator:
    """Checks the pages of one version."""

    def __init__(self, definition: Definition) -> None:
        self.pages = [
            [_rule(question) for question in page.questions if question.type is not QuestionType.STATEMENT] for page in definition.pages
        ]

    def page(self, number: int, form: Form, known: Facts) -> PageResult:
        """Check one page in the order of its questions; what is shown depends on `known` and on the answers above on the same page."""
        answers: dict[str, Any] = {}
        errors: dict[str, AnswerError] = {}
        facts: dict[str, Any] = dict(known)
        for rule in self.pages[number]:
            facts.pop(rule.id, None)
            if rule.show_if is not None and not holds(rule.show_if, facts):
                continue
            try:
                value = rule.check(form.get(rule.id, ()))
                if value is None and rule.required:
                    raise Refused("required")
                if value is not None:
                    answers[rule.id] = facts[rule.id] = value
                    self._other(rule, value, form, answers)
            except Refused as refused:
                errors[rule.id] = AnswerError(refused.code, refused.facts)
        return PageResult(answers, errors)

    @staticmethod
    def _other(rule: _Rule, value: Any, form: Form, answers: dict[str, Any]) -> None:
        if rule.with_text is None or not (rule.with_text in value if isinstance(value, list) else rule.with_text == value):
            return
        text = _text(form.get(rule.other, ()), 200)
        if text is not None:
            answers[rule.other] = text


def compile_validator(definition: Definition) -> Validator:
    """The validator of a version; make it once and keep it."""
    return Validator(definition)


def _rule(question: Question) -> _Rule:
    with_text = next((option.code for option in question.options if option.with_text), None)
    return _Rule(question.id, question.other, question.show_if, question.required, _CHECKS[question.type](question), with_text)


def _scale(question: Question) -> Check:
    points = {str(point): point for point in question.scale or ()}

    def check(raw: Sequence[str]) -> int | None:
        if not raw or raw[0] == "":
            return None
        if raw[0] not in points:
            raise Refused("not_an_option")
        return points[raw[0]]

    return check


def _single(question: Question) -> Check:
    codes = {option.code for option in question.options}

    def check(raw: Sequence[str]) -> str | None:
        if not raw or raw[0] == "":
            return None
        if raw[0] not in codes:
            raise Refused("not_an_option")
        return raw[0]

    return check


def _multiple(question: Question) -> Check:
    order = {option.code: place for place, option in enumerate(question.options)}
    alone = {option.code for option in question.options if option.exclusive}
    least, most = question.min_choices, question.max_choices

    def check(raw: Sequence[str]) -> list[str] | None:
        chosen = {one for one in raw if one != ""}
        if not chosen:
            return None
        if not chosen <= order.keys():
            raise Refused("not_an_option")
        if len(chosen) > 1 and chosen & alone:
            raise Refused("exclusive")
        if len(chosen) < least and not chosen & alone:
            raise Refused("too_few", least=least)
        if most is not None and len(chosen) > most:
            raise Refused("too_many", most=most)
        return sorted(chosen, key=order.__getitem__)

    return check


def _yes_no(_question: Question) -> Check:
    def check(raw: Sequence[str]) -> bool | None:
        if not raw or raw[0] == "":
            return None
        if raw[0] not in ("yes", "no"):
            raise Refused("not_an_option")
        return raw[0] == "yes"

    return check


def _words(question: Question) -> Check:
    longest = question.longest
    return lambda raw: _text(raw, longest)


def _text(raw: Sequence[str], longest: int) -> str | None:
    if not raw:
        return None
    text = _CONTROL.sub("", unicodedata.normalize("NFC", raw[0]).replace("\r\n", "\n")).strip()
    if len(text) > longest:
        raise Refused("too_long", most=longest, length=len(text))
    return text or None


def _number(question: Question) -> Check:
    least, most = question.minimum, question.maximum

    def check(raw: Sequence[str]) -> float | int | None:
        text = unicodedata.normalize("NFKC", raw[0]).strip().replace(",", "") if raw else ""
        if not text:
            return None
        if not _NUMBER.match(text):
            raise Refused("not_a_number")
        value = float(text)
        if least is not None and value < least:
            raise Refused("too_small", least=f"{least:g}")
        if most is not None and value > most:
            raise Refused("too_large_number", most=f"{most:g}")
        return int(value) if value.is_integer() else value

    return check


_CHECKS: dict[QuestionType, Callable[[Question], Check]] = {
    QuestionType.NPS: _scale,
    QuestionType.CSAT: _scale,
    QuestionType.CES: _scale,
    QuestionType.SINGLE: _single,
    QuestionType.MULTIPLE: _multiple,
    QuestionType.YES_NO: _yes_no,
    QuestionType.SHORT_TEXT: _words,
    QuestionType.LONG_TEXT: _words,
    QuestionType.NUMBER: _number,
}
