"""Is one figure better than another, or could the difference be chance?"""

from enum import StrEnum
from math import sqrt

from questionnaires.metrics.rules.estimate import CONFIDENCE, Estimate, z_quantile
from questionnaires.metrics.rules.indicators import SCALES, Kind
from questionnaires.metrics.rules.means import sample_variance
from questionnaires.metrics.rules.nps import adjusted_parts
from questionnaires.metrics.rules.student import t_quantile
from questionnaires.metrics.rules.tally import Tally, top_share


class Verdict(StrEnum):
    """What the interval of a difference allows to be said."""

    BETTER = "better"
    WORSE = "worse"
    NOT_DISTINGUISHABLE = "not_distinguishable"
    UNKNOWN = "unknown"  # one side has no answers


def difference(kind: Kind, here: Tally, there: Tally, confidence: float = CONFIDENCE) -> Estimate:
    """Here less there, of two sets of answers that share none, with the interval of the difference.

    Returns Estimate whose n is the smaller of both; nothing where a side has too few answers for an interval
    """
    n = min(here.n, there.n)
    if n == 0:
        return Estimate.nothing()
    if kind is Kind.NPS:
        return _of_nps(here, there, confidence)
    if kind is Kind.CSAT:
        return _of_shares(here, there, confidence)
    return _of_means(kind, here, there, confidence) if n > 1 else Estimate.nothing(n)


def verdict(gap: Estimate) -> Verdict:
    """Better or worse only where the whole interval of the difference lies on one side of nothing."""
    if gap.lower is None or gap.upper is None:
        return Verdict.UNKNOWN
    if gap.lower > 0:
        return Verdict.BETTER
    return Verdict.WORSE if gap.upper < 0 else Verdict.NOT_DISTINGUISHABLE


def compare(kind: Kind, here: Tally, there: Tally, confidence: float = CONFIDENCE) -> Verdict:
    """The verdict on here against there."""
    return verdict(difference(kind, here, there, confidence))


def _of_nps(here: Tally, there: Tally, confidence: float) -> Estimate:
    """Each side adjusted as for its own interval, the errors added as squares."""
    value = 100 * ((here.high - here.low) / here.n - (there.high - there.low) / there.n)
    centre_here, error_here = adjusted_parts(here.counts)
    centre_there, error_there = adjusted_parts(there.counts)
    half = 100 * z_quantile(confidence) * sqrt(error_here**2 + error_there**2)
    centre = 100 * (centre_here - centre_there)
    return Estimate(value, min(value, centre - half), max(value, centre + half), min(here.n, there.n))


def _of_shares(here: Tally, there: Tally, confidence: float) -> Estimate:
    """Newcombe's interval, made of the two Wilson intervals."""
    a, a_lower, a_upper = _ends(top_share(here, confidence))
    b, b_lower, b_upper = _ends(top_share(there, confidence))
    value = a - b
    lower = value - sqrt((a - a_lower) ** 2 + (b_upper - b) ** 2)
    upper = value + sqrt((a_upper - a) ** 2 + (b - b_lower) ** 2)
    return Estimate(value, lower, upper, min(here.n, there.n))


def _of_means(kind: Kind, here: Tally, there: Tally, confidence: float) -> Estimate:
    """Welch's interval: the two sides may vary differently."""
    a = sample_variance(here.n, here.total, here.squares) / here.n
    b = sample_variance(there.n, there.total, there.squares) / there.n
    value = here.total / here.n - there.total / there.n
    if a + b == 0:
        # Two sides without any variation: t knows no interval, and certainty would be a lie, so the scale's full width is given.
        width = SCALES[kind].highest - SCALES[kind].lowest
        return Estimate(value, value - width, value + width, min(here.n, there.n))
    freedom = (a + b) ** 2 / (a * a / (here.n - 1) + b * b / (there.n - 1))
    half = t_quantile(freedom, confidence) * sqrt(a + b)
    return Estimate(value, value - half, value + half, min(here.n, there.n))


def _ends(estimate: Estimate) -> tuple[float, float, float]:
    if estimate.value is None or estimate.lower is None or estimate.upper is None:
        raise ValueError("a side without answers cannot be compared")
    return estimate.value, estimate.lower, estimate.upper
