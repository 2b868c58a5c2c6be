"""What everything stands on: settings, database, keys and clock, opened once a process."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from portal.foundation.clock import Clock, CorrectedClock, SystemClock
from portal.foundation.crypto import Keys, load_keys
from portal.foundation.db import Database
from portal.foundation.settings import Settings


@dataclass(frozen=True)
class Ground:
    """Handed to views, jobs and commands; use cases get only what they need of it."""

    settings: Settings
    db: Database
    keys: Keys
    clock: Clock

    def now(self) -> datetime:
        """This moment, aware UTC."""
        return self.clock.now()

    def writing(self) -> AbstractContextManager[Session]:
        """One transaction that may write."""
        return self.db.writing()

    def reading(self) -> AbstractContextManager[Session]:
        """One transaction that only reads."""
        return self.db.reading()


def open_ground(settings: Settings, clock: Clock | None = None) -> Ground:
    """Open the database and the keys that the settings name; makes the data folder and first keys of the embedded default."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.keys_file or settings.data_dir / "keys.json"
    keys = load_keys(path, create=settings.keys_file is None, suite=settings.cipher_suite)
    database = Database(settings.effective_database_url, sqlite_synchronous=settings.sqlite_synchronous)
    own = CorrectedClock() if database.dialect == "postgresql" else SystemClock()  # with SQLite all processes share one machine
    return Ground(settings, database, keys, clock or own)
