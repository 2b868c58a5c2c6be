"""Where a file's events wait to be put in order of time: a private temporary database on disk, in bounded memory.

SQLite does what an external merge sort by hand would do: it keeps a few megabytes in memory, spills the rest into a file
without a name, and sorts on reading. Its unique key finds the duplicates within a file of any size on the way.
"""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from enum import Enum

CACHE_KIB = 16_384


class Kept(Enum):
    """What became of an event that was put into the spool."""

    NEW = "new"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


class Spool:
    """Events by their id, given back in order of time; rejected rows in order of the file."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._db.execute("PRAGMA temp_store = FILE")
        self._db.execute("CREATE TABLE event (event_id TEXT PRIMARY KEY, at TEXT, line INTEGER, digest BLOB, body BLOB) WITHOUT ROWID")
        self._db.execute("CREATE TABLE rejected (line INTEGER, reason TEXT)")
        self._db.execute("BEGIN")

    def add(self, line: int, event_id: str, at: datetime, digest: bytes, body: bytes) -> Kept:
        """Keep an event; the first of an id stands, an equal one is a duplicate, another one a conflict."""
        row = (event_id, _key(at), line, digest, body)
        added = self._db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
        if added.rowcount == 1:
            return Kept.NEW
        (first,) = self._db.execute("SELECT digest FROM event WHERE event_id = ?", (event_id,)).fetchone()
        return Kept.DUPLICATE if first == digest else Kept.CONFLICT

    def reject(self, line: int, reason: str) -> None:
        """Note a row that can't be taken."""
        self._db.execute("INSERT INTO rejected VALUES (?, ?)", (line, reason))

    def bodies(self) -> Iterator[tuple[int, bytes]]:
        """All events with their line, by time, those of one instant by their id, so that the file's own order never shows."""
        yield from self._db.execute("SELECT line, body FROM event ORDER BY at, event_id")

    def rejections(self) -> Iterator[tuple[int, str]]:
        """Line and reason of every rejected row."""
        yield from self._db.execute("SELECT line, reason FROM rejected ORDER BY line, rowid")

    def close(self) -> None:
        """Let go of the temporary file."""
        self._db.close()


def _key(at: datetime) -> str:
    return at.strftime("%Y%m%d%H%M%S%f")  # always UTC here, and of one width: orders as text
