"""Everything the dashboard shows, read with a number of statements that does not depend on the number of answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.people.rules.roles import Scope
from questionnaires.metrics import labels
from questionnaires.metrics.asked import Asked, Place, find_place
from questionnaires.metrics.breakdown import Breakdown, read_breakdown
from questionnaires.metrics.figures import MAIN, Figure, Point, read_series
from questionnaires.metrics.funnel import Funnel, read_funnel
from questionnaires.metrics.labels import Label
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.tree import Branch, Tree
from questionnaires.metrics.verbatims import Verbatim, read_verbatims


@dataclass(frozen=True)
class Dashboard:
    """One place in one period, with what can be chosen instead."""

    asked: Asked
    tree: Tree
    choices: list[Branch]
    place: Place
    period: Period
    figures: Mapping[str, Figure]
    trend: list[Point]
    funnel: Funnel
    breakdown: Breakdown
    sources: Mapping[str, int]
    verbatims: list[Verbatim] | None  # None: too few answered for words to be shown without naming anybody
    labels: Mapping[str, Label]

    @property
    def chosen(self) -> Figure:
        """The indicator that trend, heat map and ranking are about."""
        return self.figures[self.asked.indicator]


def read_dashboard(session: Session, scope: Scope, asked: Asked, today: date, zone: ZoneInfo) -> Dashboard:
    """Read all of it.

    Raises  NotFound for a unit that is not there or outside the scope
    """
    tree = Tree(store.units(session, today))
    place = find_place(asked, tree, scope)
    series = read_series(session, place, asked, today)
    figures = {indicator: series.figure(indicator) for indicator in MAIN}
    enough = max(figure.tally.n for figure in figures.values()) >= HIDDEN_BELOW
    return Dashboard(
        asked=asked,
        tree=tree,
        choices=tree.visible(scope),
        place=place,
        period=series.period,
        figures=figures,
        trend=series.trend(asked.indicator),
        funnel=read_funnel(session, place, series.period),
        breakdown=read_breakdown(session, place, asked, series.period),
        sources=dict(store.sources(session, place.cut, series.period)),
        verbatims=read_verbatims(session, place, series.period, today, zone) if enough else None,
        labels=labels.touchpoints(session),
    )
