"""Timed work of complaints."""

from datetime import datetime, timedelta

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from scheduler.complaints import codes
from scheduler.complaints.store import codes as store

ANEW_AFTER = 50
"""So many more classified complaints than the last time, before anything is learnt anew."""


def learn(ground: Ground, now: datetime) -> int:
    """Learn from what people classified, once enough has come; gives how many texts were learnt from."""
    with ground.reading() as session:
        number = store.classified_number(session)
        last = store.newest_model(session, "business")
        seen = last.trained_on + last.tested_on if last else 0
    if number < codes.FEWEST_TEXTS or number - seen < ANEW_AFTER:
        return 0
    with ground.writing() as session:
        codes.learn_anew(session, ground.keys, now)
    return number


JOBS = (Job("complaints.learn", timedelta(hours=6), learn, _l("Learn what complaints are about")),)
