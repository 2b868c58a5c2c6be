"""Days of the funnel that are over are summed for every node; pages read the sums, and only today's rows as they are."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from questionnaires.metrics.store import closing as store

ONE_DAY = timedelta(days=1)
OPEN = timedelta(days=4)
"""Events come up to 72 hours late: so long a day is looked at each time whether something came in. After that whoever adds says so."""


def close_days(ground: Ground, now: datetime) -> int:
    """Sum the days that are over, and again those that something came in for; how many. Safe to run twice and in two processes."""
    today, done = day_in(ground.settings.zone, now), 0
    with ground.reading() as session:  # SQLite knows one writer: its place is asked for only where there is work
        waiting = store.any_left(session, today)
    while waiting:
        with ground.writing() as session:
            waiting = _close_next(session, today)
        done += waiting
    with ground.reading() as session:
        late = sorted({*store.late(session), *store.changed(session, today - OPEN, today)})
    for day in late:
        with ground.writing() as session:
            until = store.closed_until(session)
            store.forget_late(session, day)
            if day < until:
                store.sum_day(session, day)
                done += 1
    return done


def _close_next(session: Session, today: date) -> bool:
    """Only days that hold something are closed: a bank that replays an old year closes that year's."""
    day = store.first_day(session, store.closed_until(session), today)
    if day is None:
        return False
    store.forget_late(session, day)
    store.sum_day(session, day)
    store.close(session, day + ONE_DAY)
    return True


def note_late(session: Session, days: Iterable[date], today: date) -> None:
    """Whoever adds to days that may have been summed says so in the same transaction; no statement where all are still open."""
    store.note(session, [day for day in days if day <= today - OPEN + ONE_DAY])  # the other process' clock may be past midnight already
