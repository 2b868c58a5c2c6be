"""Means of answers on a scale, with the t interval."""

from math import sqrt

from questionnaires.metrics.rules.estimate import CONFIDENCE, Estimate, check_confidence, check_counts, clamp
from questionnaires.metrics.rules.student import t_quantile


def sample_variance(n: int, total: float, squares: float) -> float:
    """Variance of single answers, from their sum and the sum of their squares; needs two answers."""
    return max(0.0, (squares - total * total / n) / (n - 1))


def mean(n: int, total: float, squares: float, scale: tuple[float, float], confidence: float = CONFIDENCE) -> Estimate:
    """The mean of n answers with its t interval, kept inside the scale.

    Returns Estimate on the answers' own scale; one answer has a value but no interval, none has nothing
    Raises  ValueError for a negative count or a confidence outside (0, 1)
    """
    check_confidence(confidence)
    check_counts(n)
    if n == 0:
        return Estimate.nothing()
    value = total / n
    if n == 1:
        return Estimate(value, None, None, 1)
    half = t_quantile(n - 1, confidence) * sqrt(sample_variance(n, total, squares) / n)
    return Estimate(value, clamp(value - half, scale[0], value), clamp(value + half, value, scale[1]), n)
