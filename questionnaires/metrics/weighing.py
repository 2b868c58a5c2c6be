"""Weigh a month's answers: each stratum (touchpoint, unit, month) counts by its events, however many of its customers were asked."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from math import isclose
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.ground import Ground
from questionnaires.metrics.counting import WEIGHED_ANSWERS, Ancestors
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.weights import Weighted, factors
from questionnaires.metrics.store import weighing as store
from questionnaires.metrics.store.counting import hold_tree
from questionnaires.metrics.store.weighing import StratumDay, WeightedKey

Stratum = tuple[str, UUID, str]
"""Indicator, unit, touchpoint: of one month."""


def weigh(ground: Ground, _now: datetime) -> int:
    """Weigh the months that changed; how many. Safe to run twice."""
    with ground.reading() as session:
        waiting = store.months(session)
    for month in waiting:
        with ground.writing() as session:
            weigh_month(session, month)
    return len(waiting)


def weigh_month(session: Session, month: date) -> None:
    """Make one month's weighed rows anew."""
    store.forget(session, month)
    hold_tree(session)
    store.replace(session, period_of(month), weighed(session, month))


def period_of(month: date) -> Period:
    """A month from its first day to its last."""
    next_month = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return Period(month, next_month - timedelta(days=1))


def weighed(session: Session, month: date) -> dict[WeightedKey, Weighted]:
    """What a month's weighed rows are to hold."""
    period = period_of(month)
    days = list(store.answers(session, period, *WEIGHED_ANSWERS))
    by_stratum = factors_of(days, store.volumes(session, period))
    ancestors = Ancestors(store.placements(session))
    found: dict[WeightedKey, Weighted] = defaultdict(Weighted)
    for one in days:
        sums = one.sums.times(by_stratum[one.indicator, one.unit_id, one.touchpoint])
        for node in ancestors.nodes(one.unit_id, one.day):
            found[WeightedKey(one.day, node, one.indicator)] += sums
    return found


def factors_of(days: list[StratumDay], events: dict[tuple[UUID, str], float]) -> dict[Stratum, float]:
    """By how much each stratum's weights are multiplied."""
    weights: dict[Stratum, Weighted] = defaultdict(Weighted)
    for one in days:
        weights[one.indicator, one.unit_id, one.touchpoint] += one.sums
    volumes = {
        (indicator, unit, touchpoint): n for indicator in {one.indicator for one in days} for (unit, touchpoint), n in events.items()
    }
    pools = {key: (key[0], key[2]) for key in volumes.keys() | weights.keys()}
    return factors(volumes, weights, pools)


def differences(session: Session, today: date) -> tuple[int, list[dict[str, Any]]]:
    """Months that ended and wait for nothing are weighed anew and compared: how many rows, and those that differ."""
    waiting, compared, found = set(store.months(session)), 0, []
    for month in store.weighed_months(session):
        if month in waiting or period_of(month).last >= today:
            continue
        truth, stored = weighed(session, month), store.stored(session, period_of(month))
        compared += len(truth)
        for key in truth.keys() | stored.keys():
            right, there = truth.get(key, Weighted()), stored.get(key, Weighted())
            if right.n != there.n or not isclose(right.w, there.w, rel_tol=1e-9, abs_tol=1e-9):
                words = {name: str(value) for name, value in key._asdict().items()}
                found.append({"table": "weighted_day", **words, "column": "w", "counted_anew": right.w, "stored": there.w})
    return compared, found
