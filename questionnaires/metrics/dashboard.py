"""Everything the dashboard shows, read with a number of statements that does not depend on the number of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.people.rules.attributes import Option, named
from questionnaires.metrics import labels
from questionnaires.metrics.asked import Asked, Place, find_place
from questionnaires.metrics.breakdown import Breakdown, Cells, read_breakdown, read_cells
from questionnaires.metrics.figures import MAIN, Figure, Point, Series, read_series, whole
from questionnaires.metrics.funnel import Funnel, read_funnel
from questionnaires.metrics.index_models import MetricTarget
from questionnaires.metrics.labels import Label
from questionnaires.metrics.privacy import Reader, look_around
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.tally import Tally
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.targets import targets_of
from questionnaires.metrics.tree import Branch, Tree
from questionnaires.metrics.verbatims import Verbatim, read_verbatims

PEERS = 3
"""A peer group has at least so many other units: fewer would show one unit another's figures."""


@dataclass(frozen=True)
class Dashboard:
    """One place in one period, with what can be chosen instead."""

    asked: Asked
    reader: Reader
    tree: Tree
    choices: list[Branch]
    place: Place
    period: Period
    figures: Mapping[str, Figure]
    trend: list[Point]
    funnel: Funnel | None  # None: events know none of what stands alone
    breakdown: Breakdown
    cells: Cells
    sources: Mapping[str, int]
    targets: Mapping[str, MetricTarget]
    notes: Sequence[tuple[date, str]]
    verbatims: list[Verbatim] | None  # None: too few answered for words to be shown without naming anybody
    labels: Mapping[str, Label]
    segments: Mapping[str, Option]
    versions: Sequence[store.Version]

    @property
    def chosen(self) -> Figure:
        """The indicator that trend, heat map and ranking are about."""
        return self.figures[self.asked.indicator]


def read_dashboard(session: Session, reader: Reader, asked: Asked, today: date, zone: ZoneInfo, now: datetime) -> Dashboard:
    """Read all of it.

    Raises  NotFound for a unit that is not there or outside the scope
    """
    units, segments = store.units_and_segments(session, today)
    tree, names = Tree(units), labels.touchpoints(session)
    place = find_place(asked, tree, reader.scope, lines_of(names), today)
    series, cells = read_figures(session, place, asked, reader, tree, today)
    figures = {indicator: series.figure(indicator) for indicator in MAIN}
    enough = any(one.n >= HIDDEN_BELOW and not one.hidden for one in figures.values())
    line = [one.id for one in tree.above(place.unit)] if place.unit else []
    return Dashboard(
        asked=asked,
        reader=reader,
        tree=tree,
        choices=tree.visible(reader.scope),
        place=place,
        period=series.period,
        figures=figures,
        trend=[] if figures[asked.indicator].hidden and not reader.coarse else series.trend(asked.indicator),
        funnel=read_funnel(session, place, series.period) if not place.cut.alone else None,
        breakdown=read_breakdown(session, place, asked, series.period, cells, now),
        cells=cells,
        sources={} if place.cut.narrowed else dict(store.sources(session, place.cut, series.period)),  # they know no filter
        targets=targets_of(session, line, series.period) if line else {},
        notes=labels.notes(session, whole(series.period).first, series.period.last, line),
        verbatims=read_verbatims(session, place, series.period, today, zone) if enough else None,
        labels=names,
        segments=named(segments),
        versions=_versions(session, asked, cells),
    )


def _versions(session: Session, asked: Asked, cells: Cells) -> Sequence[store.Version]:
    """What the versions that were answered are called; nothing is read where there is one only."""
    there = {row.value for row in cells.of_place if row.dimension == "version"} | {asked.version} - {""}
    return store.versions(session, map(UUID, there)) if len(there) > 1 or asked.version else ()


def lines_of(names: Mapping[str, Label]) -> dict[str, tuple[str, ...]]:
    """The touchpoints of each journey and stage by its code."""
    return {line.code: codes for line, codes in labels.journeys(names).items()}


def read_figures(
    session: Session, place: Place, asked: Asked, reader: Reader, tree: Tree, today: date, indicators: Sequence[str] = MAIN
) -> tuple[Series, Cells]:
    """The daily sums of a place, with what this reader must not be shown; and what it is broken down by."""
    series = read_series(session, place, asked, today, indicators, coarse=reader.coarse)
    cells = read_cells(session, place, series.period, indicators)
    around = look_around(session, place, series.period, reader, tree, cells.of_place, indicators, today)
    others = peers(session, place, tree, series) if asked.against == "peers" else {}
    return replace(series, around=around, others=others), cells


def peers(session: Session, place: Place, tree: Tree, series: Series) -> dict[str, Tally]:
    """The answers of the other units beside a unit, together; empty tallies where they are too few units."""
    nothing = dict.fromkeys(MAIN, Tally())
    if place.unit is None or len(place.cut.narrowed) > 1:
        return nothing
    beside = [unit for unit in tree.beside(place.unit) if unit.kind == place.unit.kind]
    if len(beside) < PEERS:
        return nothing
    found = store.by_node(session, replace(place.cut, as_of=None), [unit.id for unit in beside], series.period, MAIN)
    answering = {node for (node, _), tally in found.items() if tally.n}
    if len(answering) < PEERS:
        return nothing
    return {name: sum((tally for (_, indicator), tally in found.items() if indicator == name), Tally()) for name in MAIN}
