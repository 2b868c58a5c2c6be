"""What a reader may see of a place: no figure of fewer than ten people, also not by subtracting one offered figure from another.

Everybody: a figure is hidden where a larger one that the same reader sees (a unit above, the same unit without a filter)
holds only one to nine answers more, and where it would give a smaller sibling away. Readers who may not see single answers
besides get whole weeks and months only, and a figure is hidden where a longer whole period holds one to nine answers more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

from sqlmodel import Session

from portal.people.rules.roles import Scope
from questionnaires.metrics import twins
from questionnaires.metrics.asked import Place
from questionnaires.metrics.rules.periods import Period, months_after, periods_around
from questionnaires.metrics.rules.tally import Tally
from questionnaires.metrics.rules.visibility import gives_away, nested, suppressed
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.store.reading import Cut, DimensionSums, Unit
from questionnaires.metrics.tree import Tree, nodes_of

OF_TOUCHPOINTS = frozenset({"product", "version"})
"""Dimensions whose values mostly belong to one touchpoint."""


@dataclass(frozen=True)
class Reader:
    """Whose units somebody may look at, and whether only whole weeks and months."""

    scope: Scope
    coarse: bool = False
    operator: bool = False
    """Who holds the database in hand: the command line. Only small figures are hidden."""


@dataclass(frozen=True)
class Around:
    """How many answers a place has on each day, and the larger places and cuts around it that the reader sees as well."""

    own: Mapping[str, Mapping[date, int]]
    larger: Mapping[str, tuple[Mapping[date, int], ...]]
    siblings: frozenset[str]
    """Indicators for which a sibling would be given away."""
    today: date
    coarse: bool

    def hides(self, indicator: str, period: Period) -> bool:
        """Whether the figure of a period must not be shown."""
        own = {day: n for day, n in self.own.get(indicator, {}).items() if n and period.first <= day <= period.last}
        if not own:
            return False
        n, periods = sum(own.values()), [period]
        if self.coarse:  # every other period that holds these very answers
            periods += periods_around(Period(min(own), max(own)), self.today)
        days = (self.own.get(indicator, {}), *self.larger.get(indicator, ()))
        return gives_away(n, (answers_in(some, one) for one in periods for some in days))


OPEN = Around({}, {}, frozenset(), date.min, False)
"""Nothing larger is around."""


def answers_in(days: Mapping[date, int], period: Period) -> int:
    """The answers of a period."""
    return sum(n for day, n in days.items() if period.first <= day <= period.last)


def look_around(
    session: Session,
    place: Place,
    period: Period,
    reader: Reader,
    tree: Tree,
    dimensions: Sequence[DimensionSums],
    indicators: Sequence[str],
    today: date,
) -> Around:
    """Read what stands around a place in a period."""
    if reader.operator:
        return OPEN
    above = visible_above(place, reader.scope, tree)
    own_cut = replace(place.cut, as_of=None)
    if not above and not own_cut.narrowed and not reader.coarse:
        return OPEN
    days = _days(period, today) if reader.coarse else period
    nodes = [*place.cut.nodes, *(node for unit in above for node in nodes_of(unit))]
    twin_cuts: list[Cut] = []
    if reader.coarse:
        twin_cuts = twins.cuts(session, place, period, dimensions, indicators)
        nodes += twins.nodes(session, place, tree, period, indicators)
    wider = {cut for one in (own_cut, *twin_cuts) for cut in (one, *_wider(one))} - {own_cut}
    beside = _beside(place, above, tree)
    if not reader.coarse and not wider:  # whole sums do: no other period is offered with them
        sums = store.by_node(session, own_cut, [*nodes, *beside], period, indicators)
        n = {(node, name): {period.first: sums[node, name].n if (node, name) in sums else 0} for node in nodes for name in indicators}
        own = {name: _sum([n[node, name] for node in own_cut.nodes]) for name in indicators}
        larger = {name: tuple(n[node, name] for node in nodes if node not in own_cut.nodes) for name in indicators}
    else:
        own, larger = _read(session, own_cut, nodes, sorted(wider, key=repr), days, indicators)
        sums = store.by_node(session, own_cut, beside, period, indicators) if beside else {}
    siblings = _siblings(place, above, tree, sums, indicators) | _values(place.cut, dimensions)
    return Around(own, larger, siblings, today, reader.coarse)


def visible_above(place: Place, scope: Scope, tree: Tree) -> list[Unit]:
    """The units above a place that the reader may look at too, nearest first."""
    if place.unit is None:
        return []
    visible = {branch.unit.id for branch in tree.visible(scope)}
    return [unit for unit in tree.above(place.unit)[1:] if unit.id in visible]


def _wider(cut: Cut) -> Iterator[Cut]:
    """Every way to ask for less narrow a cut."""
    names = list(cut.narrowed)
    for size in range(1, len(names) + 1):
        for some in combinations(names, size):
            kept = replace(cut, as_of=None)
            if "touchpoint" in some:
                kept = replace(kept, touchpoint="", touchpoints=())
            if "channel" in some:
                kept = replace(kept, channel="")
            yield kept.alone_by() if kept.alone else kept


def _days(period: Period, today: date) -> Period:
    """The days that whole periods around a period may reach."""
    return Period(months_after(period.first.replace(day=1), -12), max(period.last, today - timedelta(days=1)))


def _read(
    session: Session, own_cut: Cut, nodes: list[UUID], wider: Sequence[Cut], period: Period, indicators: Sequence[str]
) -> tuple[dict[str, dict[date, int]], dict[str, tuple[dict[date, int], ...]]]:
    own: dict[str, dict[date, int]] = {}
    larger: dict[str, list[dict[date, int]]] = {name: [] for name in indicators}
    one_by_one = [cut for cut in wider if len(cut.narrowed) == 1]
    at_once = store.answers_of_cuts(session, one_by_one, nodes, period, indicators) if len(one_by_one) > 1 else {}
    for cut in (own_cut, *wider):
        found = at_once.get(cut) or store.answers_by_day(session, cut, nodes, period, indicators)
        for name in indicators:
            here = _sum([found[node, name] for node in cut.nodes])
            if cut == own_cut:
                own[name] = here
            else:
                larger[name].append(here)
            larger[name] += [found[node, name] for node in nodes if node not in cut.nodes]
    return own, {name: tuple(days) for name, days in larger.items()}


def _sum(several: Sequence[Mapping[date, int]]) -> dict[date, int]:
    total: dict[date, int] = {}
    for days in several:
        for day, n in days.items():
            total[day] = total.get(day, 0) + n
    return total


def _beside(place: Place, above: Sequence[Unit], tree: Tree) -> list[UUID]:
    """The nodes of a unit's siblings, its own among them, and of the unit above, where the reader sees that."""
    if place.unit is None or not above or len(place.cut.narrowed) > 1:
        return []
    return [*(child.id for child in tree.children(above[0])), *nodes_of(above[0])]


def _siblings(
    place: Place, above: Sequence[Unit], tree: Tree, found: Mapping[tuple[UUID, str], Tally], indicators: Sequence[str]
) -> frozenset[str]:
    """Indicators for which the unit is hidden among its siblings, so that none of them can be found."""
    if place.unit is None or not above or len(place.cut.narrowed) > 1:
        return frozenset()
    nodes = [child.id for child in tree.children(above[0])]
    (parent_node,) = nodes_of(above[0])
    hidden = set()
    for name in indicators:
        n = {node: found[node, name].n for node in nodes if (node, name) in found}
        whole = found[parent_node, name].n if (parent_node, name) in found else sum(n.values())
        if place.unit.id in suppressed(n, whole - sum(n.values())):
            hidden.add(name)
    return frozenset(hidden)


def _values(cut: Cut, dimensions: Sequence[DimensionSums]) -> frozenset[str]:
    """Indicators for which the chosen value of a dimension would give another away."""
    rows = [row for row in dimensions if row.node_id in cut.nodes]
    hidden = set()
    for dimension, chosen in cut.narrowed.items():
        for name in {row.indicator for row in rows}:
            if len(chosen) == 1 and chosen[0] in hidden_values(rows, dimension, name):
                hidden.add(name)
    return frozenset(hidden)


def hidden_values(rows: Sequence[DimensionSums], dimension: str, indicator: str) -> frozenset[str]:
    """The values of a dimension whose figures are not shown, so that none too small is found from the others.

    A product or a version mostly belongs to one touchpoint, and one to the other: subtracting them must not find a few either.

    rows  the place's own
    """
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row.dimension, row.value][row.indicator] += row.tally.n
    own = {value: n for (name, value), n in counts.items() if name == dimension}
    there = {value: n[indicator] for value, n in own.items() if n[indicator]}
    if dimension not in OF_TOUCHPOINTS:
        return suppressed(there)
    beside = {"touchpoint", *OF_TOUCHPOINTS} - {dimension}
    return suppressed(there, dark=nested(own, [n for (name, _value), n in counts.items() if name in beside]))
