"""Figures of many units at once, for whoever watches them: alarms, reports, reviews. Set-based, and free of any page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from questionnaires.metrics.counting import WEIGHED_ANSWERS
from questionnaires.metrics.figures import WEIGHED_FROM
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.tally import Tally, figure
from questionnaires.metrics.rules.weights import weighted_figure
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.store import weighing
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
    """The figure of each unit that has any answer, small ones too: whoever shows it hides what is under ten. Two statements.

    Compare two periods with `rules.compare.compare(kind, now.tally, before.tally)`
    """
    kind = kind_of(indicator) or Kind.NPS
    cut = Cut((), source, touchpoint=touchpoint)
    tallies = {node: tally for (node, _), tally in store.by_node(session, cut, unit_ids, period, [indicator]).items() if tally.n}
    weighable = not touchpoint and source == WEIGHED_ANSWERS[1]
    weights = weighing.by_node(session, list(tallies), period, indicator) if weighable and tallies else {}
    found = {}
    for unit, tally in tallies.items():
        weighted = weights.get(unit)
        if weighted and weighted.n >= WEIGHED_FROM * tally.n:
            found[unit] = UnitFigure(weighted.effective, weighted_figure(kind, weighted), tally.n)
        else:
            found[unit] = UnitFigure(tally, figure(kind, tally), tally.n)
    return found


def volumes_of(session: Session, unit_ids: Iterable[UUID], period: Period) -> dict[UUID, dict[str, int]]:
    """How many got to each step of the funnel in each unit itself; steps that nobody reached are absent. One statement."""
    found: dict[UUID, dict[str, int]] = {}
    for unit, step, n in store.steps_of_units(session, unit_ids, period):
        found.setdefault(unit, {})[step] = n
    return found
