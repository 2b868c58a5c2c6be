"""What is said more often than before: hot topics and new words, by a likelihood ratio that small numbers don't fool."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import log
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
SURE = 10.83
"""The likelihood ratio that chance exceeds once in a thousand times."""
TIMES = 1.5
FEWEST = 5


@dataclass(frozen=True)
class Rise(Generic[Key]):
    """Something said n times among `of` texts now, `before` times among `before_of` earlier."""

    key: Key
    n: int
    of: int
    before: int
    before_of: int
    ratio: float

    @property
    def new(self) -> bool:
        """Whether nobody said it before."""
        return self.before == 0

    @property
    def times(self) -> float | None:
        """How many times as often as before; None for what is new."""
        return None if self.new else (self.n / self.of) / (self.before / self.before_of)


def rising(now: Mapping[Key, int], of: int, before: Mapping[Key, int], before_of: int, fewest: int = FEWEST) -> list[Rise[Key]]:
    """What rose beyond chance, the surest first; nothing where there is no past to compare with."""
    if not of or not before_of:
        return []
    found = []
    for key, n in now.items():
        past = before.get(key, 0)
        if n < fewest or n / of <= TIMES * past / before_of:
            continue
        ratio = likelihood_ratio(n, of, past, before_of)
        if ratio >= SURE:
            found.append(Rise(key, n, of, past, before_of, ratio))
    return sorted(found, key=lambda one: (-one.ratio, str(one.key)))


def likelihood_ratio(n: int, of: int, before: int, before_of: int) -> float:
    """Dunning's G² for two shares; never negative.

    Source  Dunning 1993, "Accurate methods for the statistics of surprise and coincidence"
    """
    share = (n + before) / (of + before_of)
    gained = _part(n, of, n / of) + _part(before, before_of, before / before_of)
    return max(0.0, 2 * (gained - _part(n, of, share) - _part(before, before_of, share)))


def _part(n: int, of: int, share: float) -> float:
    inside = n * log(share) if n else 0.0
    return inside + ((of - n) * log(1 - share) if of > n else 0.0)
