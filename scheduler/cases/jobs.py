"""Timed work of cases."""

from datetime import datetime

from portal.foundation.ground import Ground
from scheduler.cases import alarms, attachments, feedback, followup, mailing, telling, ticking, told

BATCH = 500


def follow_up(ground: Ground, now: datetime) -> int:
    """Open a case for each newly submitted low score, and for feedback that meets a rule."""
    with ground.writing() as session:
        answers = followup.follow_up(session, now, ground.settings.zone, BATCH)
    with ground.writing() as session:
        return answers + feedback.follow_up(session, now, ground.settings.zone, BATCH)


def follow_alarms(ground: Ground, now: datetime) -> int:
    """Open a case for each figure that moved further than chance explains."""
    with ground.writing() as session:
        return alarms.follow_alarms(session, now, ground.settings.zone)


def clocks(ground: Ground, now: datetime) -> int:
    """Tell of limits that are half used, nearly over or over; what is over goes to the level above."""
    with ground.writing() as session:
        return ticking.tick(session, now, BATCH)


def tell_customers(ground: Ground, now: datetime) -> int:
    """Tell customers what became of their cases."""
    return told.tell_customers(ground, now)


def digest(ground: Ground, now: datetime) -> int:
    """Gather what can wait into one notice a person and working day."""
    with ground.writing() as session:
        return telling.digest(session, now, BATCH)


def mail_staff(ground: Ground, now: datetime) -> int:
    """Tell staff outside the portal, where they chose so."""
    return mailing.mail_staff(ground, now, BATCH)


def make_pictures(ground: Ground, now: datetime) -> int:
    """Make pictures of cases anew, outside the web server."""
    return attachments.make_pictures(ground, now)
