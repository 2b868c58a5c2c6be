"""What is kept of many answers: how many, their sums, and how many were low, middle and high."""

from dataclasses import dataclass

from questionnaires.metrics.rules import means, proportions
from questionnaires.metrics.rules.estimate import CONFIDENCE, Estimate
from questionnaires.metrics.rules.indicators import SCALES, Kind
from questionnaires.metrics.rules.nps import NpsCounts, nps


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts and sums of answers to one indicator; tallies of disjoint answers add up."""

    n: int = 0
    total: float = 0
    squares: float = 0
    low: int = 0
    mid: int = 0
    high: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.n + other.n,
            self.total + other.total,
            self.squares + other.squares,
            self.low + other.low,
            self.mid + other.mid,
            self.high + other.high,
        )

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            self.n - other.n,
            self.total - other.total,
            self.squares - other.squares,
            self.low - other.low,
            self.mid - other.mid,
            self.high - other.high,
        )

    @property
    def counts(self) -> NpsCounts:
        """Low, middle and high as detractors, passives and promoters."""
        return NpsCounts(self.low, self.mid, self.high)

    def shares(self) -> tuple[float, float, float]:
        """Low, middle and high in percent; all zero without an answer."""
        if self.n == 0:
            return (0.0, 0.0, 0.0)
        return (100 * self.low / self.n, 100 * self.mid / self.n, 100 * self.high / self.n)


def of_values(kind: Kind, values: list[float]) -> Tally:
    """The tally of single answers on a kind's scale."""
    scale = SCALES[kind]
    return Tally(
        n=len(values),
        total=sum(values),
        squares=sum(value * value for value in values),
        low=sum(value < scale.middle_from for value in values),
        mid=sum(scale.middle_from <= value < scale.high_from for value in values),
        high=sum(value >= scale.high_from for value in values),
    )


def figure(kind: Kind, tally: Tally, confidence: float = CONFIDENCE) -> Estimate:
    """The kind's main figure: the NPS in points, the satisfied share in percent, the mean ease 1-7."""
    if kind is Kind.NPS:
        return nps(tally.counts, confidence)
    if kind is Kind.CSAT:
        return top_share(tally, confidence)
    return mean_of(kind, tally, confidence)


def top_share(tally: Tally, confidence: float = CONFIDENCE) -> Estimate:
    """The share of high answers in percent."""
    return proportions.share(tally.high, tally.n, confidence)


def mean_of(kind: Kind, tally: Tally, confidence: float = CONFIDENCE) -> Estimate:
    """The mean on the kind's own scale."""
    scale = SCALES[kind]
    return means.mean(tally.n, tally.total, tally.squares, (scale.lowest, scale.highest), confidence)
