"""Large files are read outside the web server, with progress; what nobody made a draft of goes after a week."""

from datetime import datetime, timedelta
from typing import Any

import structlog

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from questionnaires.interchange import file_taking
from questionnaires.interchange import files_store as store
from questionnaires.interchange.carrying.files import CannotRead

LEASE = timedelta(minutes=5)
KEPT = timedelta(days=7)
log = structlog.get_logger()


def read_files(ground: Ground, now: datetime) -> int:
    """Read the oldest file that waits. One that can't be read says why on its page, and is never tried for ever."""
    with ground.reading() as session:
        if not store.anything(session):
            return 0
    with ground.writing() as session:
        claimed = store.claim(session, now, now + LEASE)
        if claimed is None:
            return 0
        file_id, sealed, wanted, name = claimed.id, claimed.sealed, claimed.format, claimed.name
    values: dict[str, Any] = {"state": "refused", "problem": {"file": "file_cannot_be_read"}, "sealed": None, "leased_until": None}
    try:
        data = ground.keys.unseal(sealed or b"")
        with ground.writing() as session:
            store.save(session, file_id, {"done": 1, "leased_until": ground.now() + LEASE})
        values = file_taking.read(data, wanted, name)
    except CannotRead as error:
        values["problem"] = dict(error.fields)
    except Exception:
        log.exception("file_failed", file=file_id.hex)
    with ground.writing() as session:
        store.save(session, file_id, values)
    return 1


def clean_up(ground: Ground, now: datetime) -> int:
    """Remove files of last week."""
    with ground.writing() as session:
        return store.clean_up(session, now - KEPT)


JOBS = [
    Job("interchange.read_files", timedelta(seconds=5), read_files, _l("Read questionnaires from files"), batch=1),
    Job("interchange.clean_up_files", timedelta(hours=12), clean_up, _l("Remove files that became no questionnaire")),
]
