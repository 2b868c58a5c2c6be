"""Weigh a month's answers: each stratum (touchpoint, unit, month) counts by its events, however many of its customers were asked."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import isclose
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.ground import Ground
from questionnaires.metrics.counting import WEIGHED_ANSWERS, Ancestors
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.weights import Weighted, factors
from questionnaires.metrics.store import strata
from questionnaires.metrics.store import weighing as store
from questionnaires.metrics.store.moving import hold_tree_alone
from questionnaires.metrics.store.weighing import CutWeighted, StratumDay, WeightedKey

Stratum = tuple[str, UUID, str]
"""Indicator, unit, touchpoint: of one month."""


def weigh(ground: Ground, _now: datetime) -> int:
    """Weigh the months that changed; how many. Safe to run twice: a month that changes meanwhile waits again."""
    with ground.reading() as session:
        waiting = store.months(session)
    for month in waiting:
        weigh_month(ground, month)
    return len(waiting)


def weigh_month(ground: Ground, month: date) -> None:
    """Make one month's weights anew, some days at a time: nobody who counts answers waits for a whole month."""
    with ground.reading() as session:
        noted_at = store.noted(session, month)
        days = list(store.answers(session, period_of(month), *WEIGHED_ANSWERS))
        by_stratum = factors_of(days, store.volumes(session, period_of(month)))
        portions = strata.portions(session, period_of(month), *WEIGHED_ANSWERS)
    with ground.writing() as session:
        strata.replace(session, month, by_stratum)
    for portion in portions:
        with ground.writing() as session:
            hold_tree_alone(session)  # who counts touches the same rows, in another order
            strata.weigh(session, month, portion, *WEIGHED_ANSWERS)
    if noted_at is not None:
        with ground.writing() as session:
            store.forget(session, month, noted_at)


def period_of(month: date) -> Period:
    """A month from its first day to its last."""
    next_month = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return Period(month, next_month - timedelta(days=1))


def weighed(session: Session, month: date) -> tuple[dict[WeightedKey, Weighted], dict[CutWeighted, Weighted]]:
    """What a month's weighed rows are to hold, counted one by one: the nodes', and those of cuts and of touchpoints with channels."""
    period = period_of(month)
    days = list(store.answers(session, period, *WEIGHED_ANSWERS))
    by_stratum = factors_of(days, store.volumes(session, period))
    ancestors = Ancestors(store.placements(session))
    found: dict[WeightedKey, Weighted] = defaultdict(Weighted)
    for one in days:
        sums = one.sums.times(by_stratum[one.indicator, one.unit_id, one.touchpoint])
        for node in ancestors.nodes(one.unit_id, one.day):
            found[WeightedKey(one.day, node, one.indicator)] += sums
    cuts: dict[CutWeighted, Weighted] = defaultdict(Weighted)
    for one, dimension, value in store.cut_answers(session, period, *WEIGHED_ANSWERS):
        sums = one.sums.times(by_stratum[one.indicator, one.unit_id, one.touchpoint])
        for node in [one.unit_id] if dimension == "staff" else ancestors.nodes(one.unit_id, one.day):
            cuts[CutWeighted(one.day, node, one.indicator, dimension, value)] += sums
    return found, cuts


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
        period = period_of(month)
        if month in waiting or period.last >= today:
            continue
        nodes, cuts = weighed(session, month)
        compared += len(nodes) + len(cuts)
        found += _compare("weighted_day", nodes, store.stored(session, period))
        found += _compare("daily_cut", cuts, store.stored_cuts(session, period, *WEIGHED_ANSWERS))
    return compared, found


def _compare(table: str, truth: Mapping[Any, Weighted], stored: Mapping[Any, Weighted]) -> list[dict[str, Any]]:
    found = []
    for key in truth.keys() | stored.keys():
        right, there = truth.get(key, Weighted()), stored.get(key, Weighted())
        if right.n != there.n or not isclose(right.w, there.w, rel_tol=1e-9, abs_tol=1e-9):
            words = {name: str(value) for name, value in key._asdict().items()}
            found.append({"table": table, **words, "column": "w", "counted_anew": right.w, "stored": there.w})
    return found
