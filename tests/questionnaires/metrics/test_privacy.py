"""Nobody sees a figure of fewer than ten people, also not by subtracting one offered figure from another."""

import os
import random
from datetime import date, timedelta
from itertools import product

import pytest

from portal.people.rules.roles import EVERYTHING, Scope
from questionnaires.metrics.asked import Asked
from questionnaires.metrics.figures import MAIN
from questionnaires.metrics.jobs import roll_up
from questionnaires.metrics.privacy import Reader
from questionnaires.metrics.report import report
from questionnaires.metrics.rules.periods import Period, is_whole, periods_around, whole_period
from questionnaires.metrics.rules.visibility import gives_away, suppressed
from tests.questionnaires.metrics.world import NOON, TODAY, World

pytestmark = pytest.mark.sqlite_only
UNITS = ("", "B1", "B2", "O1", "O2", "O3")
LEAVES = {"": ("O1", "O2", "O3", "B1", None), "B1": ("B1", "O1", "O2"), "B2": ("O3",), "O1": ("O1",), "O2": ("O2",), "O3": ("O3",)}
TOUCHPOINTS, CHANNELS, PERIODS = ("", "counter", "loan"), ("", "sms", "email"), ("7", "30", "90", "365")


@pytest.mark.parametrize("seed", range(12, 22) if os.environ.get("SOUNDINGS_DEEP") else [17])
def test_no_offered_pair_gives_one_to_nine_people_away(ground, seed):
    """Every unit × touchpoint × channel × period that is offered below case rights; each is subtracted from every other."""
    chance, answers = random.Random(seed), []
    with ground.writing() as session:
        world = World().build(session)
        for unit, touchpoint, channel, days in product(LEAVES[""], TOUCHPOINTS[1:], CHANNELS[1:], (3, 12, 40, 130)):
            n = chance.choice([0, 0, 1, 4, 9, 12, 30])
            day = TODAY - timedelta(days=days)
            at = NOON - timedelta(days=days)
            world.answers(
                session, [{"nps": chance.choice([2.0, 7.0, 10.0])} for _ in range(n)], unit, at, touchpoint=touchpoint, channel=channel
            )
            answers += [(unit, touchpoint, channel, day)] * n
    roll_up(ground, NOON)
    shown: dict[tuple[str, ...], set[int]] = {}
    with ground.reading() as session:
        for unit, touchpoint, channel, period in product(UNITS, TOUCHPOINTS, CHANNELS, PERIODS):
            asked = Asked(unit=unit, touchpoint=touchpoint, channel=channel, period=period)
            figure = report(session, Reader(EVERYTHING, coarse=True), asked, TODAY)["figures"][0]
            if figure["value"] is not None:
                shown[unit, touchpoint, channel, period] = people(answers, unit, touchpoint, channel, period)
                assert figure["n"] == len(shown[unit, touchpoint, channel, period])
    assert 6 <= len(shown) < len(UNITS) * len(TOUCHPOINTS) * len(CHANNELS) * len(PERIODS)
    for here, larger in product(shown, shown):
        if shown[here] < shown[larger]:
            assert len(shown[larger] - shown[here]) >= 10, (here, larger)


def people(answers: list[tuple[str | None, str, str, date]], unit: str, touchpoint: str, channel: str, period: str) -> set[int]:
    """Whose answers a cut holds."""
    days = whole_period(TODAY, int(period))
    return {
        number
        for number, (where, what, how, day) in enumerate(answers)
        if where in LEAVES[unit] and touchpoint in ("", what) and channel in ("", how) and days.first <= day <= days.last
    }


def test_a_small_sibling_cannot_be_found_from_the_pages_of_the_others(ground):
    with ground.writing() as session:
        world = World().build(session)
        for unit, n in (("O1", 40), ("O2", 5), ("O3", 60)):
            world.answers(session, [{"nps": 9.0}] * n, unit)
    roll_up(ground, NOON)
    with ground.reading() as session:
        found = {unit: report(session, Reader(EVERYTHING), Asked(unit=unit, period="7"), TODAY)["figures"][0] for unit in UNITS}
        alone = report(session, Reader(Scope(unit_ids=(world.units["O1"],))), Asked(unit="O1", period="7"), TODAY)["figures"][0]
    assert {unit for unit, one in found.items() if one["visibility"] == "hidden"} == {"O1", "O2"}
    assert found["O1"]["value"] is found["O1"]["shares"] is None
    assert alone["visibility"] == "shown"  # who sees nothing above has nothing to subtract from


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        ("2026-06-08", "2026-06-14", True),
        ("2026-06-09", "2026-06-15", False),
        ("2026-05-01", "2026-05-31", True),
        ("2026-03-01", "2026-05-31", True),
        ("2025-06-01", "2026-05-31", True),
        ("2026-04-01", "2026-05-31", False),
        ("2026-05-02", "2026-05-31", False),
    ],
)
def test_whole_weeks_and_months_are_known(first, last, whole):
    assert is_whole(Period(date.fromisoformat(first), date.fromisoformat(last))) is whole


def test_periods_around_a_week_are_the_longer_ones_that_are_over():
    week = Period(date(2026, 5, 11), date(2026, 5, 17))
    around = periods_around(week, TODAY)
    assert Period(date(2026, 5, 1), date(2026, 5, 31)) in around
    assert Period(date(2026, 3, 1), date(2026, 5, 31)) in around
    assert all(one.first <= week.first and week.last <= one.last < TODAY.replace(day=1) for one in around)


def test_complementary_suppression_counts_what_belongs_to_no_sibling():
    assert suppressed({"a": 50, "b": 40}) == frozenset()
    assert suppressed({"a": 50, "b": 4}) == {"a", "b"}
    assert suppressed({"a": 50, "b": 4, "c": 20}) == {"b", "c"}
    assert suppressed({"a": 50, "b": 40}, rest=3) == {"b"}
    assert suppressed({"a": 50, "b": 40}, rest=12) == frozenset()
    assert gives_away(50, [50, 59])
    assert not gives_away(50, [50, 60, 400])


def test_below_case_rights_other_days_are_refused_by_name(ground, sample, sign_in):
    executive, analyst = sign_in("executive"), sign_in("analyst")
    days = "/portal/dashboard?from=2026-06-02&to=2026-06-09"
    assert executive.get(days).status_code == 422
    assert analyst.get(days).status_code == 200
    page = executive.get("/portal/dashboard?from=2026-05-01&to=2026-05-31")
    assert (page.status_code, "Whole weeks and months only" in page.text) == (200, True)
    assert "Last whole month" in page.text
    assert executive.get("/portal/dashboard?from=2026-06-15&to=2026-06-21").status_code == 422  # a week that is not over


def test_an_erased_or_appealed_answer_changes_no_hidden_figure(ground):
    with ground.writing() as session:
        world = World().build(session)
        world.answers(session, [{name: 5.0} for name in MAIN] * 3, "O1")
    roll_up(ground, NOON)
    with ground.reading() as session:
        for one in report(session, EVERYTHING, Asked(unit="O1", period="7"), TODAY)["figures"]:
            assert (one["visibility"], one["value"], one["mean"]["value"], one["shares"]) == ("hidden", None, None, None)
