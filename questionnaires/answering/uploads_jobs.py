"""Timed work on uploads: pictures are made anew outside the web server, and what no answer took is removed."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from questionnaires.answering import pictures
from questionnaires.answering import uploads_store as store

BATCH, CLEANED = 20, 200
LINK_KEPT, POSTER_KEPT = timedelta(days=30), timedelta(days=2)
"""Longer than a link can be answered; a poster's visit ends with its day."""
log = structlog.get_logger()


def make_pictures(ground: Ground, now: datetime) -> int:
    """Replace waiting originals by an upright picture without EXIF and a thumbnail. A file that can't be read is emptied."""
    del now
    with ground.reading() as session:
        waiting = store.to_make(session, BATCH)
    for upload_id in waiting:
        _make(ground, upload_id)
    return len(waiting)


def _make(ground: Ground, upload_id: UUID) -> None:
    with ground.reading() as session:
        row, sealed = store.by_id(session, upload_id), store.content(session, upload_id, "original")
    if row is None or sealed is None:
        return
    try:
        original = ground.keys.unseal(sealed)
        picture = pictures.remake(original, lossless=row.kind == "signature")
        thumb = pictures.remake(picture.content, pictures.THUMB)
    except (pictures.BrokenPicture, pictures.TooManyPixels) as error:
        log.info("upload_broken", upload=upload_id.hex, why=type(error).__name__)
        values, parts = {"state": "broken", "size": 0}, dict[str, bytes]()
    else:
        values = {"state": "ready", "media": picture.media, "size": len(picture.content), "width": picture.width, "height": picture.height}
        parts = {"picture": ground.keys.seal(picture.content), "thumb": ground.keys.seal(thumb.content)}
    with ground.writing() as session:
        store.finish(session, upload_id, values, parts)


def clean_up(ground: Ground, now: datetime) -> int:
    """Remove uploads that no submitted answer names, once their link can't be answered any more."""
    removed = 0
    for prefix, kept in (("s:", LINK_KEPT), ("q:", POSTER_KEPT)):
        with ground.writing() as session:
            gone = store.forgotten(session, prefix, now - kept, CLEANED)
            store.remove(session, gone)
            removed += len(gone)
    return removed


JOBS = [
    Job("answering.make_pictures", timedelta(seconds=10), make_pictures, _l("Prepare photos that customers sent"), batch=BATCH),
    Job("answering.clean_up_uploads", timedelta(hours=1), clean_up, _l("Remove files that belong to no answer"), batch=CLEANED),
]
