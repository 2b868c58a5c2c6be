"""Student's t distribution from its definition, so that means need no numerical library."""

from functools import lru_cache
from math import exp, lgamma, log, log1p, sqrt

from questionnaires.metrics.rules.estimate import check_confidence, z_quantile

TINY = 1e-300
EXACT_ENOUGH = 1e-15
LIKE_NORMAL = 1e7  # degrees of freedom from which t and the normal distribution agree to more than ten digits


@lru_cache(maxsize=2048)
def t_quantile(freedom: float, confidence: float) -> float:
    """The two-sided t quantile: 2.228 for ten degrees of freedom at 95 %.

    Raises ValueError for no degree of freedom or a confidence outside (0, 1)
    """
    check_confidence(confidence)
    if freedom <= 0:
        raise ValueError("t needs at least some degree of freedom")
    if freedom >= LIKE_NORMAL:
        return z_quantile(confidence)
    low, high = 0.0, 1.0
    while inside(high, freedom) < confidence:
        low, high = high, high * 2
    while high - low > EXACT_ENOUGH * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if inside(middle, freedom) < confidence:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def inside(t: float, freedom: float) -> float:
    """Probability that a t-distributed value lies between -t and t."""
    square = t * t
    if square < freedom:  # the side on which the continued fraction keeps its digits
        return beta_share(0.5, freedom / 2, square / (freedom + square))
    return 1 - beta_share(freedom / 2, 0.5, freedom / (freedom + square))


def beta_share(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """Lentz's evaluation of the continued fraction of the incomplete beta function."""
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, 20 + int(10 * sqrt(a + b))):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / _not_zero(1 + even * d), _not_zero(1 + even / c)
        result *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / _not_zero(1 + odd * d), _not_zero(1 + odd / c)
        result *= d * c
        if abs(d * c - 1) < EXACT_ENOUGH:
            break
    return result


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
