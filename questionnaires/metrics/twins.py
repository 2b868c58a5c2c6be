"""Narrower cuts and units that hold the very same answers in a period: over a longer period they are larger sets around it.

A branch all of whose answers of a month came from one outlet, or on one touchpoint, can be subtracted from that outlet's
or touchpoint's year.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from uuid import UUID

from sqlmodel import Session

from questionnaires.metrics.asked import Place
from questionnaires.metrics.models import ALONE
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.store.reading import Cut, DimensionSums
from questionnaires.metrics.tree import Tree

CROSSED = ("touchpoint", "channel")


def cuts(session: Session, place: Place, period: Period, dimensions: Sequence[DimensionSums], indicators: Sequence[str]) -> list[Cut]:
    """The place's cut narrowed further without losing an answer of the period, for any indicator."""
    cut = replace(place.cut, as_of=None)
    if len(cut.narrowed) > 1 or cut.alone:
        return []
    whole = _crossed(session, place, period, indicators) if cut.narrowed else _values(dimensions, cut)
    found = []
    for touchpoint, channel in product(("", *whole["touchpoint"]), ("", *whole["channel"])):
        if touchpoint or channel:
            narrower = replace(cut, channel=channel or cut.channel)
            found.append(replace(narrower, touchpoint=touchpoint, touchpoints=()) if touchpoint else narrower)
    if not cut.narrowed:
        found += [cut.alone_by(name, value) for name in ALONE for value in whole[name]]
    return found


def _values(dimensions: Sequence[DimensionSums], cut: Cut) -> dict[str, set[str]]:
    """The values of each dimension that hold all of the place's answers to an indicator."""
    n: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in dimensions:
        if row.node_id in cut.nodes:
            n[row.dimension, row.indicator][row.value] += row.tally.n
    return _holding_all(n)


def _crossed(session: Session, place: Place, period: Period, indicators: Sequence[str]) -> dict[str, set[str]]:
    """The same inside a cut by touchpoint or channel, for the other of the two."""
    n: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    chosen = place.cut.narrowed
    (asked,) = chosen
    for row in store.by_child(session, replace(place.cut, as_of=None), [unit.id for unit in place.units], period, indicators):
        here = {"touchpoint": row.touchpoint, "channel": row.channel}
        if here[asked] in chosen[asked]:
            other = "channel" if asked == "touchpoint" else "touchpoint"
            n[other, row.indicator][here[other]] += row.tally.n
    return _holding_all(n)


def _holding_all(n: dict[tuple[str, str], dict[str, int]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in (*CROSSED, *ALONE)}
    for (dimension, _indicator), values in n.items():
        answered = [value for value, count in values.items() if count]
        if len(answered) == 1 and answered[0]:
            found[dimension].add(answered[0])
    return found


def nodes(session: Session, place: Place, tree: Tree, period: Period, indicators: Sequence[str]) -> list[UUID]:
    """The units below a unit that hold all of its answers of the period, for any indicator, from the top down."""
    found: list[UUID] = []
    cut = replace(place.cut, as_of=None)
    waiting = [place.unit] if place.unit else []
    while waiting:
        children = {child.id: child for child in tree.children(waiting.pop())}
        if not children:
            continue
        sums = {key: tally.n for key, tally in store.by_node(session, cut, [*children, *cut.nodes], period, indicators).items()}
        own = {name: sum(n for (node, one), n in sums.items() if node in cut.nodes and one == name) for name in indicators}
        for node, child in children.items():
            if any(sums.get((node, name)) == own[name] for name in indicators if own.get(name)):
                found.append(node)
                waiting.append(child)
    return found
