"""Figures of many units at once, for whoever watches them: alarms, reports, reviews. Set-based, and free of any page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from questionnaires.metrics.counting import WEIGHED_ANSWERS
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.tally import Tally, figure
from questionnaires.metrics.rules.weights import enough, weighted_figure
from questionnaires.metrics.store import funnel, weighing
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.store.reading import Cut


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """A unit's figure with its interval; weighed where weights are known. `tally` is what to compare by (effective n)."""

    tally: Tally
    estimate: Estimate
    n: int


def figures_of(
    session: Session, unit_ids: Sequence[UUID], indicator: str, period: Period, source: str = "invited", touchpoint: str = ""
) -> dict[UUID, UnitFigure]:
    """The figure of each unit that has any answer, small ones too: whoever shows it hides what is under ten. At most two statements.

    Compare two periods with `rules.compare.compare(kind, now.tally, before.tally)`
    """
    kind = kind_of(indicator) or Kind.NPS
    cut = Cut((), source, touchpoint=touchpoint)
    rows = [row for row in store.node_sums(session, cut, unit_ids, period, [indicator]) if row.tally.n]
    weights = {row.node_id: row.weighted for row in rows}
    if not touchpoint and source == WEIGHED_ANSWERS[1] and rows:
        weights = weighing.by_node(session, list(weights), period, indicator)
    found = {}
    for row in rows:
        tally = row.tally
        if weighted := enough(weights.get(row.node_id), tally.n):
            found[row.node_id] = UnitFigure(weighted.effective, weighted_figure(kind, weighted), tally.n)
        else:
            found[row.node_id] = UnitFigure(tally, figure(kind, tally), tally.n)
    return found


def volumes_of(session: Session, unit_ids: Iterable[UUID], period: Period) -> dict[UUID, dict[str, int]]:
    """How many got to each step of the funnel in each unit itself; steps that nobody reached are absent. One statement."""
    found: dict[UUID, dict[str, int]] = {}
    for unit, step, n in funnel.steps_of_units(session, unit_ids, period):
        found.setdefault(unit, {})[step] = n
    return found
