"""Readers of answers that stand in one field of a form: from typed text to the answer, None for blank, or a Problem."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from portal.people import addresses
from questionnaires.logic.definition import Question
from questionnaires.logic.problems import Problem

Reader = Callable[[Sequence[str]], Any]
"""Gives the answer, None for blank, or a Problem; it is given the values of one field that are not empty."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,9})?\Z")
_GROUPS = re.compile(r"(?<=[0-9])[, '](?=[0-9]{3}(?:[^0-9]|\Z))")
LONGEST_TYPED = 320
"""No number, address, date or time is longer."""


def tidy(text: str) -> str:
    """Text as it is kept: one kind of line end, no control characters (PostgreSQL keeps none), no blanks around."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def folded(values: Sequence[str]) -> str:
    """A short field as it is read: full-width digits and signs as narrow ones, nothing around."""
    return tidy(unicodedata.normalize("NFKC", values[0][:LONGEST_TYPED])) if values else ""


def one_of(choices: Mapping[str, Any]) -> Reader:
    """One of some values."""

    def read(values: Sequence[str]) -> Any:
        if not values:
            return None
        if len(values) > 1:
            return Problem("one_choice_only")
        return choices[values[0]] if values[0] in choices else Problem("choice_unknown")

    return read


def many_of(question: Question) -> Reader:
    """Several options, in the order in which they are written."""
    order = [option.code for option in question.options]
    known = set(order)
    exclusive = {option.code for option in question.options if option.exclusive}
    most = min(int(question.max), len(order)) if question.max is not None else len(order)
    least = min(int(question.min), len(order) - len(exclusive)) if question.min is not None else 0

    def read(values: Sequence[str]) -> Any:
        chosen = set(values)
        if not chosen:
            return None
        if not chosen <= known:
            return Problem("choice_unknown")
        if chosen & exclusive:
            return [code for code in order if code in chosen] if len(chosen) == 1 else Problem("choice_exclusive")
        if len(chosen) < least:
            return Problem("too_few_choices", {"min": least})
        if len(chosen) > most:
            return Problem("too_many_choices", {"max": most})
        return [code for code in order if code in chosen]

    return read


def words(longest: int, *, lines: bool) -> Reader:
    """Free text."""

    def read(values: Sequence[str]) -> Any:
        if not values:
            return None
        text = tidy(values[0])
        if not lines:
            text = " ".join(text.split())
        if len(text) > longest:
            return Problem("text_too_long", {"max": longest, "length": len(text)})
        return text or None

    return read


def number(least: float | None, most: float | None, decimals: int) -> Reader:
    """A number within bounds; thousands may be set apart."""

    def read(values: Sequence[str]) -> Any:
        text = _GROUPS.sub("", folded(values))
        if not text:
            return None
        if not _NUMBER.match(text):
            return Problem("not_a_number")
        value = float(text)
        if round(value, decimals) != value:
            return Problem("too_many_decimals", {"decimals": decimals})
        if least is not None and value < least:
            return Problem("number_too_low", {"min": f"{least:g}"})
        if most is not None and value > most:
            return Problem("number_too_high", {"max": f"{most:g}"})
        return int(value) if value.is_integer() else value

    return read


SLIDER_LOW, SLIDER_HIGH, SLIDER_STEP = 0.0, 100.0, 1.0
"""A slider without bounds."""


def slider(question: Question) -> Reader:
    """A number on one of the steps of a slider."""
    low = question.min if question.min is not None else SLIDER_LOW
    high = question.max if question.max is not None else SLIDER_HIGH
    step = question.step or SLIDER_STEP
    plain = number(low, high, 6)

    def read(values: Sequence[str]) -> Any:
        value = plain(values)
        if value is None or isinstance(value, Problem):
            return value
        if (Decimal(str(value)) - Decimal(str(low))) % Decimal(str(step)):
            return Problem("off_step", {"step": f"{step:g}", "min": f"{low:g}"})
        return value

    return read


def email(values: Sequence[str]) -> Any:
    """An e-mail address, in lower case."""
    text = folded(values)
    try:
        return addresses.email(text) if text else None
    except ValueError as error:
        return Problem(str(error))


def phone(values: Sequence[str]) -> Any:
    """A telephone number, in E.164; without a country code it is a Chinese one."""
    text = folded(values)
    try:
        return addresses.phone(text) if text else None
    except ValueError as error:
        return Problem(str(error))


def consent(values: Sequence[str]) -> Any:
    """True where the box is ticked; a box left alone is no answer."""
    if not values:
        return None
    return True if values[0] == "yes" else Problem("choice_unknown")
