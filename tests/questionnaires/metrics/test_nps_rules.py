"""NPS and its interval, against figures that were computed elsewhere."""

import csv
import gzip
from collections import Counter
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.metrics.rules.estimate import clamp, z_quantile
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.nps import NpsCounts, adjusted_parts, needed_n, nps, nps_plain, plain_parts
from questionnaires.metrics.rules.tally import figure, of_values

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "nps"
BLANK = "11"  # in the passengers' file 11 means no answer and 0 is a real one

counts = st.builds(NpsCounts, st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))


def rows(test: str) -> list[dict[str, str]]:
    path = DATA / "golden_nps.csv"
    if not path.exists():
        pytest.skip("skipped: the folder of golden NPS figures is not beside this checkout")
    with path.open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["test"] == test]


def counts_of(row: dict[str, str]) -> NpsCounts:
    return NpsCounts(int(row["detractors"]), int(row["passives"]), int(row["promoters"]))


@pytest.mark.parametrize(("test", "parts", "function"), [("wald", plain_parts, nps_plain), ("adjusted.wald", adjusted_parts, nps)])
def test_the_intervals_equal_those_of_the_published_r_packages(test, parts, function):
    for row in rows(test):
        given_counts = counts_of(row)
        centre, error = parts(given_counts)
        lower, upper = (centre + side * z_quantile(0.95) * error for side in (-1, 1))
        assert (lower, upper) == pytest.approx((float(row["lower"]), float(row["upper"])), abs=1e-12), row["set"]
        estimate = function(given_counts)
        assert estimate.value == pytest.approx(100 * float(row["nps"]), abs=1e-10)
        assert estimate.lower == pytest.approx(clamp(100 * float(row["lower"]), -100, 100), abs=1e-10)
        assert estimate.upper == pytest.approx(clamp(100 * float(row["upper"]), -100, 100), abs=1e-10)
        assert estimate.n == int(row["n"])


def test_the_passenger_survey_gives_its_known_nps():
    path = DATA / "sfo_2017.csv.gz"
    if not path.exists():
        pytest.skip("skipped: the passenger survey of 2017 is not beside this checkout")
    with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as file:
        answers = Counter(row["NETPRO"].strip() for row in csv.DictReader(file))
    values = [float(text) for text, times in answers.items() if text not in ("", BLANK) for _ in range(times)]
    tally = of_values(Kind.NPS, values)
    assert (tally.low, tally.mid, tally.high, tally.n) == (342, 968, 1436, 2746)
    estimate = figure(Kind.NPS, tally)
    assert (estimate.value, estimate.lower, estimate.upper) == pytest.approx((39.8398, 37.1824, 42.4102), abs=5e-5)


def test_the_adjusted_interval_covers_where_the_plain_one_does_not():
    """Exact coverage for ten answers with 85 % promoters and 2 % detractors, over all possible outcomes."""
    covered = {nps: 0.0, nps_plain: 0.0}
    for promoters in range(11):
        for detractors in range(11 - promoters):
            passives = 10 - promoters - detractors
            chance = comb(10, promoters) * comb(10 - promoters, detractors) * 0.85**promoters * 0.02**detractors * 0.13**passives
            for interval in covered:
                estimate = interval(NpsCounts(detractors, passives, promoters))
                covered[interval] += chance * (estimate.lower <= 83 <= estimate.upper)
    assert covered[nps] == pytest.approx(0.944, abs=0.0005)  # near the 94.6 % published from a simulation
    assert covered[nps_plain] == pytest.approx(0.793, abs=0.0005)  # near the published 79.8 %


@pytest.mark.parametrize(
    ("margin", "promoters", "detractors", "needed"),
    [(10, 0.5, 0.5, 382), (10, 0.5, 0.2, 232), (5, 0.5, 0.2, 935), (200, 0.5, 0.5, 0)],
)
def test_the_needed_number_of_answers_is_known(margin, promoters, detractors, needed):
    assert needed_n(margin, promoters, detractors) == needed


def test_no_answers_give_no_figure():
    assert nps(NpsCounts(0, 0, 0)).value is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: NpsCounts(-1, 0, 5),
        lambda: nps(NpsCounts(1, 1, 1), 1.0),
        lambda: nps(NpsCounts(1, 1, 1), 0),
        lambda: needed_n(0),
        lambda: needed_n(5, 0.8, 0.4),
        lambda: needed_n(5, -0.1, 0.4),
    ],
)
def test_impossible_input_is_refused(wrong):
    with pytest.raises(ValueError):
        wrong()


@given(counts)
def test_the_score_lies_inside_its_interval_and_the_scale(some):
    estimate = nps(some)
    assert estimate.n == some.n
    if some.n > 1:
        assert -100 <= estimate.lower <= estimate.value <= estimate.upper <= 100


@given(counts)
def test_turning_the_scale_round_turns_the_interval_round(some):
    there, back = nps(some), nps(NpsCounts(some.promoters, some.passives, some.detractors))
    if some.n:
        assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower), abs=1e-9)
