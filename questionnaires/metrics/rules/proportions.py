"""Shares, such as the share of satisfied customers, with Wilson's interval."""

from math import ceil, sqrt

from questionnaires.metrics.rules.estimate import CONFIDENCE, Estimate, check_counts, clamp, z_quantile


def share(hits: int, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """A share in percent with its Wilson interval.

    Returns Estimate in percent 0..100; None values when n is 0
    Raises  ValueError for a negative count, more hits than answers, or a confidence outside (0, 1)
    """
    z = z_quantile(confidence)
    check_counts(hits, n)
    if hits > n:
        raise ValueError("more hits than answers")
    if n == 0:
        return Estimate.nothing()
    p, square = hits / n, z * z
    centre = (p + square / (2 * n)) / (1 + square / n)
    half = z * sqrt(p * (1 - p) / n + square / (4 * n * n)) / (1 + square / n)
    # At 0 and n hits the end is the value itself; rounding must not push it past.
    lower = 0.0 if hits == 0 else clamp(100 * (centre - half), 0, 100 * p)
    upper = 100.0 if hits == n else clamp(100 * (centre + half), 100 * p, 100)
    return Estimate(100 * p, lower, upper, n)


def needed_n(margin: float, expected_share: float = 0.5, confidence: float = CONFIDENCE) -> int:
    """How many answers make a share as exact as +/- margin percentage points; by default for the worst case, one half."""
    if margin <= 0:
        raise ValueError("a margin is more than nothing")
    if not 0 <= expected_share <= 1:
        raise ValueError("a share lies between 0 and 1")
    return ceil(z_quantile(confidence) ** 2 * expected_share * (1 - expected_share) / (margin / 100) ** 2)
