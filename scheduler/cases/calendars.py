"""Where working calendars come from: the one place that knows the holiday library."""

from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from scheduler.cases.rules.worktime import WorkCalendar

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=32)
def china(zone: str = "Asia/Shanghai") -> WorkCalendar:
    """China's public holidays and make-up workdays of all years that are published.

    Later years have plain weekends until the State Council announces them and the library is renewed.
    """
    first, last = date(2020, 1, 1), _last_published_day()
    days = [first + ONE_DAY * n for n in range((last - first).days + 1)]
    off = frozenset(day for day in days if day.weekday() < 5 and not chinese_calendar.is_workday(day))
    made_up = frozenset(day for day in days if day.weekday() >= 5 and chinese_calendar.is_workday(day))
    return WorkCalendar(zone=zone, days_off=off, make_up_days=made_up)


def _last_published_day() -> date:
    return date(max(day.year for day in chinese_calendar.constants.holidays), 12, 31)


@lru_cache(maxsize=256)
def calendar_for(name: str | None, zone: str | None) -> WorkCalendar:
    """The calendar a unit names: `cn` (also when it names none), `weekdays`, or `every_day`."""
    where = zone or "Asia/Shanghai"
    if name == "every_day":
        return WorkCalendar(zone=where, weekdays=frozenset(range(7)))
    return WorkCalendar(zone=where) if name == "weekdays" else china(where)
