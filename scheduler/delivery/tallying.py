"""Count what went out by each channel a day: pages of costs read a few rows, whatever the outbox holds."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from scheduler.delivery.store import tallies
from scheduler.delivery.store.tallies import Sums

AGAIN = timedelta(days=3)
"""Receipts come in late: so many days are counted anew."""
ONE = timedelta(days=1)


def tally(ground: Ground, now: datetime) -> int:
    """Count the days since the last count, and the few before it; returns how many days. Each in a transaction of its own."""
    zone, today = ZoneInfo(ground.settings.zone), day_in(ground.settings.zone, now)
    with ground.reading() as session:
        day = _first(session, zone)
    days = 0
    while day is not None and day <= today:
        start = datetime.combine(day, time(), zone)
        with ground.reading() as session:
            sums = tallies.count(session, start, datetime.combine(day + ONE, time(), zone))
        if sums:
            with ground.writing() as session:
                tallies.put(session, day, sums)
        day, days = day + ONE, days + 1
    return days


def _first(session: Session, zone: ZoneInfo) -> date | None:
    last = tallies.last_day(session)
    if last is not None:
        return last - AGAIN
    first = tallies.first_done(session)
    return first.astimezone(zone).date() if first else None


def month(session: Session, zone: str, now: datetime) -> dict[str, Sums]:
    """This month (the bank's) by channel, as far as it is counted."""
    return tallies.since(session, day_in(zone, now).replace(day=1))
