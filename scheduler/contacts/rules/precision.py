"""Sampling to precision: the lowest rates at which what is left of a period still brings the answers that are needed.

The half-width of a figure follows from its effective n. Answers to come = rate x expected events x reach x response, so
the rate is what makes the effective n just large enough; a floor never stops, so that a change is still seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt
from typing import NamedTuple

from questionnaires.metrics.rules.estimate import Estimate, clamp, z_quantile
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.nps import ADDED, ADDED_TO_EACH_END, variance

SAFETY = 1.16
"""So many times the needed answers are aimed at (the margin x 0.93), for what chance brings in the last days."""
HIGH, SOONER = 0.2, 2.0
"""A rate over the first is raised by the second. Where so many must be asked, events are few, and a last week can't make up for a bad
guess. The plan is made anew each night, and what came sooner lowers the rates after it: answers come earlier, hardly more of them."""
FEW = 30
"""With fewer answers than this a variance is taken from the whole touchpoint, if that has more."""
STEPS = 40
_SHARES_ADDED = 4  # of Agresti and Coull: two to each end


class Why(StrEnum):
    """Why a rate is what it is."""

    REACHED = "reached"
    SPREAD = "spread"
    FLOOR = "floor"
    SHORT = "short"
    NO_HISTORY = "no_history"


class Counts(NamedTuple):
    """Answers by band: detractors or the dissatisfied, the middle, promoters or the satisfied."""

    low: int = 0
    mid: int = 0
    high: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.low + self.mid + self.high

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(self.low + other.low, self.mid + other.mid, self.high + other.high)


@dataclass(frozen=True, slots=True)
class Target:
    """A wanted half-width in points; `floor` is the rate that always remains.

    Raises  ValueError for a margin that is not positive, or a floor outside 0..1
    """

    indicator: str
    margin: float
    confidence: float = 0.95
    floor: float = 0.02

    def __post_init__(self) -> None:
        if not self.margin > 0 or not 0 <= self.floor <= 1:
            raise ValueError("a margin is more than nothing, a floor a share")
        z_quantile(self.confidence)


@dataclass(frozen=True, slots=True)
class Stratum:
    """One touchpoint x unit x period, as history shows it.

    Shape   `counts`: answers so far; `known`: answers by which the variance is judged; `under_way`: answers still expected
            from what was sent; `happened`, `to_come`: events, by which a figure over strata is weighted; `past`: answers that what was
            drawn so far brings by design; `future`: answers that asking every event to come would bring
    """

    counts: Counts
    known: Counts
    happened: float = 0.0
    to_come: float = 0.0
    past: float = 0.0
    future: float = 0.0
    under_way: float = 0.0


class Rate(NamedTuple):
    """What the plan says for one stratum or group, and why.

    Shape   `reached`: half-width by now, None without an answer; `needed`: effective answers the target takes;
            `lacking`: those still to come; `expected`: effective answers by the period's end at this rate
    """

    rate: float
    why: Why
    reached: float | None
    needed: int
    lacking: float
    expected: float


def one_variance(indicator: str, counts: Counts) -> float:
    """Variance of one answer, adjusted: with no answer at all it is a cautious middle.

    Shape   NPS: answers are worth +1, 0, -1; everything else: the share of the high band
    """
    n = counts.n
    if kind_of(indicator) is Kind.NPS:
        return variance((counts.high + ADDED_TO_EACH_END) / (n + ADDED), (counts.low + ADDED_TO_EACH_END) / (n + ADDED))
    share = (counts.high + _SHARES_ADDED / 2) / (n + _SHARES_ADDED)
    return share * (1 - share)


def _added(indicator: str) -> int:
    return ADDED if kind_of(indicator) is Kind.NPS else _SHARES_ADDED


def half_width(target: Target, spread: float, n: float) -> float | None:
    """Half the interval that so many (effective) answers give, in points; None without any."""
    if n <= 0:
        return None
    return 100 * z_quantile(target.confidence) * sqrt(spread / (n + _added(target.indicator)))


def needed(target: Target, spread: float) -> int:
    """How many effective answers the target takes at this variance of one answer."""
    wanted = z_quantile(target.confidence) ** 2 * spread / (target.margin / 100) ** 2
    return max(1, ceil(wanted - _added(target.indicator)))


def plan(target: Target, strata: Sequence[Stratum], least: Sequence[float] = (), known: Counts | None = None, start: float = 1.0) -> Rate:
    """The lowest rate for all of `strata` together that brings their common figure to the target.

    Shape   `least`: the rate each stratum is already asked at for a finer target; the answer only adds to it.
            `known`: a wider circle's answers, by which the variance is judged while these are few.
            `start`: the rate where no history tells what to expect
    Note    a figure over several strata is weighted by their events, which costs answers where rates differ
    """
    at_least = [max(target.floor, rate) for rate in least] if least else [target.floor] * len(strata)
    spread = one_variance(target.indicator, _known(strata, known))
    wanted = ceil(needed(target, spread) * SAFETY)
    now = _effective(strata, [0.0] * len(strata), coming=False)
    reached = half_width(target, spread, now)
    floor_only = _effective(strata, at_least)
    if reached is not None and now >= wanted:
        return Rate(target.floor, Why.REACHED, reached, wanted, 0.0, floor_only)
    lacking = max(0.0, wanted - now)
    if not any(one.future for one in strata):
        return Rate(max(target.floor, start), Why.NO_HISTORY, reached, wanted, lacking, floor_only)
    if floor_only >= wanted:
        return Rate(target.floor, Why.FLOOR, reached, wanted, lacking, floor_only)
    everybody = _effective(strata, [1.0] * len(strata))
    if everybody < wanted:
        return Rate(1.0, Why.SHORT, reached, wanted, lacking, everybody)
    rate = _lowest(strata, at_least, wanted)
    rate = min(1.0, rate * SOONER) if rate > HIGH else rate
    return Rate(rate, Why.SPREAD, reached, wanted, lacking, _effective(strata, [max(rate, one) for one in at_least]))


def _known(strata: Sequence[Stratum], wider: Counts | None) -> Counts:
    own = Counts(*(sum(column) for column in zip(*(one.known for one in strata), strict=True))) if strata else Counts()
    return wider if wider is not None and own.n < FEW < wider.n else own


def _lowest(strata: Sequence[Stratum], at_least: Sequence[float], wanted: float) -> float:
    """By halving: more is never worse enough to matter, since what weighting costs shrinks as rates come together."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if _effective(strata, [max(middle, one) for one in at_least]) >= wanted:
            high = middle
        else:
            low = middle
    return high


def _effective(strata: Sequence[Stratum], rates: Sequence[float], *, coming: bool = True) -> float:
    """Effective answers by the period's end at these rates (`coming`), or by now: answers over what weighting costs."""
    answers = sum(one.counts.n + (one.under_way + rate * one.future if coming else 0.0) for one, rate in zip(strata, rates, strict=True))
    if len(strata) == 1 or not answers:
        return answers
    design = [one.past + (rate * one.future if coming else 0.0) for one, rate in zip(strata, rates, strict=True)]
    worth = [one.happened + (one.to_come if coming else 0.0) for one in strata]
    pairs = [(n, size) for n, size in zip(design, worth, strict=True) if n > 0]
    if not pairs:
        return answers
    whole = sum(size for _, size in pairs)
    cost = sum(n for n, _ in pairs) * sum(size * size / n for n, size in pairs) / (whole * whole)
    return answers / max(1.0, cost)


def pooled(indicator: str, strata: Mapping[str, tuple[float, Counts]], confidence: float = 0.95) -> Estimate:
    """The figure over strata of unequal rates, weighted by their events; strata without an answer are left out.

    Shape   name to (events, answers)
    Returns Estimate whose interval uses the effective n; `n` is the number of answers
    """
    answered = [(events, counts) for events, counts in strata.values() if counts.n and events > 0]
    n = sum(counts.n for _, counts in answered)
    if not answered:
        return Estimate.nothing()
    whole = sum(events for events, _ in answered)
    value = sum(events / whole * _value(indicator, counts) for events, counts in answered)
    squares = sum((events / whole) ** 2 * one_variance(indicator, counts) / (counts.n + _added(indicator)) for events, counts in answered)
    half = 100 * z_quantile(confidence) * sqrt(squares)
    lowest = -100 if kind_of(indicator) is Kind.NPS else 0
    return Estimate(value, clamp(value - half, lowest, 100), clamp(value + half, lowest, 100), n)


def _value(indicator: str, counts: Counts) -> float:
    wanted = counts.high - counts.low if kind_of(indicator) is Kind.NPS else counts.high
    return 100 * wanted / counts.n
