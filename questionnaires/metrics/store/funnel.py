"""SQL of the funnel: days that are over from the nodes' own sums, today from the units' rows."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in
from questionnaires.metrics.funnel_models import BETWEEN, CROSSED, FunnelClosed, FunnelTotal
from questionnaires.metrics.models import NO_UNIT, FunnelDay
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.store.reading import Cut, below, filtered


class FunnelSums(NamedTuple):
    """How many got to a step in the period, and in the one before."""

    step: str
    code: str
    now: int
    before: int


def funnel(session: Session, cut: Cut, period: Period) -> list[FunnelSums]:
    """Steps and drops of the period, beside those of the period before it: summed days from the nodes' own rows, the others as they are,
    and all as they are where another day's tree is asked for."""
    first: Any = period.before().first
    of_days = [] if cut.everything else [below(FunnelDay, cut.nodes, cut.as_of)]
    of_days += filtered(FunnelDay, cut)
    if cut.as_of:
        query: Any = _steps(FunnelDay, period, first, period.last, *of_days)
    else:
        until = func.coalesce(select(col(FunnelClosed.until)).scalar_subquery(), first)
        name, values = _dimension(cut)
        nodes = (NO_UNIT,) if cut.everything else cut.nodes
        of_cut = (col(FunnelTotal.dimension) == name, keys_in(FunnelTotal.value, values), ids_in(FunnelTotal.node_id, nodes))
        still_open = _steps(FunnelDay, period, case((until > first, until), else_=first), period.last, *of_days)
        query = still_open.union_all(_steps(FunnelTotal, period, first, period.last, *of_cut, col(FunnelTotal.day) < until))
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for step, code, now, before in session.execute(query):
        found[step, code][0] += int(now)
        found[step, code][1] += int(before)
    return [FunnelSums(*key, *sums) for key, sums in found.items()]


def _dimension(cut: Cut) -> tuple[str, Iterable[str]]:
    """What the cut is called among the sums, and the values that are meant."""
    narrowed = cut.narrowed
    if len(narrowed) > 1:
        return "crossed", [BETWEEN.join(pair) for pair in product(*(narrowed[name] for name in CROSSED))]
    [(name, values)] = narrowed.items() or [("", ("",))]
    return name, values


def _steps(model: Any, period: Period, first: Any, last: date, *where: ColumnElement[bool]) -> Select[Any]:
    inside, outside = (case((of_period, col(model.n)), else_=0) for of_period in (model.day >= period.first, model.day < period.first))
    query = select(col(model.step), col(model.code), func.sum(inside), func.sum(outside)).where(
        model.day >= first, model.day <= last, *where
    )
    return query.group_by(col(model.step), col(model.code))


def steps_of_units(session: Session, unit_ids: Iterable[UUID], period: Period) -> list[tuple[UUID, str, int]]:
    """Unit, step and how many got there; drops are left out."""
    key = (col(FunnelDay.unit_id), col(FunnelDay.step))
    query = select(*key, func.sum(col(FunnelDay.n))).where(
        ids_in(FunnelDay.unit_id, unit_ids), col(FunnelDay.day).between(period.first, period.last), col(FunnelDay.code) == ""
    )
    return [(row[0], row[1], int(row[2])) for row in session.execute(query.group_by(*key))]
