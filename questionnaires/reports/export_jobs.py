"""Exports are made outside the web server, with progress; stopped when their owner says so; removed after some days."""

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from questionnaires.reports import exports, files
from questionnaires.reports.store import exports as store

LEASE = timedelta(minutes=10)
KEPT = timedelta(days=7)
TELL_EVERY = 2000
PIECE = 1_000_000
log = structlog.get_logger()


class Made(NamedTuple):
    """What is to be written."""

    subject: str
    format: str
    options: dict[str, Any]


class Stopped(Exception):
    """The owner stopped the export."""


def make_exports(ground: Ground, now: datetime) -> int:
    """Make the oldest export that waits. What goes wrong is said on its page, and never tried for ever."""
    with ground.reading() as session:  # on SQLite the writer's place is asked for only where there is work
        if not store.anything(session):
            return 0
    with ground.writing() as session:
        claimed = store.claim(session, now, now + LEASE)
    if claimed is None:
        return 0
    values = {"state": "failed"}
    try:
        with tempfile.TemporaryDirectory(prefix="soundings-export-") as folder:
            path = Path(folder) / "rows"
            rows = write(ground, Made(claimed.subject, claimed.format, claimed.options), path, _telling(ground, claimed.id), now)
            size = _keep(ground, claimed.id, path)
        values = {"state": "ready", "done": rows, "total": rows, "size": size}  # type: ignore[dict-item]  # numbers beside words
    except Stopped:
        return 1
    except Exception:
        log.exception("export_failed", export=claimed.id.hex)
    with ground.writing() as session:
        store.save(session, claimed.id, {**values, "leased_until": None, "finished_at": now})
    return 1


def write(ground: Ground, export: Made, path: Path, tell: Callable[[int, int], None], now: datetime) -> int:
    """Write an export's file; how many rows it has."""
    wanted = exports.wanted_of(export.options, ZoneInfo(ground.settings.zone), now)
    done = 0
    with ground.reading() as session:
        total = store.count(session, export.subject, wanted)
        tell(0, total)
        said = export.options
        chosen = {"labels": bool(said.get("labels")), "without": said.get("without", ())}
        table = exports.table(session, export.subject, wanted, said.get("language", ""), **chosen)
        with files.writing_to(path, export.format, table.columns, now, export.subject) as writer:
            for done, row in enumerate(table.rows, 1):
                writer.row(row)
                if done % TELL_EVERY == 0:
                    tell(done, total)
    return done


def _telling(ground: Ground, export_id: UUID) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        with ground.writing() as session:
            going = store.save(session, export_id, {"done": done, "total": total, "leased_until": ground.now() + LEASE})
        if not going:
            raise Stopped

    return tell


def _keep(ground: Ground, export_id: UUID, path: Path) -> int:
    """Put the file into the database in sealed pieces, each in a short transaction; its size."""
    size = 0
    with path.open("rb") as file:
        for n, piece in enumerate(iter(lambda: file.read(PIECE), b"")):
            sealed = ground.keys.seal(piece)
            with ground.writing() as session:
                store.put_chunk(session, export_id, n, sealed)
            size += len(piece)
    return size


def clean_up(ground: Ground, now: datetime) -> int:
    """Remove exports of last week."""
    with ground.writing() as session:
        return store.clean_up(session, now - KEPT)


JOBS = [
    Job("reports.make_exports", timedelta(seconds=5), make_exports, _l("Make exports"), batch=1),
    Job("reports.clean_up_exports", timedelta(hours=12), clean_up, _l("Remove old exports")),
]
