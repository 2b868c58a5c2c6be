"""Backup and restore. SQLite: an online copy in one archive; PostgreSQL: pg_dump's own form beside it. Keys go apart if wanted."""

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.ground import Ground
from portal.foundation.settings import Settings

DATABASE, DUMP, KEYS = "soundings.db", "soundings.dump", "keys.json"


def write_backup(ground: Ground, target: Path, *, keys: bool = True) -> None:
    """Write a consistent copy of the database to a `.tar.gz` readable by its owner only, with the keys or without.

    Raises  Conflict where the target exists, or pg_dump is missing or fails
    """
    if target.exists():
        raise Conflict(file=str(target))
    with tempfile.TemporaryDirectory(dir=ground.settings.data_dir) as folder:
        copy = _copy(ground, Path(folder))
        target.touch(mode=0o600)
        with tarfile.open(target, "w:gz") as archive:
            archive.add(copy, copy.name)
            if keys:
                archive.add(ground.settings.keys_file or ground.settings.data_dir / KEYS, KEYS)


def _copy(ground: Ground, folder: Path) -> Path:
    if ground.db.dialect == "postgresql":
        copy = folder / DUMP
        _run("pg_dump", ground.settings, "--format=custom", "--no-owner", f"--file={copy}")
        return copy
    copy = folder / DATABASE
    with closing(sqlite3.connect(ground.db.engine.url.database or "")) as source, closing(sqlite3.connect(copy)) as into:
        source.backup(into, pages=1000)
    return copy


def _run(program: str, settings: Settings, *options: str) -> None:
    """Run a program of PostgreSQL's; the password goes by the environment, where no list of processes shows it."""
    found = shutil.which(program)
    if found is None:
        raise Conflict(hint=f"{program} is not installed here")
    url = make_url(settings.effective_database_url)
    told = {"PGHOST": url.host or "", "PGPORT": str(url.port or 5432), "PGUSER": url.username or "", "PGPASSWORD": url.password or ""}
    told |= {"PGDATABASE": url.database or ""}
    done = subprocess.run([found, *options], env={**os.environ, **told}, capture_output=True, text=True, check=False)  # fixed words
    if done.returncode:
        raise Conflict(program=program, said=done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else "")


def read_backup(settings: Settings, source: Path, keys: Path | None = None) -> None:
    """Lay a backup into the data folder, or its dump into the empty database that the settings name.

    keys    the keys file, where the archive has none; keys go where the settings look for them, and go again where the restore fails
    Raises  Conflict where there is something already, InvalidInput where the archive is no backup or no keys are given
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = settings.keys_file or settings.data_dir / KEYS
    if place.exists() or any((settings.data_dir / name).exists() for name in (DATABASE, KEYS)):
        raise Conflict(folder=str(settings.data_dir), keys=str(place))
    try:
        if _unpack(settings.data_dir, source, keys, place) == DUMP:
            _restore_dump(settings)
    except BaseException:
        for left in (place, settings.data_dir / DATABASE):
            left.unlink(missing_ok=True)
        raise


def _unpack(folder: Path, source: Path, keys: Path | None, place: Path) -> str:
    """Lay the copy into the folder and the keys in their place. Returns the name of the copy."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            names = set(archive.getnames())
            if names - {KEYS} not in ({DATABASE}, {DUMP}) or (KEYS not in names and keys is None):
                raise InvalidInput(file=str(source))
            (copy,) = names - {KEYS}
            packed = archive.extractfile(KEYS) if KEYS in names else None
            content = packed.read() if packed is not None else keys.read_bytes() if keys is not None else b""
            with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            archive.extract(copy, folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InvalidInput(file=str(source)) from error
    return copy


def _restore_dump(settings: Settings) -> None:
    dump = settings.data_dir / DUMP
    try:
        if not settings.effective_database_url.startswith("postgresql"):
            raise Conflict(hint="this backup is of PostgreSQL: set SOUNDINGS_DATABASE_URL to an empty database")
        name = make_url(settings.effective_database_url).database or ""
        _run("pg_restore", settings, "--no-owner", "--exit-on-error", f"--dbname={name}", str(dump))
    finally:
        dump.unlink(missing_ok=True)
