"""Logs in a file a day, kept as long as the law asks (网络安全法: at least six months). Any number of processes write one file."""

import logging
import os
import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

NAMED = re.compile(r"soundings-(\d{4}-\d{2}-\d{2})\.log\Z")


class DailyFile(logging.Handler):
    """Appends whole lines to `soundings-<day>.log`; on a new day it removes files that were kept long enough.

    One `write` a line on a file opened for appending: lines of several processes do not mix, and nothing is renamed that
    another process still writes to.
    """

    def __init__(self, folder: Path, kept_days: int) -> None:
        """Nothing is opened before the first line."""
        super().__init__()
        self._folder, self._kept = folder, timedelta(days=kept_days)
        self._day: date | None = None
        self._file = -1

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a full disk must not stop the work that is logged."""
        try:
            day = datetime.fromtimestamp(record.created, UTC).date()
            if day != self._day:
                self._begin(day)
            os.write(self._file, (self.format(record) + "\n").encode(errors="replace"))
        except OSError:
            self.handleError(record)

    def close(self) -> None:
        """Let go of the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        super().close()

    def _begin(self, day: date) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(self._folder / f"soundings-{day}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._day = day
        for path in self._folder.iterdir():
            found = NAMED.match(path.name)
            if found and date.fromisoformat(found[1]) < day - self._kept:
                with suppress(FileNotFoundError):  # another process was first
                    path.unlink()
