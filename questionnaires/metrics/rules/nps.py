"""Net Promoter Score: the share of promoters (9-10) less the share of detractors (0-6), in points."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt

from questionnaires.metrics.rules.estimate import CONFIDENCE, Estimate, check_counts, clamp, z_quantile

ADDED = 3  # imaginary answers of the adjusted Wald interval: three quarters to each end, the rest in the middle
ADDED_TO_EACH_END = 0.75


@dataclass(frozen=True, slots=True)
class NpsCounts:
    """How many detractors (0-6), passives (7-8) and promoters (9-10) answered."""

    detractors: int
    passives: int
    promoters: int

    def __post_init__(self) -> None:
        check_counts(self.detractors, self.passives, self.promoters)

    @property
    def n(self) -> int:
        """All answers together."""
        return self.detractors + self.passives + self.promoters


def variance(promoter_share: float, detractor_share: float) -> float:
    """Variance of one answer worth +1 (promoter), 0 (passive) or -1 (detractor)."""
    return max(0.0, promoter_share + detractor_share - (promoter_share - detractor_share) ** 2)


def adjusted_parts(counts: NpsCounts) -> tuple[float, float]:
    """Centre and standard error of the adjusted Wald interval, as shares of 1."""
    n = counts.n + ADDED
    promoters = (counts.promoters + ADDED_TO_EACH_END) / n
    detractors = (counts.detractors + ADDED_TO_EACH_END) / n
    return promoters - detractors, sqrt(variance(promoters, detractors) / n)


def plain_parts(counts: NpsCounts) -> tuple[float, float]:
    """The score itself and its plain standard error, as shares of 1."""
    promoters, detractors = counts.promoters / counts.n, counts.detractors / counts.n
    return promoters - detractors, sqrt(variance(promoters, detractors) / counts.n)


def nps(counts: NpsCounts, confidence: float = CONFIDENCE) -> Estimate:
    """Net Promoter Score with its adjusted Wald interval.

    Shape   counts of detractors (0-6), passives (7-8), promoters (9-10)
    Returns Estimate(value, lower, upper, n) in points -100..100, clamped; None values when n is 0
    Raises  ValueError for a negative count or a confidence outside (0, 1)
    Source  Rocks 2016, "Interval estimation for the Net Promoter Score"
    """
    return _estimate(counts, adjusted_parts, confidence)


def nps_plain(counts: NpsCounts, confidence: float = CONFIDENCE) -> Estimate:
    """The same with the plain Wald interval: only to compare with, it covers far too little when n is small."""
    return _estimate(counts, plain_parts, confidence)


def _estimate(counts: NpsCounts, parts: Callable[[NpsCounts], tuple[float, float]], confidence: float) -> Estimate:
    z = z_quantile(confidence)
    if counts.n == 0:
        return Estimate.nothing()
    centre, error = parts(counts)
    value = 100 * (counts.promoters - counts.detractors) / counts.n
    lower, upper = (clamp(100 * (centre + side * z * error), -100, 100) for side in (-1, 1))
    return Estimate(value, lower, upper, counts.n)


def needed_n(margin: float, promoter_share: float = 0.5, detractor_share: float = 0.5, confidence: float = CONFIDENCE) -> int:
    """How many answers make the score as exact as +/- margin points; by default for the worst case, half against half."""
    if margin <= 0:
        raise ValueError("a margin is more than nothing")
    if min(promoter_share, detractor_share) < 0 or promoter_share + detractor_share > 1:
        raise ValueError("shares of promoters and detractors lie between 0 and 1 together")
    wanted = z_quantile(confidence) ** 2 * variance(promoter_share, detractor_share) / (margin / 100) ** 2
    return max(0, ceil(wanted - ADDED))
