"""Timed work of the club; each may be run twice."""

from datetime import datetime, timedelta

from officers.club import badges, places
from officers.club.store import activities as store
from officers.club.store import standings
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job

AT_ONCE = 100


def settle_activities(ground: Ground, now: datetime) -> int:
    """Pay those who came to activities that are over, and note who did not."""
    with ground.reading() as session:
        over = store.to_settle(session, now, AT_ONCE)
    for activity_id in over:
        done = False
        while not done:
            with ground.writing() as session:
                done = places.settle(session, activity_id, now)
    return len(over)


def award_badges(ground: Ground, now: datetime) -> int:
    """Give badges to those who reached them."""
    with ground.writing() as session:
        return badges.award(session, now)


def make_standings(ground: Ground, now: datetime) -> int:
    """Make the leaderboards anew, one kind a transaction so that none holds the writer's place for long."""
    lines = 0
    for kind in standings.KINDS:
        with ground.writing() as session:
            lines += standings.make(session, kind, now)
    return lines


JOBS = (
    Job("settle_activities", timedelta(minutes=10), settle_activities, _l("Pay and close activities that are over")),
    Job("award_badges", timedelta(hours=1), award_badges, _l("Award badges")),
    Job("make_standings", timedelta(hours=6), make_standings, _l("Make the officers' leaderboards anew")),
)
