"""Timed work of answering: links that ended unanswered are shown to whoever keeps the ledger of contacts."""

from datetime import datetime, timedelta

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from questionnaires.answering import sealing_old, store

BATCH = 500
LOOK_BACK = timedelta(days=60)
"""A link that ended longer ago was handed over long since; the look stays short."""


def end_links(ground: Ground, now: datetime) -> int:
    """Hand over links whose time ran out. Started, but not submitted: abandoned; never started: expired."""
    with ground.writing() as session:
        ended = store.ended_links(session, now, now - LOOK_BACK, BATCH)
        store.hand_over(session, ended, now)
    return len(ended)


JOBS = [
    Job("answering.end_links", timedelta(minutes=5), end_links, _l("Close links whose time ran out"), batch=BATCH),
    Job(
        "answering.seal_old",
        timedelta(hours=1),
        sealing_old.seal_old,
        _l("Seal numbers and addresses in answers of before"),
        batch=sealing_old.STEP,
    ),
]
