"""The organisation tree over time: relations follow from placements day by day, and a unit never stands above itself."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.people.rules import tree
from portal.people.rules.tree import Above, Placement

DAY = date(2026, 1, 1)
FOREVER = date(9999, 12, 31)
HEAD, NORTH, SOUTH, OUTLET = (UUID(int=n) for n in range(1, 5))


def day(n: int) -> date:
    return DAY + timedelta(days=n)


def test_a_unit_that_moves_keeps_its_past() -> None:
    placements = [
        Placement(HEAD, None, day(0), FOREVER),
        Placement(NORTH, HEAD, day(0), FOREVER),
        Placement(SOUTH, HEAD, day(0), FOREVER),
        *tree.moved([Placement(OUTLET, NORTH, day(0), FOREVER)], OUTLET, SOUTH, day(10), FOREVER),
    ]
    assert [above for above in tree.ancestors(placements) if above.unit == OUTLET] == [
        Above(OUTLET, OUTLET, 0, day(0), FOREVER),
        Above(OUTLET, NORTH, 1, day(0), day(10)),
        Above(OUTLET, SOUTH, 1, day(10), FOREVER),
        Above(OUTLET, HEAD, 2, day(0), FOREVER),
    ]


@pytest.mark.parametrize(
    ("parent", "start", "expected"),
    [
        (SOUTH, 10, [(NORTH, 0, 10), (SOUTH, 10, None)]),
        (NORTH, 10, [(NORTH, 0, 20), (SOUTH, 20, None)][:1]),
        (SOUTH, 0, [(SOUTH, 0, None)]),
        (HEAD, 25, [(NORTH, 0, 20), (SOUTH, 20, 25), (HEAD, 25, None)]),
    ],
)
def test_a_move_replaces_what_was_planned_for_later(parent: UUID, start: int, expected: list[tuple[UUID, int, int | None]]) -> None:
    history = [Placement(OUTLET, NORTH, day(0), day(20)), Placement(OUTLET, SOUTH, day(20), FOREVER)]
    wanted = [Placement(OUTLET, to, day(a), FOREVER if b is None else day(b)) for to, a, b in expected]
    if parent == NORTH:
        wanted = [Placement(OUTLET, NORTH, day(0), FOREVER)]
    assert tree.moved(history, OUTLET, parent, day(start), FOREVER) == wanted


def test_a_cycle_is_found_only_on_days_on_which_there_is_one() -> None:
    in_turn = [
        Placement(HEAD, None, day(0), FOREVER),
        Placement(NORTH, SOUTH, day(0), day(5)),
        Placement(SOUTH, HEAD, day(0), day(5)),
        Placement(NORTH, HEAD, day(5), FOREVER),
        Placement(SOUTH, NORTH, day(5), FOREVER),
    ]
    assert tree.cyclic(in_turn) == set()
    together = [*in_turn[:1], Placement(NORTH, SOUTH, day(0), day(6)), Placement(SOUTH, NORTH, day(5), FOREVER)]
    assert tree.cyclic(together) == {NORTH, SOUTH}
    with pytest.raises(tree.Cycle):
        tree.ancestors(together)


@pytest.mark.parametrize(
    ("spans", "start", "end", "whole"),
    [
        ([(0, 9)], 0, 9, True),
        ([(0, 9)], 1, 10, False),
        ([(5, 9), (0, 5)], 0, 9, True),
        ([(0, 4), (5, 9)], 0, 9, False),
        ([], 0, 1, False),
    ],
)
def test_a_place_covers_a_span_only_without_gaps(spans: list[tuple[int, int]], start: int, end: int, whole: bool) -> None:
    assert tree.covered([Placement(OUTLET, NORTH, day(a), day(b)) for a, b in spans], day(start), day(end)) is whole


@st.composite
def histories(draw: st.DrawFn) -> list[Placement]:
    """Up to eight units, each placed below others over up to three spans."""
    units = [UUID(int=n) for n in range(1, draw(st.integers(2, 8)) + 1)]
    placements = []
    for unit in units:
        cuts = sorted(draw(st.sets(st.integers(0, 12), min_size=2, max_size=4)))
        for start, end in pairwise(cuts):
            placements.append(Placement(unit, draw(st.sampled_from([None, *units])), day(start), day(end)))
    return placements


def chain(placements: list[Placement], unit: UUID, on: date) -> list[UUID] | None:
    """The plain way: on one day, step from parent to parent. None where that never ends."""
    above = [unit]
    while True:
        here = next((one for one in placements if one.unit == above[-1] and one.start <= on < one.end), None)
        if here is None or here.parent is None:
            return above
        if here.parent in above:
            return None
        above.append(here.parent)


@given(histories())
def test_relations_say_for_every_day_what_stepping_upward_says(placements: list[Placement]) -> None:
    units = {one.unit for one in placements}
    days = [day(n) for n in range(13)]
    placed = [(unit, on) for unit in units for on in days if any(one.unit == unit and one.start <= on < one.end for one in placements)]
    circling = {unit for unit, on in placed if chain(placements, unit, on) is None}
    assert tree.cyclic(placements) == circling
    sound = [one for one in placements if not circling]
    if not sound:
        return
    relations = tree.ancestors(sound)
    assert len({(one.unit, one.ancestor, one.start) for one in relations}) == len(relations)
    for unit, on in placed:
        held = sorted((one.depth, one.ancestor) for one in relations if one.unit == unit and one.start <= on < one.end)
        assert [ancestor for _, ancestor in held] == chain(sound, unit, on)
