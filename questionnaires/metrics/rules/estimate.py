"""A figure is never alone: it comes with its interval and the number of answers behind it."""

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the ends of its confidence interval; all three are None where nothing can be said."""

    value: float | None
    lower: float | None
    upper: float | None
    n: int

    @classmethod
    def nothing(cls, n: int = 0) -> "Estimate":
        """The estimate of too few answers to estimate anything."""
        return cls(None, None, None, n)

    @property
    def margin(self) -> float | None:
        """Half the interval's width, the "± 7" on a page; the interval itself need not be symmetric."""
        if self.lower is None or self.upper is None:
            return None
        return (self.upper - self.lower) / 2


@lru_cache(maxsize=32)
def z_quantile(confidence: float) -> float:
    """The two-sided normal quantile, 1.96 at 95 %."""
    check_confidence(confidence)
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def check_confidence(confidence: float) -> None:
    """A confidence is a share strictly between none and certainty."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")


def check_counts(*counts: int) -> None:
    """A count of answers is never negative."""
    if any(count < 0 for count in counts):
        raise ValueError("a count of answers is never negative")


def clamp(value: float, low: float, high: float) -> float:
    """The value, or the end of the scale it would leave."""
    return min(high, max(low, value))
