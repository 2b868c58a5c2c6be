"""Shares, means and Student's t."""

import csv
import gzip
from math import pi, tan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.metrics.rules import proportions
from questionnaires.metrics.rules.estimate import Estimate, z_quantile
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.means import mean
from questionnaires.metrics.rules.student import inside, t_quantile
from questionnaires.metrics.rules.tally import Tally, figure, mean_of, of_values, top_share

SURVEY = Path(__file__).resolve().parents[4] / "shared" / "data" / "nps" / "sfo_2017.csv.gz"


def test_the_passenger_survey_gives_its_known_satisfaction():
    if not SURVEY.exists():
        pytest.skip("skipped: the passenger survey of 2017 is not beside this checkout")
    with gzip.open(SURVEY, "rt", encoding="utf-8", errors="replace", newline="") as file:
        values = [float(row["Q7ALL"]) for row in csv.DictReader(file) if row["Q7ALL"].strip() in set("12345")]
    estimate = figure(Kind.CSAT, of_values(Kind.CSAT, values))
    assert estimate.n == 2688
    assert (estimate.value, estimate.lower, estimate.upper) == pytest.approx((82.068, 80.573, 83.473), abs=5e-4)


@pytest.mark.parametrize(
    ("hits", "n", "lower", "upper"),
    [(0, 20, 0.0, 16.1125), (20, 20, 83.8875, 100.0), (81, 263, 25.5271, 36.6202), (15, 148, 6.2386, 16.0529)],
)
def test_wilsons_interval_equals_published_examples(hits, n, lower, upper):
    estimate = proportions.share(hits, n)
    assert (estimate.lower, estimate.upper) == pytest.approx((lower, upper), abs=5e-3)


def test_a_share_within_five_points_needs_385_answers():
    assert proportions.needed_n(5) == 385


@pytest.mark.parametrize(
    ("freedom", "confidence", "known"),
    [
        (1, 0.95, 12.7062047364),
        (2, 0.95, 4.30265272991),
        (3, 0.99, 5.84090929976),
        (5, 0.90, 2.01504837267),
        (10, 0.95, 2.22813885196),
        (29, 0.95, 2.04522964213),
        (30, 0.95, 2.04227245630),
        (100, 0.99, 2.62589052260),
        (1000, 0.95, 1.96233908050),
        (100000, 0.95, 1.95998770745),
        (1e9, 0.95, 1.95996398454),
    ],
)
def test_t_quantiles_equal_the_printed_tables(freedom, confidence, known):
    assert t_quantile(freedom, confidence) == pytest.approx(known, rel=2e-9)


@given(st.floats(0.01, 0.999))
def test_one_degree_of_freedom_is_the_cauchy_distribution(confidence):
    assert t_quantile(1, confidence) == pytest.approx(tan(pi * confidence / 2), rel=1e-8)


@given(st.floats(0.7, 5000), st.floats(0.5, 0.999))
def test_the_quantile_turns_the_distribution_round(freedom, confidence):
    assert inside(t_quantile(freedom, confidence), freedom) == pytest.approx(confidence, abs=1e-10)
    assert t_quantile(freedom, confidence) > z_quantile(confidence)


def test_a_mean_has_the_t_interval_of_its_answers():
    estimate = mean_of(Kind.CSAT, of_values(Kind.CSAT, [5, 4, 4, 3, 5, 4, 2, 5, 4, 4]))
    assert (estimate.value, estimate.lower, estimate.upper) == pytest.approx((4.0, 3.325555, 4.674445), abs=1e-5)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], Estimate(None, None, None, 0)), ([6], Estimate(6, None, None, 1)), ([1, 7], Estimate(4, 1, 7, 2))],
)
def test_few_answers_say_little(values, expected):
    assert figure(Kind.CES, of_values(Kind.CES, values)) == expected


@pytest.mark.parametrize(
    ("kind", "value", "band"),
    [(Kind.NPS, 0, "low"), (Kind.NPS, 6, "low"), (Kind.NPS, 7, "mid"), (Kind.NPS, 8, "mid"), (Kind.NPS, 9, "high"), (Kind.NPS, 10, "high"),
     (Kind.CSAT, 1, "low"), (Kind.CSAT, 2, "low"), (Kind.CSAT, 3, "mid"), (Kind.CSAT, 4, "high"), (Kind.CSAT, 5, "high"),
     (Kind.CES, 1, "low"), (Kind.CES, 3, "low"), (Kind.CES, 4, "mid"), (Kind.CES, 5, "high"), (Kind.CES, 7, "high")],
)  # fmt: skip
def test_each_answer_falls_into_its_band(kind, value, band):
    tally = of_values(kind, [value])
    assert {"low": tally.low, "mid": tally.mid, "high": tally.high} == {"low": 0, "mid": 0, "high": 0} | {band: 1}


@pytest.mark.parametrize(("name", "kind"), [("nps", Kind.NPS), ("csat_waiting", Kind.CSAT), ("ces", Kind.CES), ("quiz", None), ("", None)])
def test_an_indicators_name_begins_with_its_kind(name, kind):
    assert kind_of(name) is kind


@pytest.mark.parametrize("wrong", [lambda: proportions.share(3, 2), lambda: proportions.share(-1, 2), lambda: proportions.share(1, 2, 1.5),
                                   lambda: proportions.needed_n(0), lambda: proportions.needed_n(5, 1.1), lambda: t_quantile(0, 0.95),
                                   lambda: mean(-1, 0, 0, (1, 5))])  # fmt: skip
def test_impossible_input_is_refused(wrong):
    with pytest.raises(ValueError):
        wrong()


@given(st.integers(0, 4000), st.integers(0, 4000))
def test_a_share_lies_inside_its_interval(hits, misses):
    estimate = proportions.share(hits, hits + misses)
    if estimate.n:
        assert 0 <= estimate.lower <= estimate.value <= estimate.upper <= 100


scores = st.lists(st.integers(1, 5), max_size=40)


@given(scores, scores)
def test_tallies_of_different_answers_add_up_and_come_apart(some, others):
    a, b, both = (of_values(Kind.CSAT, values) for values in (some, others, some + others))
    assert a + b == both
    assert both - b == a
    assert sum(both.shares()) == pytest.approx(100 if both.n else 0)
    assert top_share(both).n == both.n
    assert a + Tally() == a
