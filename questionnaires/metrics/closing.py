"""Days of the funnel that are over are summed once for every node; pages read the sums, and the days themselves only for the last few."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from questionnaires.metrics.store import closing as store

ONE_DAY = timedelta(days=1)
OPEN = timedelta(days=4)
"""Events come up to 72 hours late: until then a day is not over."""


def close_days(ground: Ground, now: datetime) -> int:
    """Sum the days that are over, and again those that something came in for; how many. Safe to run twice and in two processes."""
    limit, done = day_in(ground.settings.zone, now) - OPEN, 0
    while True:
        with ground.writing() as session:
            if not _close_next(session, limit):
                break
        done += 1
    with ground.reading() as session:
        waiting = store.late(session)
    for day in waiting:
        with ground.writing() as session:
            until = store.closed_until(session)
            store.forget_late(session, day)
            if day < until:
                store.sum_day(session, day)
                done += 1
    return done


def _close_next(session: Session, limit: date) -> bool:
    """Only days that hold something are closed: a bank that replays an old year closes that year's."""
    day = store.first_day(session, store.closed_until(session), limit)
    if day is None:
        return False
    store.forget_late(session, day)
    store.sum_day(session, day)
    store.close(session, day + ONE_DAY)
    return True


def note_late(session: Session, days: Iterable[date], today: date) -> None:
    """Whoever adds to days that may have been summed says so in the same transaction; no statement where all are still open."""
    store.note(session, [day for day in days if day <= today - OPEN + ONE_DAY])  # the other process' clock may be past midnight already
