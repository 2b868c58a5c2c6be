"""Timed work of cases."""

from datetime import datetime

from portal.foundation.ground import Ground
from scheduler.cases import followup, ticking

BATCH = 500


def follow_up(ground: Ground, now: datetime) -> int:
    """Open a case for each newly submitted low score."""
    with ground.writing() as session:
        return followup.follow_up(session, now, ground.settings.zone, BATCH)


def clocks(ground: Ground, now: datetime) -> int:
    """Tell of limits that are half used, nearly over or over; what is over goes to the level above."""
    with ground.writing() as session:
        return ticking.tick(session, now, BATCH)
