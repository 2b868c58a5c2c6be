"""A case's number as people type it into the search: whole, its beginning, or only its tail."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.cases.rules.customer import case_number

DAY = 8
TAIL_DAYS = 400
"""A tail alone is looked for among the numbers of so many days: each is one probe of the index, and no row is read in vain."""
_WHOLE = re.compile(r"(?:GD-?)?([0-9]{8})-?([0-9]{4,})")
_TAIL = re.compile(r"[0-9]{1,5}")
_START = re.compile(r"GD(-[0-9]{0,8}(-[0-9]*)?)?")


@dataclass(frozen=True)
class Sought:
    """Which numbers are meant: those named, or all that begin like `start`; neither: none is."""

    numbers: tuple[str, ...] = ()
    start: str = ""


def sought(typed: str, today: date) -> Sought:
    """Read what was typed into the search; `today` is the bank's."""
    text = typed.strip().upper()
    if whole := _WHOLE.fullmatch(text):
        return Sought((f"GD-{whole[1]}-{whole[2]}",))
    if _TAIL.fullmatch(text):
        days = (today - timedelta(days=back) for back in range(TAIL_DAYS))
        return Sought(tuple(case_number(f"{day:%Y%m%d}", int(text)) for day in days))
    if text.isascii() and text.isdecimal() and len(text) <= DAY:
        return Sought(start=f"GD-{text}")
    return Sought(start=text) if _START.fullmatch(text) else Sought()
