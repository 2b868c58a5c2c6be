"""Backup and restore of the embedded database with its keys. PostgreSQL has pg_dump."""

import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.ground import Ground
from portal.foundation.settings import Settings

MEMBERS = ("soundings.db", "keys.json")


def write_backup(ground: Ground, target: Path) -> None:
    """Write a consistent copy of the database and the keys to a `.tar.gz`, readable by its owner only.

    Raises  Conflict on PostgreSQL, or where the target exists
    """
    if ground.db.dialect != "sqlite":
        raise Conflict(hint="use pg_dump for PostgreSQL, and keep the keys file with it")
    if target.exists():
        raise Conflict(file=str(target))
    with tempfile.TemporaryDirectory(dir=ground.settings.data_dir) as folder:
        copy = Path(folder) / MEMBERS[0]
        with closing(sqlite3.connect(ground.db.engine.url.database or "")) as source, closing(sqlite3.connect(copy)) as into:
            source.backup(into, pages=1000)
        target.touch(mode=0o600)
        with tarfile.open(target, "w:gz") as archive:
            archive.add(copy, MEMBERS[0])
            archive.add(ground.settings.keys_file or ground.settings.data_dir / MEMBERS[1], MEMBERS[1])


def read_backup(settings: Settings, source: Path) -> None:
    """Lay the database and keys of a backup into the data folder.

    Raises  Conflict where the folder holds a database already, InvalidInput where the archive is no backup
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any((settings.data_dir / name).exists() for name in MEMBERS):
        raise Conflict(folder=str(settings.data_dir))
    try:
        with tarfile.open(source, "r:gz") as archive:
            if sorted(archive.getnames()) != sorted(MEMBERS):
                raise InvalidInput(file=str(source))
            archive.extractall(settings.data_dir, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InvalidInput(file=str(source)) from error
