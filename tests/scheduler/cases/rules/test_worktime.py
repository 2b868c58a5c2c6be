"""Working time and limits, against dates worked out by hand from the State Council's notice for 2026."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.cases.calendars import calendar_for, china
from scheduler.cases.rules.sla import (
    LIMITS,
    Basis,
    Limit,
    Pause,
    Stage,
    Urgency,
    due,
    due_with_pauses,
    marks_passed,
    moment_of,
    next_mark,
    share_used,
    urgency,
)
from scheduler.cases.rules.worktime import NoWorkingTime, WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = china()
LUNCH = WorkCalendar(hours=((time(9), time(12)), (time(13, 30), time(17))))


def at(text: str) -> datetime:
    """A Shanghai wall time of 2026, `MM-DD HH:MM`, in UTC."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2026-06-15", True),  # Monday
        ("2026-06-13", False),  # Saturday
        ("2026-06-14", False),  # Sunday
        ("2026-06-19", False),  # Dragon Boat, a Friday
        ("2026-01-01", False),  # New Year, a Thursday
        ("2026-01-02", False),
        ("2026-01-04", True),  # make-up Sunday
        ("2026-02-14", True),  # make-up Saturday before Spring Festival
        ("2026-02-15", False),
        ("2026-02-16", False),  # Spring Festival
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),  # make-up Saturday
        ("2026-04-06", False),  # Qingming, a Monday
        ("2026-05-05", False),  # Labour Day
        ("2026-05-09", True),  # make-up Saturday
        ("2026-09-20", True),  # make-up Sunday
        ("2026-09-25", False),  # Mid-Autumn, a Friday
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-10", True),  # make-up Saturday
        ("2027-12-31", True),  # not published yet: a plain Friday
    ],
)
def test_chinas_holidays_and_make_up_days_are_known(day, open_):
    assert CHINA.is_working_day(date.fromisoformat(day)) is open_


@pytest.mark.parametrize(
    ("start", "accept", "contact", "resolve"),
    [
        # plain Monday morning; the Friday of that week is Dragon Boat
        ("06-15 10:00", "06-15 14:00", "06-16 10:00", "06-23 18:00"),
        # before opening
        ("06-15 07:00", "06-15 13:00", "06-16 09:00", "06-23 18:00"),
        # at opening and at closing time
        ("06-15 09:00", "06-15 13:00", "06-16 09:00", "06-23 18:00"),
        ("06-15 18:00", "06-16 13:00", "06-16 18:00", "06-23 18:00"),
        # late afternoon: the rest of the four hours is next morning
        ("06-15 17:30", "06-16 12:30", "06-16 17:30", "06-23 18:00"),
        ("06-15 14:00", "06-15 18:00", "06-16 14:00", "06-23 18:00"),
        ("06-15 14:01", "06-16 09:01", "06-16 14:01", "06-23 18:00"),
        # evening: 24 h end outside open hours, so at the next opening
        ("06-15 21:00", "06-16 13:00", "06-17 09:00", "06-23 18:00"),
        # Thursday before the long weekend
        ("06-18 15:00", "06-22 10:00", "06-22 15:00", "06-26 18:00"),
        ("06-18 20:00", "06-22 13:00", "06-23 09:00", "06-26 18:00"),
        # on the holiday itself and on the weekend: working time begins on Monday
        ("06-19 10:00", "06-22 13:00", "06-23 09:00", "06-26 18:00"),
        ("06-20 10:00", "06-22 13:00", "06-23 09:00", "06-26 18:00"),
        ("06-21 23:59", "06-22 13:00", "06-23 09:00", "06-26 18:00"),
        # an ordinary Friday afternoon
        ("06-12 16:00", "06-15 11:00", "06-15 16:00", "06-22 18:00"),
        ("06-12 09:00", "06-12 13:00", "06-15 09:00", "06-22 18:00"),
        # New Year with a make-up Sunday
        ("01-04 10:00", "01-04 14:00", "01-05 10:00", "01-09 18:00"),
        ("01-01 10:00", "01-04 13:00", "01-05 09:00", "01-08 18:00"),
        ("01-03 12:00", "01-04 13:00", "01-05 09:00", "01-08 18:00"),
        # around Spring Festival: Friday 13, make-up Saturday 14, closed 15 to 23, back Tuesday 24, make-up Saturday 28
        ("02-13 10:00", "02-13 14:00", "02-14 10:00", "02-27 18:00"),
        ("02-13 17:00", "02-14 12:00", "02-14 17:00", "02-27 18:00"),
        ("02-14 10:00", "02-14 14:00", "02-24 10:00", "02-28 18:00"),
        ("02-14 16:00", "02-24 11:00", "02-24 16:00", "02-28 18:00"),
        ("02-15 10:00", "02-24 13:00", "02-25 09:00", "02-28 18:00"),
        ("02-20 10:00", "02-24 13:00", "02-25 09:00", "02-28 18:00"),
        ("02-27 17:00", "02-28 12:00", "02-28 17:00", "03-05 18:00"),
        ("02-28 17:00", "03-02 12:00", "03-02 17:00", "03-06 18:00"),
        # Qingming on a Monday
        ("04-03 16:00", "04-07 11:00", "04-07 16:00", "04-13 18:00"),
        ("04-06 09:00", "04-07 13:00", "04-08 09:00", "04-13 18:00"),
        # Labour Day: closed 1 to 5 May, make-up Saturday 9
        ("04-30 16:00", "05-06 11:00", "05-06 16:00", "05-11 18:00"),
        ("05-08 17:30", "05-09 12:30", "05-09 17:30", "05-14 18:00"),
        ("05-09 10:00", "05-09 14:00", "05-11 10:00", "05-15 18:00"),
        # Mid-Autumn and National Day
        ("09-18 17:00", "09-20 12:00", "09-20 17:00", "09-24 18:00"),
        ("09-20 10:00", "09-20 14:00", "09-21 10:00", "09-28 18:00"),
        ("09-30 15:00", "10-08 10:00", "10-08 15:00", "10-13 18:00"),
        ("10-01 00:00", "10-08 13:00", "10-09 09:00", "10-13 18:00"),
        ("10-09 16:00", "10-10 11:00", "10-10 16:00", "10-15 18:00"),
        ("10-10 16:00", "10-12 11:00", "10-12 16:00", "10-16 18:00"),
    ],
)
def test_limits_over_weekends_holidays_and_make_up_days(start, accept, contact, resolve):
    began = at(start)
    assert due(began, LIMITS[Stage.ACCEPT], CHINA) == at(accept)
    assert due(began, LIMITS[Stage.CONTACT], CHINA) == at(contact)
    assert due(began, LIMITS[Stage.RESOLVE], CHINA) == at(resolve)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("06-15 09:00", "06-15 18:00", 9),
        ("06-15 08:00", "06-15 19:00", 9),
        ("06-15 12:00", "06-15 13:00", 1),
        ("06-15 19:00", "06-16 08:00", 0),
        ("06-15 17:00", "06-16 10:00", 2),
        ("06-18 17:00", "06-22 10:00", 2),
        ("02-14 17:00", "02-24 10:00", 2),
        ("06-16 10:00", "06-15 10:00", 0),
    ],
)
def test_working_time_between_two_moments(start, end, hours):
    assert CHINA.between(at(start), at(end)) == timedelta(hours=hours)


def test_a_lunch_break_is_no_working_time():
    assert LUNCH.add(at("06-15 11:00"), timedelta(hours=2)) == at("06-15 14:30")
    assert LUNCH.between(at("06-15 09:00"), at("06-15 17:00")) == timedelta(hours=6, minutes=30)
    assert LUNCH.next_open(at("06-15 12:30")) == at("06-15 13:30")


def test_hours_that_overlap_are_refused():
    with pytest.raises(ValueError):
        WorkCalendar(hours=((time(9), time(12)), (time(11), time(17))))
    with pytest.raises(ValueError):
        WorkCalendar(hours=())


def test_a_calendar_that_never_opens_says_so():
    with pytest.raises(NoWorkingTime):
        WorkCalendar(weekdays=frozenset()).add(at("06-15 10:00"), timedelta(hours=1))


def test_named_calendars():
    saturday = date(2026, 6, 13)
    assert calendar_for("every_day", None).is_working_day(saturday)
    assert not calendar_for("weekdays", None).is_working_day(saturday)
    assert calendar_for("weekdays", None).is_working_day(date(2026, 6, 19))
    assert calendar_for("cn", "Asia/Urumqi").hours == CHINA.hours
    assert calendar_for(None, None) == CHINA


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([], "06-15 14:00"),
        ([("06-15 11:00", "06-15 12:00")], "06-15 15:00"),
        ([("06-15 11:00", "06-15 12:00"), ("06-15 14:30", "06-15 15:00")], "06-15 15:30"),
        ([("06-15 13:00", "06-16 10:00")], "06-16 11:00"),
        ([("06-15 19:00", "06-16 08:00")], "06-15 14:00"),  # it was over before
        ([("06-15 14:00", "06-15 16:00")], "06-15 14:00"),  # waiting saves nobody who is late
        ([("06-15 11:00", None)], "06-16 12:00"),  # still waiting on Tuesday 09:00: seven hours of Monday
    ],
)
def test_waiting_for_the_customer_moves_the_limit(pauses, expected):
    spans = [Pause(at(start), at(end) if end else None) for start, end in pauses]
    assert due_with_pauses(at("06-15 10:00"), LIMITS[Stage.ACCEPT], spans, at("06-16 09:00"), CHINA) == at(expected)


@pytest.mark.parametrize(
    ("now", "share", "word"),
    [
        ("06-15 09:00", 0.0, Urgency.IN_TIME),
        ("06-15 10:00", 0.0, Urgency.IN_TIME),
        ("06-15 12:00", 0.5, Urgency.IN_TIME),
        ("06-15 13:12", 0.8, Urgency.DUE_SOON),
        ("06-15 14:00", 1.0, Urgency.OVERDUE),
        ("06-15 16:00", 1.5, Urgency.OVERDUE),
    ],
)
def test_shares_and_the_word_on_the_badge(now, share, word):
    start, limit = at("06-15 10:00"), at("06-15 14:00")
    assert share_used(start, limit, at(now), CHINA) == pytest.approx(share)
    assert urgency(start, limit, at(now), CHINA) is word


def test_a_finished_or_waiting_case_has_its_own_word():
    start, limit, now = at("06-15 10:00"), at("06-15 14:00"), at("06-15 13:30")
    assert urgency(start, None, now, CHINA) is Urgency.DONE
    assert urgency(start, limit, now, CHINA, paused=True) is Urgency.PAUSED
    assert urgency(start, limit, limit, CHINA, paused=True) is Urgency.OVERDUE


def test_marks_come_one_after_the_other():
    start, limit = at("06-15 10:00"), at("06-15 14:00")
    assert [next_mark(done, start, limit, CHINA) for done in (0, 0.5, 0.8, 1.0)] == [
        (0.5, at("06-15 12:00")),
        (0.8, at("06-15 13:12")),
        (1.0, limit),
        None,
    ]
    assert marks_passed(0.49) == ()
    assert marks_passed(0.8) == (0.5, 0.8)
    assert marks_passed(3) == (0.5, 0.8, 1.0)


MOMENTS = st.integers(0, 365 * 24 * 60).map(lambda minutes: datetime(2025, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes))
SPANS = st.timedeltas(timedelta(0), timedelta(hours=60))
CALENDARS = st.sampled_from([CHINA, LUNCH, WorkCalendar(zone="Europe/Berlin"), calendar_for("every_day", "America/New_York")])
WHICH = st.one_of(
    st.builds(Limit, st.integers(1, 60), st.sampled_from([Basis.OPEN_HOURS, Basis.HOURS])),
    st.builds(Limit, st.integers(1, 15), st.just(Basis.WORKING_DAYS)),
)


@given(MOMENTS, MOMENTS, MOMENTS, CALENDARS)
def test_working_time_is_never_negative_and_adds_up(one, two, three, calendar):
    first, second, third = sorted((one, two, three))
    assert calendar.between(second, first) == timedelta(0) or first == second
    assert timedelta(0) <= calendar.between(first, second) <= second - first
    assert calendar.between(first, second) + calendar.between(second, third) == calendar.between(first, third)


@given(MOMENTS, SPANS, CALENDARS)
def test_adding_working_time_and_measuring_it_are_opposites(moment, worked, calendar):
    end = calendar.add(moment, worked)
    assert calendar.between(moment, end) == worked
    assert calendar.is_open(end)


@given(MOMENTS, MOMENTS, WHICH, CALENDARS)
def test_a_limit_ends_later_in_open_hours_and_a_later_start_never_ends_earlier(one, two, limit, calendar):
    early, late = sorted((one, two))
    ends = due(early, limit, calendar)
    assert ends > early
    assert calendar.is_open(ends)
    assert ends <= due(late, limit, calendar)


@given(MOMENTS, WHICH, CALENDARS, st.lists(st.tuples(SPANS, SPANS), max_size=3))
def test_waiting_never_shortens_a_limit(moment, limit, calendar, waits):
    pauses = [Pause(moment + start, moment + start + length) for start, length in waits]
    moved = due_with_pauses(moment, limit, pauses, moment, calendar)
    assert moved >= due(moment, limit, calendar)
    assert calendar.is_open(moved)


@given(MOMENTS, WHICH, CALENDARS, SPANS, SPANS)
def test_the_share_only_grows_and_is_one_exactly_from_the_limit(moment, limit, calendar, one, two):
    ends = due(moment, limit, calendar)
    early, late = sorted((moment + one, moment + two))
    assert 0 <= share_used(moment, ends, early, calendar) <= share_used(moment, ends, late, calendar)
    assert (share_used(moment, ends, late, calendar) >= 1) >= (late >= ends)
    assert moment_of(0.5, moment, ends, calendar) <= moment_of(0.8, moment, ends, calendar) <= ends


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("06-15 10:00", 1, "06-16 18:00"),
        ("06-15 23:59", 15, "06-30 18:00"),  # evening: the day itself does not count
        ("06-18 09:00", 1, "06-19 18:00"),  # Dragon Boat: a day of the calendar all the same
        ("06-12 16:00", 2, "06-14 18:00"),  # ends on a Sunday
        ("02-10 10:00", 15, "02-25 18:00"),  # over Spring Festival
        ("09-30 17:00", 7, "10-07 18:00"),
        ("12-20 08:00", 11, "12-31 18:00"),
        ("01-31 12:00", 30, "03-02 18:00"),  # February has 28 days
    ],
)
def test_days_of_the_calendar_do_not_care_for_holidays(start, days, end):
    assert due(at(start), Limit(days, Basis.DAYS), CHINA) == at(end)


@pytest.mark.parametrize(
    ("start", "hours", "mark", "moment"),
    [
        ("06-15 10:00", 4, 0.5, "06-15 12:00"),
        ("06-15 10:00", 4, 0.8, "06-15 13:12"),
        ("06-15 10:00", 4, 1.0, "06-15 14:00"),
        ("06-15 10:00", 4, 1.5, "06-15 16:00"),
        ("06-15 10:00", 4, 2.0, "06-15 18:00"),
        ("06-15 14:00", 4, 1.5, "06-16 11:00"),  # beyond closing time: next morning
        ("06-18 14:00", 4, 1.5, "06-22 11:00"),  # over Dragon Boat
        ("02-14 14:00", 4, 2.0, "02-24 13:00"),  # make-up Saturday, then Spring Festival
        ("02-27 16:00", 4, 1.5, "02-28 13:00"),  # into a make-up Saturday
        ("06-12 17:00", 2, 4.0, "06-15 16:00"),
    ],
)
def test_the_rungs_of_the_ladder_lie_in_open_hours(start, hours, mark, moment):
    due_at = due(at(start), Limit(hours, Basis.OPEN_HOURS), CHINA)
    assert moment_of(mark, at(start), due_at, CHINA) == at(moment)
    assert next_mark(mark - 0.01, at(start), due_at, CHINA, (0.5, 0.8, 1.0, 1.5, 2.0, 4.0)) == (mark, at(moment))
