"""The weighed interval still holds the truth where the plan itself chose, week by week, how many are asked in each outlet."""

import os
import random
from math import log
from typing import NamedTuple

from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.sums import WeighedSums
from questionnaires.metrics.rules.weights import Weighted, factors, weighted_figure
from scheduler.contacts.rules.precision import Counts, Stratum, Target, plan

RUNS = 400 if os.environ.get("SOUNDINGS_DEEP") else 200
WEEKS, RESPONSE = 6, 0.2
TARGET = Target("nps", 5.0, floor=0.02)
OWN = Target("nps", 10.0, floor=0.02)


class Outlet(NamedTuple):
    """How many events a week, and the shares of detractors and promoters among its customers."""

    events: int
    low: float
    high: float


OUTLETS = [Outlet(max(60, 6_000 // rank), 0.45 - 0.04 * rank, 0.30 + 0.05 * rank) for rank in range(1, 9)]
"""Sizes fall as 1 / rank, and small outlets are far better than large ones: pooled figures would flatter the bank."""
WHOLE = sum(one.events for one in OUTLETS)
TRUTH = 100 * sum(one.events * (one.high - one.low) for one in OUTLETS) / WHOLE


def _answers(chance: random.Random, events: int, p: float) -> int:
    """How many of so many events are asked and answer, each by its own chance: from one to the next in one step."""
    if p <= 0:
        return 0
    found, place = 0, 0
    while True:
        place += 1 + int(log(1 - chance.random()) / log(1 - p))
        if place > events:
            return found
        found += 1


def _one_run(chance: random.Random) -> tuple[Weighted, float, list[float]]:
    """Six weeks under the plan of each Monday; the weighed sums, the pooled figure, the rates of the last week."""
    counts = [Counts() for _ in OUTLETS]
    sums = [WeighedSums() for _ in OUTLETS]
    past, rates = [0.0] * len(OUTLETS), [0.05] * len(OUTLETS)
    for week in range(WEEKS):
        left = WEEKS - week
        strata = [
            Stratum(count, count, one.events * week, one.events * left, design, one.events * left * RESPONSE)
            for one, count, design in zip(OUTLETS, counts, past, strict=True)
        ]
        own = [plan(OWN, [one], known=Counts(*map(sum, zip(*counts, strict=True)))).rate if week else 0.05 for one in strata]
        together = plan(TARGET, strata, own).rate if week else 0.05
        rates = [max(together, one) for one in own]
        for place, (one, rate) in enumerate(zip(OUTLETS, rates, strict=True)):
            past[place] += one.events * rate * RESPONSE
            for _ in range(_answers(chance, one.events, rate * RESPONSE)):
                draw = chance.random()
                value = 3.0 if draw < one.low else 10.0 if draw >= 1 - one.high else 7.0
                sums[place].add("nps", value, False)
                sums[place].weigh("nps", value, rate)
                band = Counts(low=value < 7, mid=value == 7, high=value > 8)
                counts[place] = counts[place].plus(band)
    weights = {n: Weighted(one.n, one.w, one.w2, one.w_sum, one.w_sum2, one.w_low, one.w_mid, one.w_high) for n, one in enumerate(sums)}
    by = factors({n: one.events * WEEKS for n, one in enumerate(OUTLETS)}, weights, dict.fromkeys(weights, "all"))
    pooled = Counts(*map(sum, zip(*counts, strict=True)))
    total = sum((weights[n].times(by[n]) for n in weights), Weighted())
    return total, 100 * (pooled.high - pooled.low) / pooled.n, rates


def test_the_weighed_interval_holds_the_truth_under_the_plans_own_rates() -> None:
    chance, covered, kept, pooled = random.Random(11), 0, 0, 0.0
    for _ in range(RUNS):
        total, plain, rates = _one_run(chance)
        found = weighted_figure(Kind.NPS, total)
        assert found.lower is not None
        assert found.upper is not None
        covered += found.lower <= TRUTH <= found.upper
        kept += (found.upper - found.lower) / 2 <= TARGET.margin
        pooled += plain / RUNS
        assert max(rates) > 1.2 * min(rates), "outlets are asked at rates of their own"
    print(f"covered {covered / RUNS:.1%}, margin kept {kept / RUNS:.1%}, pooled off by {pooled - TRUTH:.1f} points")  # noqa: T201  # for the record
    assert covered / RUNS >= 0.93
    assert kept / RUNS >= 0.95, "the precision that was wanted is there"
    assert pooled - TRUTH > 5, "unweighed, the small and good outlets would count for too much"
