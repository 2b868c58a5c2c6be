"""What one day's row keeps of its scores, as answered and as adjusted after upheld appeals."""

from dataclasses import dataclass, fields
from typing import Self

from questionnaires.metrics.rules.indicators import SCALES, kind_of


@dataclass(slots=True)
class Sums:
    """The counters of a daily row; their names are its columns."""

    n: int = 0
    sum: float = 0.0
    sum2: float = 0.0
    low: int = 0
    mid: int = 0
    high: int = 0
    adj_n: int = 0
    adj_sum: float = 0.0
    adj_sum2: float = 0.0
    adj_low: int = 0
    adj_mid: int = 0
    adj_high: int = 0

    def add(self, indicator: str, value: float, left_out: bool) -> None:
        """Count one score; an upheld appeal keeps it out of the adjusted half only."""
        low, mid, high = band(indicator, value)
        self.n += 1
        self.sum += value
        self.sum2 += value * value
        self.low += low
        self.mid += mid
        self.high += high
        if left_out:
            return
        self.adj_n += 1
        self.adj_sum += value
        self.adj_sum2 += value * value
        self.adj_low += low
        self.adj_mid += mid
        self.adj_high += high

    def merge(self, other: "Sums", sign: int = 1) -> Self:
        """Add another row's counters, or take them away; returns itself."""
        for name in COLUMNS:
            setattr(self, name, getattr(self, name) + sign * getattr(other, name))
        return self

    def columns(self) -> dict[str, float]:
        """Column name to number."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(field.name for field in fields(Sums))


@dataclass(slots=True)
class WeighedSums(Sums):
    """The same with each answer counted as often as people like this one were not asked: 1 / chance."""

    w: float = 0.0
    w2: float = 0.0
    w_sum: float = 0.0
    w_sum2: float = 0.0
    w_low: float = 0.0
    w_mid: float = 0.0
    w_high: float = 0.0

    def weigh(self, indicator: str, value: float, chance: float | None) -> None:
        """Add one answer's weight; an answer of unknown chance counts once."""
        w = 1.0 if chance is None or chance <= 0 else 1 / min(chance, 1.0)
        low, mid, high = band(indicator, value)
        self.w += w
        self.w2 += w * w
        self.w_sum += w * value
        self.w_sum2 += w * value * value
        self.w_low += w * low
        self.w_mid += w * mid
        self.w_high += w * high

    def wide(self) -> dict[str, float]:
        """Column name to number, weights among them."""
        return {name: getattr(self, name) for name in WIDE}

    def light(self) -> dict[str, float]:
        """Column name to number: how many, and their weights."""
        return {name: getattr(self, name) for name in LIGHT}


WEIGHED = tuple(field.name for field in fields(WeighedSums) if field.name not in COLUMNS)
WIDE = COLUMNS + WEIGHED
LIGHT = ("n", *WEIGHED)


def band(indicator: str, value: float) -> tuple[int, int, int]:
    """One in the place of low, middle or high; none for an indicator that knows no bands."""
    kind = kind_of(indicator)
    if kind is None:
        return (0, 0, 0)
    scale = SCALES[kind]
    if value >= scale.high_from:
        return (0, 0, 1)
    return (0, 1, 0) if value >= scale.middle_from else (1, 0, 0)
