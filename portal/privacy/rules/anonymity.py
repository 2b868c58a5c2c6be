"""Whether rows that leave the house can be told apart: k-anonymity over what others may know of a person."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

AGE_BANDS = ((0, 17), (18, 29), (30, 44), (45, 59), (60, 150))


class Finding(NamedTuple):
    """How well rows are mixed: the smallest group, and how many rows lie in groups that are too small."""

    smallest: int
    rows_at_risk: int
    rows: int

    def holds(self, k: int) -> bool:
        """Whether nobody stands in a group of fewer than k; nothing at all tells nothing."""
        return self.rows == 0 or self.smallest >= k


def test(rows: Iterable[Mapping[str, Any]], known: Sequence[str], k: int) -> Finding:
    """Group rows by what others may know (unit, age, segment …).

    Raises  ValueError for a k below 2
    """
    if k < 2:
        raise ValueError("k below 2 tells nothing")
    groups = Counter(tuple(row.get(name) for name in known) for row in rows)
    return Finding(min(groups.values(), default=0), sum(n for n in groups.values() if n < k), sum(groups.values()))


def suppressed(rows: Sequence[Mapping[str, Any]], known: Sequence[str], k: int) -> list[dict[str, Any]]:
    """The same rows with what is known blanked in groups that are too small, from the last column to the first.

    A group that stays too small even with nothing known is left out.
    """
    kept = [dict(row) for row in rows]
    for name in reversed(known):
        groups = Counter(tuple(row.get(one) for one in known) for row in kept)
        for row in kept:
            if groups[tuple(row.get(one) for one in known)] < k:
                row[name] = None
    groups = Counter(tuple(row.get(one) for one in known) for row in kept)
    return [row for row in kept if groups[tuple(row.get(one) for one in known)] >= k]


def age_band(years: int | None) -> str | None:
    """The band of an age, as an export tells it."""
    if years is None:
        return None
    return next((f"{low}–{high}" if high < 150 else f"{low}+" for low, high in AGE_BANDS if low <= years <= high), None)
