"""Whether rows that leave the house can be told apart: k-anonymity over what others may know of a person."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

Groups = Mapping[tuple[Hashable, ...], int]
"""How many rows share each combination of what may be known, in the order of its columns."""


class Finding(NamedTuple):
    """How well rows are mixed: the smallest group, and how many rows lie in groups that are too small."""

    smallest: int
    rows_at_risk: int
    rows: int

    def holds(self, k: int) -> bool:
        """Whether nobody stands in a group of fewer than k; nothing at all tells nothing."""
        return self.rows == 0 or self.smallest >= k


def weigh(groups: Groups, k: int) -> Finding:
    """Look at groups of rows that share all that is known.

    Raises  ValueError for a k below 2
    """
    if k < 2:
        raise ValueError("k below 2 tells nothing")
    return Finding(min(groups.values(), default=0), sum(n for n in groups.values() if n < k), sum(groups.values()))


def without(groups: Groups, known: Sequence[str], left_out: Sequence[str]) -> Groups:
    """The groups as they are when some columns are not known."""
    kept = [place for place, name in enumerate(known) if name not in left_out]
    found: Counter[tuple[Hashable, ...]] = Counter()
    for values, rows in groups.items():
        found[tuple(values[place] for place in kept)] += rows
    return found


def to_leave_out(groups: Groups, known: Sequence[str], k: int) -> tuple[str, ...] | None:
    """The fewest columns without which the rows hold, those that stand first in `known` rather than later ones.

    None where even without all of them there are too few rows.
    """
    for size in range(len(known) + 1):
        for names in combinations(known, size):
            if weigh(without(groups, known, names), k).holds(k):
                return names
    return None
