"""Days and weeks of the bank, and the period a unit's page takes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.metrics.rules.periods import Period, day_of, last_days, shortest, steps, week_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 6, 15)  # a Monday


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 6, 14, 15, 59, 59, tzinfo=UTC), date(2026, 6, 14)),
        (datetime(2026, 6, 14, 16, 0, tzinfo=UTC), date(2026, 6, 15)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_banks_day_begins_at_its_own_midnight(instant, day):
    assert day_of(instant, SHANGHAI) == day


def test_an_instant_without_a_zone_has_no_day():
    with pytest.raises(ValueError):
        day_of(datetime(2026, 6, 15), SHANGHAI)  # noqa: DTZ001 - a naive time is what is tested


def test_the_last_seven_days_hold_today_and_have_a_period_before():
    week = last_days(TODAY, 7)
    assert (week.first, week.last, week.days) == (date(2026, 6, 9), TODAY, 7)
    assert week.before() == Period(date(2026, 6, 2), date(2026, 6, 8))


@pytest.mark.parametrize("wrong", [lambda: Period(TODAY, TODAY - timedelta(days=1)), lambda: last_days(TODAY, 0)])
def test_a_period_has_days(wrong):
    with pytest.raises(ValueError):
        wrong()


@pytest.mark.parametrize(
    ("found", "days"),
    [({7: 30}, 7), ({7: 29, 30: 31}, 30), ({7: 1, 30: 2, 90: 40}, 90), ({7: 1, 30: 2, 90: 3, 365: 4}, 365)],
)
def test_a_units_page_takes_the_shortest_period_with_enough_answers(found, days):
    assert shortest(TODAY, lambda period: found.get(period.days, 0)).days == days


periods = st.builds(
    lambda first, length: Period(first, first + timedelta(days=length)), st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 800)
)


@given(periods)
def test_the_steps_of_a_trend_cover_each_day_once(period):
    parts = steps(period)
    assert [day for part in parts for day in part] == list(period)
    assert all(week_of(part.first) == week_of(part.last) for part in parts)
    assert len(parts) <= 116
