"""The organisation tree over time: who stood above whom on which days."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Placement:
    """A unit hangs below a parent (none: it is a root) from a day, included, until a day, excluded."""

    unit: UUID
    parent: UUID | None
    start: date
    end: date


@dataclass(frozen=True)
class Above:
    """A unit stands `depth` steps above another, itself at 0, from a day until a day."""

    unit: UUID
    ancestor: UUID
    depth: int
    start: date
    end: date


class Cycle(ValueError):
    """On some day a unit would stand above itself."""

    def __init__(self, unit: UUID) -> None:
        super().__init__(str(unit))
        self.unit = unit


def ancestors(placements: Iterable[Placement]) -> list[Above]:
    """All relations that follow from placements, each for the longest span of days it holds without a break.

    Raises  Cycle
    """
    by_unit = _by_unit(placements)
    found = [above for unit in by_unit for above in _merged(_climb(by_unit, unit))]
    return sorted(found, key=lambda above: (above.unit, above.depth, above.ancestor, above.start))


def cyclic(placements: Iterable[Placement]) -> set[UUID]:
    """The units that would stand above themselves, or below such a unit."""
    by_unit = _by_unit(placements)
    found = set()
    for unit in by_unit:
        try:
            list(_climb(by_unit, unit))
        except Cycle:
            found.add(unit)
    return found


def moved(history: Sequence[Placement], unit: UUID, parent: UUID | None, day: date, forever: date) -> list[Placement]:
    """A unit's placements when it hangs below `parent` from `day` on; what was planned for later days falls away."""
    kept = [replace(one, end=min(one.end, day)) for one in sorted(history, key=lambda one: one.start) if one.start < day]
    if kept and kept[-1].parent == parent and kept[-1].end == day:
        return [*kept[:-1], replace(kept[-1], end=forever)]
    return [*kept, Placement(unit, parent, day, forever)]


def covered(placements: Sequence[Placement], start: date, end: date) -> bool:
    """Whether a unit has a place on all days of a span."""
    reached = start
    for one in sorted(placements, key=lambda one: one.start):
        if one.start <= reached < one.end:
            reached = one.end
    return reached >= end


def _by_unit(placements: Iterable[Placement]) -> dict[UUID, list[Placement]]:
    by_unit: dict[UUID, list[Placement]] = {}
    for one in placements:
        by_unit.setdefault(one.unit, []).append(one)
    return by_unit


def _climb(by_unit: Mapping[UUID, list[Placement]], unit: UUID) -> Iterator[Above]:
    """Walk up from a unit, narrowing the days at every step; a unit met twice within the same days is a cycle."""
    waiting = [(one, 0, one.start, one.end, frozenset({unit})) for one in by_unit[unit]]
    yield from (Above(unit, unit, 0, one.start, one.end) for one in by_unit[unit])
    while waiting:
        placement, depth, start, end, seen = waiting.pop()
        parent = placement.parent
        if parent is None:
            continue
        if parent in seen:
            raise Cycle(unit)
        yield Above(unit, parent, depth + 1, start, end)
        for one in by_unit.get(parent, ()):
            first, last = max(start, one.start), min(end, one.end)
            if first < last:
                waiting.append((one, depth + 1, first, last, seen | {parent}))


def _merged(relations: Iterable[Above]) -> list[Above]:
    """Spans of the same relation that touch become one."""
    found: list[Above] = []
    for one in sorted(relations, key=lambda above: (above.ancestor, above.depth, above.start)):
        last = found[-1] if found else None
        if last and (last.ancestor, last.depth, last.end) == (one.ancestor, one.depth, one.start):
            found[-1] = replace(last, end=one.end)
        else:
            found.append(one)
    return found
