"""Quiet hours by the wall clock of the customer's zone: over midnight, through changes of the clock, and days off."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

EndAfter = Callable[[datetime, tzinfo, frozenset[date]], datetime | None]
NO_DAYS: frozenset[date] = frozenset()
_DAY = timedelta(days=1)
_MOST_DAYS_OFF = 30


def quiet_hours(start: time, end: time) -> EndAfter:
    """A function that says until when it is quiet: None, or the first instant after `now` that is not.

    Shape   start = end means no quiet hours; days off are quiet from midnight to midnight
    """
    over_midnight = start > end

    def is_quiet(wall: time) -> bool:
        return (wall >= start or wall < end) if over_midnight else start <= wall < end

    def end_after(now: datetime, zone: tzinfo, days_off: frozenset[date] = NO_DAYS) -> datetime | None:
        local = now.astimezone(zone)
        if local.date() not in days_off and not is_quiet(local.time()):
            return None
        until = now
        for _ in range(_MOST_DAYS_OFF):
            local = until.astimezone(zone)
            if local.date() in days_off:
                until = _instant(local.date() + _DAY, time(0), zone, until)
            elif is_quiet(local.time()):
                day = local.date() + _DAY if over_midnight and local.time() >= start else local.date()
                until = _instant(day, end, zone, until)
            else:
                break
        return until

    return end_after


def _instant(day: date, wall: time, zone: tzinfo, after: datetime) -> datetime:
    """When the wall clock shows a time. Where it shows it twice, the first that still lies ahead; where never, the jump's far side."""
    first = datetime.combine(day, wall, zone).astimezone(UTC)
    return first if first > after else datetime.combine(day, wall.replace(fold=1), zone).astimezone(UTC)
