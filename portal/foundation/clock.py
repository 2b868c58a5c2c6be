"""The one place that reads the clock; everything else is given `now`."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

TOLERATED = timedelta(seconds=1)
"""So far a machine's clock may be from the database's: less than that is the way there and back."""


class Clock(Protocol):
    """Tells the time, as aware UTC."""

    def now(self) -> datetime:
        """This moment."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """This moment, aware UTC."""
        return datetime.now(UTC)


class CorrectedClock:
    """The machine's clock, put right by the database's where many machines share one: their clocks differ, the database is one."""

    def __init__(self) -> None:
        self.skew = timedelta(0)

    def now(self) -> datetime:
        """This moment, aware UTC."""
        return machine_now() - self.skew

    def correct(self, skew: timedelta) -> None:
        """Take note of how far the machine's clock is ahead of the database's; a little is none."""
        self.skew = skew if abs(skew) > TOLERATED else timedelta(0)


def machine_now() -> datetime:
    """What this machine's clock says, right or wrong; aware UTC."""
    return SystemClock().now()


def day_in(zone: str, moment: datetime) -> date:
    """The calendar day of a moment in a zone (IANA name)."""
    return moment.astimezone(ZoneInfo(zone)).date()
