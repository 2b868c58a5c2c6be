"""Is it better since? Two windows of the same figure, before the fix and after it, with the interval of their difference."""

from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.improvement.rules.states import Refusal

WINDOW = 90
"""Days at most on either side."""
FEWEST = 30
"""Answers on either side before anything may be said."""


@dataclass(frozen=True)
class Window:
    """Whole days, both ends included."""

    first: date
    last: date


def windows(fixed_on: date, today: date) -> tuple[Window, Window | None]:
    """The days before the fix and those after it; the day itself belongs to neither. None while no day has passed."""
    before = Window(fixed_on - timedelta(days=WINDOW), fixed_on - timedelta(days=1))
    first = fixed_on + timedelta(days=1)
    last = min(today, fixed_on + timedelta(days=WINDOW))
    return before, Window(first, last) if first <= last else None


def refuse(before_n: int, after_n: int, gap_lower: float | None) -> Refusal | None:
    """Why the figure does not verify: too few answers, or a difference that may be chance."""
    if min(before_n, after_n) < FEWEST or gap_lower is None:
        return Refusal.TOO_FEW
    return None if gap_lower > 0 else Refusal.NOT_BETTER
