"""Answers weighed by the chance of being asked, so that a touchpoint that is asked more often does not count for more.

Each answer stands for 1 / p events (p: the chance that its decision stored), and the answers of one stratum (touchpoint, unit,
month) together for all its events. What varies more because weights differ is said by the effective n.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

from questionnaires.metrics.rules.estimate import CONFIDENCE, Estimate, clamp, z_quantile
from questionnaires.metrics.rules.indicators import SCALES, Kind
from questionnaires.metrics.rules.nps import ADDED, ADDED_TO_EACH_END, variance
from questionnaires.metrics.rules.student import t_quantile
from questionnaires.metrics.rules.tally import Tally

SPARSE = 5
"""Strata with fewer answers are weighed together with the other such ones of their touchpoint: one answer for 300 events says little."""

WEIGHED_FROM = 0.8
"""A figure is weighed where at least so much of it is; the newest answers wait some minutes for their weights."""

Stratum = TypeVar("Stratum", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Weighted:
    """Sums of weighed answers; those of disjoint answers add up. `n` counts the answers themselves."""

    n: int = 0
    w: float = 0
    w2: float = 0
    total: float = 0
    squares: float = 0
    low: float = 0
    mid: float = 0
    high: float = 0

    def __add__(self, other: "Weighted") -> "Weighted":
        return Weighted(
            self.n + other.n,
            self.w + other.w,
            self.w2 + other.w2,
            self.total + other.total,
            self.squares + other.squares,
            self.low + other.low,
            self.mid + other.mid,
            self.high + other.high,
        )

    def times(self, factor: float) -> "Weighted":
        """The same answers, each standing for `factor` times as many events."""
        f = factor
        return Weighted(self.n, f * self.w, f * f * self.w2, f * self.total, f * self.squares, f * self.low, f * self.mid, f * self.high)

    @property
    def effective_n(self) -> float:
        """How many equally weighed answers would say as much (Kish); 0 without answers."""
        return self.w * self.w / self.w2 if self.w2 > 0 else 0.0

    @property
    def effective(self) -> Tally:
        """A tally of as many answers as these are worth, for comparing; whole numbers, the middle takes up the rounding."""
        if self.w <= 0:
            return Tally()
        n = max(1, round(self.effective_n))
        share = n / self.w
        low, high = round(share * self.low), round(share * self.high)
        if low + high > n:
            high = n - low
        return Tally(n, share * self.total, share * self.squares, low, n - low - high, high)


def enough(weighted: Weighted | None, n: int) -> Weighted | None:
    """The weights where they cover most of n answers; None where they do not (yet), or where answers have been taken away since."""
    return weighted if weighted and weighted.n and WEIGHED_FROM * n <= weighted.n <= n else None


def factors(
    volumes: Mapping[Stratum, float], weights: Mapping[Stratum, Weighted], pool_of: Mapping[Stratum, Hashable]
) -> dict[Stratum, float]:
    """By how much each stratum's weights are to be multiplied, so that they add up to its events.

    volumes  events per stratum; a stratum without a known volume, or with fewer events than answers, keeps its weights
    pool_of  with whom a sparse stratum is weighed together; one with events but no answer gives its events to that pool
    """
    pooled_volume: dict[Hashable, float] = defaultdict(float)
    pooled_weight: dict[Hashable, float] = defaultdict(float)
    found: dict[Stratum, float] = {}
    sparse = [key for key in volumes.keys() | weights.keys() if weights.get(key, Weighted()).n < SPARSE]
    for key in sparse:
        mine = weights.get(key, Weighted())
        pooled_volume[pool_of[key]] += max(volumes.get(key, 0), mine.n)
        pooled_weight[pool_of[key]] += mine.w
    for key, mine in weights.items():
        if mine.n >= SPARSE:
            found[key] = volumes[key] / mine.w if volumes.get(key, 0) >= mine.n else 1.0
        elif pooled_weight[pool_of[key]] > 0:
            found[key] = pooled_volume[pool_of[key]] / pooled_weight[pool_of[key]] if volumes.get(key, 0) >= mine.n else 1.0
    return found


def weighted_figure(kind: Kind, sums: Weighted, confidence: float = CONFIDENCE) -> Estimate:
    """The kind's main figure of weighed answers, its interval by the effective n.

    Returns Estimate as `tally.figure` does; n is the number of answers, not the effective one
    """
    if sums.n == 0 or sums.w <= 0:
        return Estimate.nothing(sums.n)
    if kind is Kind.NPS:
        return _nps(sums, confidence)
    return _share(sums, confidence) if kind is Kind.CSAT else _mean(kind, sums, confidence)


def _nps(sums: Weighted, confidence: float) -> Estimate:
    n, p, d = sums.effective_n, sums.high / sums.w, sums.low / sums.w
    high, low = (n * p + ADDED_TO_EACH_END) / (n + ADDED), (n * d + ADDED_TO_EACH_END) / (n + ADDED)
    half = 100 * z_quantile(confidence) * sqrt(variance(high, low) / (n + ADDED))
    centre = 100 * (high - low)
    return Estimate(100 * (p - d), clamp(centre - half, -100, 100), clamp(centre + half, -100, 100), sums.n)


def _share(sums: Weighted, confidence: float) -> Estimate:
    n, p, z = sums.effective_n, sums.high / sums.w, z_quantile(confidence)
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(max(0.0, p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    return Estimate(100 * p, clamp(100 * (centre - half), 0, 100 * p), clamp(100 * (centre + half), 100 * p, 100), sums.n)


def _mean(kind: Kind, sums: Weighted, confidence: float) -> Estimate:
    n, value, scale = sums.effective_n, sums.total / sums.w, SCALES[kind]
    if n <= 1:
        return Estimate(value, None, None, sums.n)
    spread = max(0.0, sums.squares / sums.w - value * value) / (n - 1)
    half = t_quantile(n - 1, confidence) * sqrt(spread)
    return Estimate(value, clamp(value - half, scale.lowest, value), clamp(value + half, value, scale.highest), sums.n)
