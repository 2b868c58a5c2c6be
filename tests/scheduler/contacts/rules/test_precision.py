"""Sampling to precision: rates from what is lacking; the floor that never stops; draws that stick."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.foundation.chance import chance
from scheduler.contacts.rules.precision import SAFETY, Counts, Rate, Stratum, Target, Why, half_width, needed, one_variance, plan, pooled

TARGET = Target("nps", 10.0, floor=0.02)
USUAL = Counts(20, 30, 50)
"""Half promoters, a fifth detractors: the case of the tables."""
QUARTER = Stratum(Counts(), USUAL, happened=0, to_come=10_000, past=0, future=2_000)
EXAMPLES = 60


@pytest.mark.parametrize(
    ("indicator", "margin", "known", "least", "most"),
    [
        ("nps", 10, Counts(2_000, 3_000, 5_000), 230, 234),
        ("nps", 5, Counts(2_000, 3_000, 5_000), 930, 940),
        ("nps", 10, Counts(5_000, 0, 5_000), 380, 384),
        ("csat", 5, Counts(5_000, 0, 5_000), 379, 385),
        ("ces_app", 5, Counts(500, 0, 9_500), 65, 75),
        ("nps", 10, Counts(), 185, 195),
    ],
)
def test_how_many_answers_a_margin_takes(indicator: str, margin: float, known: Counts, least: int, most: int) -> None:
    target = Target(indicator, margin)
    spread = one_variance(indicator, known)
    assert least <= needed(target, spread) <= most
    assert (half_width(target, spread, needed(target, spread)) or 0) <= margin + 1e-9


@pytest.mark.parametrize(
    ("change", "why", "rate"),
    [
        ({}, Why.SPREAD, 0.13),
        ({"counts": Counts(60, 90, 150)}, Why.REACHED, 0.02),
        ({"future": 100_000}, Why.FLOOR, 0.02),
        ({"future": 200}, Why.SHORT, 1.0),
        ({"future": 400}, Why.SPREAD, 1.0),  # a high rate is raised, see SOONER
        ({"future": 900}, Why.SPREAD, 0.60),
        ({"future": 0, "to_come": 0}, Why.NO_HISTORY, 1.0),
        ({"under_way": 240}, Why.SPREAD, 0.02),
    ],
)
def test_the_reason_of_a_rate(change: dict[str, object], why: Why, rate: float) -> None:
    found = plan(TARGET, [replace(QUARTER, **change)])  # type: ignore[arg-type]
    assert found.rate == pytest.approx(rate, abs=0.01)
    assert found.why in ((why, Why.FLOOR) if "under_way" in change else (why,))


def test_one_stratum_s_rate_is_what_is_lacking_over_what_asking_everybody_brings() -> None:
    found = plan(TARGET, [replace(QUARTER, counts=Counts(20, 30, 50))])
    wanted = round(needed(TARGET, one_variance("nps", USUAL)) * SAFETY)
    assert found.rate == pytest.approx((wanted - 100) / 2_000, rel=0.02)
    assert found.needed == pytest.approx(wanted, abs=1)


@given(st.floats(1, 40), st.floats(1.0, 3), st.integers(0, 400), st.floats(10, 50_000))
@settings(max_examples=EXAMPLES)
def test_a_narrower_margin_never_asks_fewer(margin: float, factor: float, answers: int, future: float) -> None:
    known = [replace(QUARTER, counts=Counts(answers // 5, answers // 3, answers), future=future)]
    narrow, wide = plan(Target("nps", margin, floor=0.05), known), plan(Target("nps", margin * factor, floor=0.05), known)
    assert narrow.rate >= wide.rate - 1e-9


@given(st.integers(0, 2_000), st.floats(0, 50_000), st.floats(0, 1), st.floats(0.5, 50), st.floats(0, 500))
@settings(max_examples=EXAMPLES)
def test_the_floor_never_stops_and_no_rate_is_over_one(answers: int, future: float, floor: float, margin: float, under_way: float) -> None:
    counts = Counts(answers // 4, answers // 4, answers // 2)
    found = plan(
        Target("nps", margin, floor=floor), [replace(QUARTER, counts=counts, future=future, to_come=future * 5, under_way=under_way)]
    )
    assert floor <= found.rate <= 1


@given(st.integers(1, 90), st.integers(1, 90))
@settings(max_examples=EXAMPLES)
def test_the_less_is_left_of_the_period_the_more_is_asked(first: int, second: int) -> None:
    def at(days_left: int) -> Rate:
        return plan(TARGET, [replace(QUARTER, to_come=days_left * 100, future=days_left * 20)])

    later, sooner = sorted((first, second))
    assert at(later).rate >= at(sooner).rate - 1e-9


def test_unequal_rates_cost_answers_of_the_whole() -> None:
    """A small outlet asked at full rate adds little to what the big one says."""
    big = replace(QUARTER, to_come=90_000, future=18_000)
    small = replace(QUARTER, to_come=1_000, future=200)
    alone = plan(TARGET, [big])
    both = plan(TARGET, [big, small], least=[0.0, 1.0])
    assert both.rate > alone.rate * 0.95
    assert both.rate < alone.rate * 1.3


def test_two_outlets_of_unequal_rates_pool_to_the_truth_and_not_to_forty() -> None:
    """90,000 and 1,000 events, NPS 20 and 60, some 230 answers each (contact-policy)."""
    found = pooled("nps", {"big": (90_000, Counts(69, 46, 115)), "small": (1_000, Counts(23, 46, 161))})
    assert found.value == pytest.approx(20.4, abs=0.1)
    assert found.n == 460
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower < 20.4 < found.upper < 40
    assert (found.upper - found.lower) / 2 == pytest.approx(11, abs=1)  # as wide as the big one's alone


def test_an_impossible_target_is_refused() -> None:
    for margin, floor in ((0, 0.02), (-5, 0.02), (float("nan"), 0.02), (5, 1.5), (5, -0.1)):
        with pytest.raises(ValueError, match="margin"):
            Target("nps", margin, floor=floor)


def test_draws_hit_the_rate_stick_and_know_nothing_of_the_holdout() -> None:
    """T10: within three sigma, the same each time, nested where the rate rises, independent of the holdout."""
    refs = [f"C{n}" for n in range(20_000)]
    drawn = {ref: chance("sample", "salt", "transfer", ref, "2026-06") for ref in refs}
    for rate in (0.02, 0.12, 0.5):
        hits = sum(value < rate for value in drawn.values())
        assert abs(hits - rate * 20_000) < 3 * (20_000 * rate * (1 - rate)) ** 0.5
    assert all(chance("sample", "salt", "transfer", ref, "2026-06") == drawn[ref] for ref in refs[:100])
    held = [ref for ref in refs if chance("holdout", "salt", ref) < 0.2]
    inside = sum(drawn[ref] < 0.12 for ref in held)
    assert abs(inside - 0.12 * len(held)) < 3 * (len(held) * 0.12 * 0.88) ** 0.5
