"""Timed work: claims expire, questions lapse, tasks close, refused places come back, late reviews are escalated, photos are made."""

from datetime import datetime, timedelta

from officers.work import claims, photos, settling, submitting
from officers.work.rules.appealing import FILE_WITHIN
from officers.work.store import claims as store
from officers.work.store import reviews as review_store
from officers.work.store import tasks as task_store
from portal.audit.trail import Actor, record
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job

BATCH = 200
SYSTEM = Actor.system("work")


def expire_claims(ground: Ground, now: datetime) -> int:
    """Take back places whose time is over; each in a transaction of its own, under its officer's lock."""
    with ground.reading() as session:
        due = store.due(session, now, BATCH)
    done = 0
    for one in due:
        with ground.writing() as session:
            done += claims.expire(session, one.officer_id, one.id, now)
    return done


def move_on(ground: Ground, now: datetime) -> int:
    """Questions that nobody answered, places of refused work, tasks whose time is over, reviews that are late."""
    return _lapse(ground, now) + _settle(ground, now) + _close(ground, now) + _escalate(ground, now)


def _lapse(ground: Ground, now: datetime) -> int:
    with ground.reading() as session:
        over = store.infos_over(session, now, BATCH)
    done = 0
    for one in over:
        with ground.writing() as session:
            done += submitting.info_over(session, one, now)
    return done


def _settle(ground: Ground, now: datetime) -> int:
    with ground.reading() as session:
        waiting = [one.id for one in store.to_settle(session, now - FILE_WITHIN, BATCH)]
    done = 0
    for one in waiting:
        with ground.writing() as session:
            done += settling.give_place_back(session, one, now)
    return done


def _close(ground: Ground, now: datetime) -> int:
    with ground.writing() as session:
        over = task_store.over(session, now, BATCH)
        for task in over:
            task.state, task.ended_at, task.revision = "closed", now, task.revision + 1
            record(session, SYSTEM, "task.close", "task", task.id, now, {"state": "closed"})
        return len(over)


def _escalate(ground: Ground, now: datetime) -> int:
    with ground.writing() as session:
        late = store.to_escalate(session, now, BATCH)
        for one in late:
            review_store.note_escalation(session, one.id, now)
            record(session, SYSTEM, "submission.escalate", "submission", one.id, now)
        return len(late)


JOBS = (
    Job("work.expire_claims", timedelta(minutes=1), expire_claims, _l("Take back places in tasks whose time is over"), batch=BATCH),
    Job("work.move_on", timedelta(minutes=5), move_on, _l("Close tasks, escalate late reviews, give back places of refused work")),
    Job("work.make_photos", timedelta(seconds=10), photos.make_waiting, _l("Prepare officers' photos"), batch=photos.BATCH),
)
