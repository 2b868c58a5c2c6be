"""Declared attributes of customers: what a value of each type looks like."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

TYPES = ("text", "number", "date", "flag", "choice")
TEXT_LONGEST = 200
WORDS = {"1": True, "true": True, "yes": True, "y": True, "是": True, "0": False, "false": False, "no": False, "n": False, "否": False}


SEGMENT = "segment"
"""Declared as a choice, it names the segments that customers have; it is no attribute that somebody may send beside them."""


@dataclass(frozen=True)
class Option:
    """A value that may be chosen: as the bank's systems send it, and what it is called."""

    code: str
    zh: str = ""
    en: str = ""


def option_of(line: str) -> Option:
    """An option as it is declared: `code`, or `code = Chinese = English`; without an English name the Chinese one stands for both."""
    code, zh, en = (*(part.strip() for part in line.split("=", 2)), "", "")[:3]
    return Option(code, zh, en)


def named(lines: Iterable[str]) -> dict[str, Option]:
    """Declared options by code."""
    return {one.code: one for one in map(option_of, lines)}


class WrongValue(ValueError):
    """A value is not of its attribute's type; the text is the code."""


def parse(kind: str, options: Sequence[str], value: Any) -> str | float | int | bool:
    """A value, as JSON or as a cell of a file gave it, in the form in which it is kept. Dates are kept as ISO text.

    Raises  WrongValue
    """
    if isinstance(value, str):
        value = value.strip()
    if kind == "choice":
        return _choice(value, options)
    readers: dict[str, Callable[[Any], str | float | int | bool]] = {"text": _text, "number": _number, "date": _date, "flag": _flag}
    return readers[kind](value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\x00" in value:
        raise WrongValue("not_valid")
    if len(value) > TEXT_LONGEST:
        raise WrongValue("too_long")
    return value


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise WrongValue("not_a_number")
    try:
        number = float(value)
    except ValueError:
        raise WrongValue("not_a_number") from None
    if not math.isfinite(number) or abs(number) >= 1e15:
        raise WrongValue("not_a_number")
    return int(number) if number.is_integer() else number


def _date(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise WrongValue("not_a_date") from None


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, (str, int)) or str(value).lower() not in WORDS:
        raise WrongValue("not_yes_or_no")
    return WORDS[str(value).lower()]


def _choice(value: Any, options: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in {option_of(one).code for one in options}:
        raise WrongValue("not_one_of_the_words")
    return value
