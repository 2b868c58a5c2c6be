"""Surges: more low scores on a touchpoint in an hour than the last eight weeks explain."""

import math
from dataclasses import dataclass
from datetime import timedelta

HOUR, LOOK_BACK = timedelta(hours=1), timedelta(weeks=8)
LEAST, SURPRISE = 6, 1e-4
"""So many at least, and so improbable at most: a bank has hundreds of touchpoints and looks every few seconds."""


@dataclass(frozen=True)
class Surge:
    """What was seen within the hour, and what was to be expected."""

    seen: int
    expected: float


def surge(seen: int, before: int, hours: int) -> Surge | None:
    """Whether so many in one hour are more than chance makes, given `before` in so many like hours of the weeks before.

    Shape   the rate itself is uncertain: with Jeffreys' prior the number to come is negative binomial, so that a touchpoint
            without a past does not alarm at its first low scores
    """
    if hours <= 0 or seen < LEAST:
        return None
    return Surge(seen, before / hours) if tail(seen, before + 0.5, hours) < SURPRISE else None


def tail(seen: int, shape: float, rate: float) -> float:
    """The chance of so many or more, where the rate is gamma (shape, rate) and the number Poisson."""
    p = rate / (rate + 1)
    below = sum(
        math.exp(math.lgamma(k + shape) - math.lgamma(shape) - math.lgamma(k + 1) + shape * math.log(p) + k * math.log1p(-p))
        for k in range(seen)
    )
    return max(0.0, 1.0 - below)
