"""When a figure moved further than chance explains: a drop, a collapse of the response rate, a flood of answers."""

from dataclasses import dataclass
from math import sqrt

from questionnaires.metrics.rules.compare import difference
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.proportions import share
from questionnaires.metrics.rules.tally import Tally, figure

CONFIDENCE = 0.995
"""Many units are looked at every day: nineteen of twenty would raise an alarm somewhere each week."""
FEWEST = 30
FEWEST_INVITED = 50
COLLAPSE = 0.6
FLOOD_TIMES, FLOOD_SPREADS, FLOOD_FEWEST, FLOOD_DAYS = 3.0, 6.0, 30, 14


@dataclass(frozen=True)
class Alarm:
    """What moved: the value with its interval and n, and what it was before."""

    kind: str
    indicator: str
    value: float
    lower: float | None
    upper: float | None
    n: int
    before: float
    before_n: int


def drop(kind: Kind, now: Tally, before: Tally) -> Alarm | None:
    """A figure that fell beyond its interval; both sides need thirty answers."""
    if now.n < FEWEST or before.n < FEWEST:
        return None
    gap = difference(kind, now, before, CONFIDENCE)
    here, there = figure(kind, now), figure(kind, before)
    if gap.upper is None or gap.upper >= 0 or here.value is None or there.value is None:
        return None
    return Alarm("drop", str(kind), here.value, here.lower, here.upper, now.n, there.value, before.n)


def rate_collapse(invited: int, completed: int, invited_before: int, completed_before: int) -> Alarm | None:
    """A response rate that lies beyond chance below three fifths of what it was; invitations that nobody answered yet count."""
    if invited < FEWEST_INVITED or invited_before < FEWEST_INVITED:
        return None
    now = share(min(completed, invited), invited, CONFIDENCE)
    before = share(min(completed_before, invited_before), invited_before, CONFIDENCE)
    if now.value is None or now.upper is None or before.value is None or now.upper >= COLLAPSE * before.value:
        return None
    return Alarm("rate", "", now.value, now.lower, now.upper, invited, before.value, invited_before)


def flood(n: int, past: list[int]) -> Alarm | None:
    """A day with far more answers than the days before it.

    past  a number for each day before, the latest first, zeros too; days before the first answer of all are no past
    """
    while past and not past[-1]:
        past = past[:-1]
    if n < FLOOD_FEWEST or len(past) < FLOOD_DAYS:
        return None
    mean = sum(past) / len(past)
    spread = sqrt(sum((one - mean) ** 2 for one in past) / len(past) + mean)
    if n <= FLOOD_TIMES * mean or n <= mean + FLOOD_SPREADS * spread:
        return None
    return Alarm("flood", "", float(n), None, None, n, round(mean, 1), sum(past))
