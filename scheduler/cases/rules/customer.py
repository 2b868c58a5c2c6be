"""What an answer says about calling the customer back: may we, when, at which number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAY_CALL, CALL_TIME, CALL_NUMBER = "may_call", "call_time", "call_number"
"""Codes of the questions that a low-score path asks; a questionnaire that has them gets a call or none."""
CALL_INSTEAD, CALL_INSTEAD_WHEN = "call_me", "call_me__when"
"""What the answer page's own "call me instead" leaves; the number that came with it is sealed in the response."""

NO = frozenset({"no", "false", "0", "n"})
ASKED_TO_CHANGE = "asked_to_change"
"""The re-rating's question whether anybody of the bank asked for another score."""

YES = frozenset({"yes", "true", "1", "y"})


@dataclass(frozen=True)
class CallWish:
    """The customer's wish; None where he was not asked."""

    may_call: bool | None = None
    when: str = ""
    number: str = ""


def call_wish(answers: Mapping[str, Any]) -> CallWish:
    """Read the wish out of the answers."""
    if answers.get(CALL_INSTEAD) is True:
        return CallWish(True, _text(answers.get(CALL_INSTEAD_WHEN)))
    said = str(answers.get(MAY_CALL, "")).strip().lower()
    may = False if said in NO else True if said in YES else None
    return CallWish(may, _text(answers.get(CALL_TIME)), _text(answers.get(CALL_NUMBER)))


def was_pressed(answers: Mapping[str, Any]) -> bool:
    """Whether the customer says that somebody asked him to change his score."""
    return str(answers.get(ASKED_TO_CHANGE, "")).strip().lower() in YES


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value).strip()


def case_number(day: str, n: int) -> str:
    """A number people can say on the phone: GD (工单), the bank's day, a count."""
    return f"GD-{day}-{n:04d}"


def mask_phone(number: str) -> str:
    """A number with its middle hidden: 138 **** **17."""
    digits = "".join(char for char in number if char.isdigit())
    if number.strip().startswith("+86") or (digits.startswith("86") and len(digits) == 13):
        digits = digits[2:]
    return f"{digits[:3]} **** **{digits[-2:]}" if len(digits) >= 8 else "****"


def mask_name(name: str) -> str:
    """A name of which only the first character is shown."""
    return f"{name.strip()[:1]}**" if name.strip() else ""
