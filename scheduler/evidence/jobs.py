"""Timed work on evidence: pictures are made anew, upright and without EXIF, outside the web server."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from questionnaires.answering import pictures
from scheduler.evidence import store

BATCH = 20
log = structlog.get_logger()


def make_pictures(ground: Ground, now: datetime) -> int:
    """Replace waiting pictures by new ones; one that can't be read is emptied and said to be broken."""
    del now
    with ground.reading() as session:
        waiting = store.to_make(session, BATCH)
    for file_id in waiting:
        _make(ground, file_id)
    return len(waiting)


def _make(ground: Ground, file_id: UUID) -> None:
    with ground.reading() as session:
        sealed = store.content(session, file_id)
    if sealed is None:
        return
    try:
        picture = pictures.remake(ground.keys.unseal(sealed))
    except (pictures.BrokenPicture, pictures.TooManyPixels) as error:
        log.info("evidence_broken", file=file_id.hex, why=type(error).__name__)
        with ground.writing() as session:
            store.finish(session, file_id, {"state": "broken", "size": 0}, b"")
        return
    values = {"state": "ready", "media": picture.media, "size": len(picture.content)}
    with ground.writing() as session:
        store.finish(session, file_id, values, ground.keys.seal(picture.content))


JOBS = (Job("evidence.make_pictures", timedelta(seconds=10), make_pictures, _l("Prepare photos of complaints and appeals"), batch=BATCH),)
