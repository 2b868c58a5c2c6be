"""Weighed figures find the truth that unequal rates hide; pooled ones do not."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from portal.audit.trail import Actor
from portal.people import units
from questionnaires.metrics.counting import WHOLE_BANK
from questionnaires.metrics.jobs import follow_organisation, roll_up
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.nps import NpsCounts, nps
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.sums import WeighedSums
from questionnaires.metrics.rules.tally import figure
from questionnaires.metrics.rules.weights import Weighted, enough, factors, weighted_figure
from questionnaires.metrics.store import reading
from questionnaires.metrics.store import weighing as store
from questionnaires.metrics.store.counting import FunnelKey, add_funnel
from questionnaires.metrics.store.reading import Cut
from questionnaires.metrics.watching import figures_of, volumes_of
from questionnaires.metrics.weighing import differences, weigh
from tests.questionnaires.metrics.world import NOON, TODAY, World
from tests.questionnaires.metrics.world import nps as scores

RUNS = 400


@dataclass(frozen=True)
class Stratum:
    """Customers of one touchpoint and unit: how many events, how often asked, how often answered, how they judge."""

    events: int
    asked: float
    answers: float
    detractors: float
    promoters: float


BANK = (
    Stratum(9000, 0.03, 0.25, 0.30, 0.40),
    Stratum(4000, 0.10, 0.30, 0.10, 0.65),
    Stratum(1500, 0.60, 0.35, 0.05, 0.80),
    Stratum(300, 1.00, 0.20, 0.45, 0.25),
)


def one_run(chance: random.Random) -> tuple[float, Weighted, NpsCounts]:
    """Play the bank once: the truth over all its events, the weighed sums, and the pooled counts."""
    truth, weights, pooled = 0, {}, [0, 0, 0]
    for place, stratum in enumerate(BANK):
        sums = WeighedSums()
        for _ in range(stratum.events):
            draw = chance.random()
            value = 3.0 if draw < stratum.detractors else 10.0 if draw >= 1 - stratum.promoters else 7.0
            truth += (value > 8) - (value < 7)
            if chance.random() < stratum.asked * stratum.answers:
                sums.add("nps", value, False)
                sums.weigh("nps", value, stratum.asked)
                pooled[(value > 6) + (value > 8)] += 1
        weights[place] = Weighted(sums.n, sums.w, sums.w2, sums.w_sum, sums.w_sum2, sums.w_low, sums.w_mid, sums.w_high)
    by = factors({place: one.events for place, one in enumerate(BANK)}, weights, dict.fromkeys(weights, "all"))
    total = sum((weights[place].times(by[place]) for place in weights), Weighted())
    return 100 * truth / sum(one.events for one in BANK), total, NpsCounts(*pooled)


def test_weighed_intervals_cover_the_hidden_truth_and_pooled_ones_do_not(capsys):
    chance, weighed, pooled, effective = random.Random(7), 0, 0, 0.0
    for _ in range(RUNS):
        truth, sums, counts = one_run(chance)
        fair, plain = weighted_figure(Kind.NPS, sums), nps(counts)
        weighed += fair.lower <= truth <= fair.upper
        pooled += plain.lower <= truth <= plain.upper
        effective += sums.effective_n / counts.n / RUNS
    with capsys.disabled():
        print(f"\ncovered in {RUNS} runs: weighed {weighed / RUNS:.1%}, pooled {pooled / RUNS:.1%}; n_eff {effective:.0%} of n")  # noqa: T201  # both are to be seen
    assert weighed / RUNS >= 0.93
    assert pooled / RUNS < 0.5


def test_equal_weights_give_the_unweighed_figure():
    values = [2.0] * 20 + [7.0] * 30 + [10.0] * 50
    for kind, indicator, some in (
        (Kind.NPS, "nps", values),
        (Kind.CSAT, "csat", [1.0] * 9 + [5.0] * 21),
        (Kind.CES, "ces", [2.0, 6.0] * 15),
    ):
        sums = WeighedSums()
        for value in some:
            sums.add(indicator, value, False)
            sums.weigh(indicator, value, None)
        weighted = Weighted(sums.n, sums.w, sums.w2, sums.w_sum, sums.w_sum2, sums.w_low, sums.w_mid, sums.w_high)
        assert weighted.effective_n == pytest.approx(len(some))
        plain, fair = figure(kind, weighted.effective), weighted_figure(kind, weighted)
        assert (fair.value, fair.lower, fair.upper, fair.n) == pytest.approx((plain.value, plain.lower, plain.upper, plain.n))


def test_sparse_strata_are_weighed_together_and_unknown_volumes_keep_their_weights():
    one = Weighted(n=2, w=20, w2=200)
    rich = Weighted(n=50, w=50, w2=50)
    by = factors({"a": 300, "b": 500, "empty": 100}, {"a": one, "b": rich, "c": one}, dict.fromkeys("abc", "tp") | {"empty": "tp"})
    assert by["b"] == 10
    assert by["a"] == pytest.approx((300 + 100 + 2) / 40)
    assert by["c"] == 1.0


def test_the_job_weighs_by_events_and_the_check_agrees(ground):
    with ground.writing() as session:
        world = World().build(session)
        world.answers(session, scores(0, 0, 20), unit="O1", probability=1.0, segment="gold", staff="T7")
        world.answers(session, scores(20, 0, 0), unit="O2", probability=0.1, at=NOON, segment="gold", staff="T7")
        for unit, n in (("O1", 20), ("O2", 380)):
            add_funnel(session, {FunnelKey(TODAY, world.units[unit], "counter", "", "candidates", ""): n})
    roll_up(ground, NOON)
    assert weigh(ground, NOON) == 1
    assert weigh(ground, NOON) == 0
    with ground.reading() as session:
        sums = store.by_node(session, [world.units["B1"], WHOLE_BANK], Period(TODAY, TODAY), "nps")
        assert sums[world.units["B1"]] == sums[WHOLE_BANK]
        found = weighted_figure(Kind.NPS, sums[WHOLE_BANK])
        assert (found.value, found.n) == (pytest.approx(-90), 40)
        figures = figures_of(session, [world.units["O1"], world.units["O2"], world.units["O3"]], "nps", Period(TODAY, TODAY))
        assert {unit: (one.estimate.value, one.n) for unit, one in figures.items()} == {
            world.units["O1"]: (pytest.approx(100), 20),
            world.units["O2"]: (pytest.approx(-100), 20),
        }
        assert volumes_of(session, world.units.values(), Period(TODAY, TODAY))[world.units["O2"]] == {"candidates": 380}
        later = date(2026, 7, 1) + timedelta(days=1)
        assert differences(session, later) == (37, [])
        assert differences(session, TODAY) == (0, [])


def test_cuts_are_weighed_as_their_whole_is_until_something_new_is_counted(ground):
    with ground.writing() as session:
        world = World().build(session)
        world.answers(session, scores(0, 0, 20), unit="O1", probability=1.0, segment="gold", staff="T7")
        world.answers(session, scores(20, 0, 0), unit="O2", probability=0.1, segment="gold", staff="T7")
    roll_up(ground, NOON)
    weigh(ground, NOON)
    day, cut = Period(TODAY, TODAY), Cut(nodes=(world.units["B1"],))
    with ground.reading() as session:
        cells = {(one.dimension, one.value): one for one in reading.cells(session, cut, [], day, ["nps"])}
        assert {dimension for dimension, _ in cells} == {"touchpoint", "channel", "segment", "product", "version"}
        for one in cells.values():
            assert one.tally.n == one.weighted.n == 40
            assert weighted_figure(Kind.NPS, one.weighted).value == pytest.approx(100 * (20 - 200) / 220)
        staff = reading.node_sums(session, replace(cut, staff="T7"), [world.units["O2"]], day, ["nps"])
        assert [(one.weighted.n, one.weighted.low) for one in staff] == [(20, pytest.approx(200))]
        crossed = replace(cut, touchpoint="counter", channel="sms")
        assert [one.weighted.low for one in reading.by_day(session, crossed, day, ["nps"])] == [pytest.approx(200)]
        figures = figures_of(session, [world.units["B1"]], "nps", day, touchpoint="counter")
        assert figures[world.units["B1"]].estimate.value == pytest.approx(100 * (20 - 200) / 220)
    with ground.writing() as session:
        world.answers(session, scores(0, 0, 20), unit="O2", probability=1.0)
    roll_up(ground, NOON + timedelta(minutes=1))
    with ground.reading() as session:
        [one] = [one for one in reading.cells(session, cut, [], day, ["nps"]) if one.dimension == "touchpoint"]
        assert (one.tally.n, one.weighted.n, enough(one.weighted, one.tally.n)) == (60, 40, None)
    follow(ground, world)
    with ground.reading() as session:
        assert differences(session, TODAY + timedelta(days=40))[1] == []
        left = reading.node_sums(session, replace(cut, touchpoint="counter"), [world.units["B1"]], day, ["nps"])
        assert [(one.tally.n, one.weighted.n) for one in left] == [(20, 20)]


def follow(ground, world: World) -> None:
    """A unit with weighed answers is moved away, its answers follow, and all is weighed again."""
    with ground.writing() as session:
        units.move(session, world.units["O2"], world.units["B2"], TODAY - timedelta(days=5), Actor.system("test"), NOON)
    follow_organisation(ground, NOON + timedelta(minutes=2))
    weigh(ground, NOON + timedelta(minutes=3))
