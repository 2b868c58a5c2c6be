"""Working time: which hours of which days a unit is open, and arithmetic with them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
NOTHING = timedelta(0)
FAR = 3660  # days we look ahead; a calendar without one open day in ten years is a mistake


class NoWorkingTime(ValueError):
    """The calendar has no open hour in sight."""


@dataclass(frozen=True)
class WorkCalendar:
    """A unit's open hours.

    Shape   weekdays 0 (Monday) to 6; `days_off` close a weekday, `make_up_days` open a day that would be closed
            (China moves work to weekends around long holidays); a make-up day wins over a day off
            `hours` are local, in order, not touching midnight twice: ((09:00, 12:00), (13:30, 18:00))
    """

    zone: str = "Asia/Shanghai"
    weekdays: frozenset[int] = frozenset(range(5))
    hours: tuple[tuple[time, time], ...] = ((time(9), time(18)),)
    days_off: frozenset[date] = field(default_factory=frozenset)
    make_up_days: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        """Refuse hours that run backwards or overlap."""
        edges = [edge for span in self.hours for edge in span]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError("hours must follow one another")

    def is_working_day(self, day: date) -> bool:
        """Whether the unit is open on that local day."""
        if day in self.make_up_days:
            return True
        return day.weekday() in self.weekdays and day not in self.days_off

    def local_day(self, moment: datetime) -> date:
        """The calendar's own day of a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The open hours of one day, in UTC; none on a closed day."""
        if not self.is_working_day(day):
            return []
        zone = ZoneInfo(self.zone)
        return [(_utc(day, start, zone), _utc(day, end, zone)) for start, end in self.hours]

    def spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """All open spans that end after the moment, in order, the first one cut to it."""
        day = self.local_day(moment)
        for _ in range(FAR):
            for start, end in self.spans(day):
                if end > moment:
                    yield max(start, moment), end
            day += ONE_DAY
        raise NoWorkingTime(self.zone)

    def is_open(self, moment: datetime) -> bool:
        """Whether the moment lies in open hours; the closing minute still counts, so that a limit may end there."""
        return any(start <= moment <= end for start, end in self.spans(self.local_day(moment)))

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself when open, else the next opening."""
        return moment if self.is_open(moment) else next(self.spans_from(moment))[0]

    def add(self, moment: datetime, worked: timedelta) -> datetime:
        """When so much working time has passed since the moment.

        Raises  ValueError for a negative span
        """
        if worked < NOTHING:
            raise ValueError("working time never runs backwards")
        left = worked
        for start, end in self.spans_from(moment):
            if left <= end - start:
                return start + left
            left -= end - start
        raise NoWorkingTime(self.zone)  # pragma: no cover: spans_from raises first

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from start to end; nothing when end is not later."""
        total, day, last = NOTHING, self.local_day(start), self.local_day(end)
        while day <= last:
            for opens, closes in self.spans(day):
                total += max(NOTHING, min(closes, end) - max(opens, start))
            day += ONE_DAY
        return total

    def end_of_day_after(self, moment: datetime, days: int) -> datetime:
        """Closing time of the n-th working day after the moment's own day, which does not count.

        Raises  ValueError for less than one day
        """
        if days < 1:
            raise ValueError("at least one working day")
        day, left = self.local_day(moment), days
        for _ in range(FAR):
            day += ONE_DAY
            left -= self.is_working_day(day)
            if left == 0:
                return self.spans(day)[-1][1]
        raise NoWorkingTime(self.zone)

    def end_of_calendar_day_after(self, moment: datetime, days: int) -> datetime:
        """Closing time of the n-th day of the calendar after the moment's own day, open or not."""
        return _utc(self.local_day(moment) + ONE_DAY * days, self.hours[-1][1], ZoneInfo(self.zone))

    def same_time_after(self, moment: datetime, hours: timedelta) -> datetime:
        """So many hours round the clock, counted on working days only, then moved into open hours.

        "Within 24 h" of Friday 15:00 is Monday 15:00; of Friday 22:00 it is Tuesday at opening.
        """
        zone, left, day = ZoneInfo(self.zone), hours, self.local_day(moment)
        for _ in range(FAR):
            midnight = _utc(day + ONE_DAY, time(0), zone)
            if self.is_working_day(day):
                start = max(moment, _utc(day, time(0), zone))
                if left <= midnight - start:
                    return self.next_open(start + left)
                left -= midnight - start
            day += ONE_DAY
        raise NoWorkingTime(self.zone)


def _utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A local wall time in UTC; Python subtracts aware times of one zone by the wall, which is wrong where clocks change."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
