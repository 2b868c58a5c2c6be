"""Upgrade while it serves: revision by revision, never waiting long for a lock that others would have to wait behind."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from portal.migrations.run import configuration, current

UPGRADING = 7_345_001
"""The number of the advisory lock that one upgrade holds."""
LOCK_SECONDS = 2
"""A statement that waits for a table makes everybody wait who comes after it."""
PATIENCE = 600.0
_COME_AGAIN = ("55P03", "40P01")
"""Lock not available; deadlock."""


def upgrade_serving(engine: Engine, more: Path | None = None, patience: float = PATIENCE, tell: Callable[[str], None] | None = None) -> int:
    """Bring the schema to the newest revision while web, clock and workers go on; returns how many revisions were run.

    Note    revisions only add, so that a version that is still served goes on working; on PostgreSQL each is a transaction of its
            own, on SQLite all are one: there is one writer anyway, and readers go on beside it
    Raises  sqlalchemy.exc.OperationalError where a lock was not to be had within `patience` seconds
    """
    done, until = 0, time.monotonic() + patience
    with _alone(engine):
        while _one(engine, more):
            try:
                done += _step(engine, more)
            except OperationalError as error:
                if time.monotonic() > until or not _passes(error):
                    raise
                if tell:
                    tell("a table is busy; trying again")
                time.sleep(0.5)
    return done


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Wait for another upgrade's end; the lock goes with the connection, however this process ends."""
    if engine.dialect.name == "sqlite":  # there it is the writer's place
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": UPGRADING})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": UPGRADING})


def _one(engine: Engine, more: Path | None) -> bool:
    return current(engine) not in ScriptDirectory.from_config(configuration(more=more)).get_heads()


def _step(engine: Engine, more: Path | None) -> int:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return _all_on_sqlite(connection, more)
        connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
        connection.commit()
        try:
            command.upgrade(configuration(connection, more), "+1")
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SET lock_timeout = 0"))
            connection.commit()
    return 1


def _all_on_sqlite(connection: Connection, more: Path | None) -> int:
    """A table that others refer to is rebuilt in batch mode, so that references are not looked at meanwhile."""
    for statement in ("COMMIT", "PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"):
        connection.exec_driver_sql(statement)
    try:
        command.upgrade(configuration(connection, more), "head")
        connection.commit()
    finally:
        for statement in ("COMMIT", "PRAGMA foreign_keys=ON", "BEGIN IMMEDIATE"):
            connection.exec_driver_sql(statement)
    return 1


def _passes(error: OperationalError) -> bool:
    """Whether it is only that somebody else holds what is needed."""
    return getattr(error.orig, "sqlstate", None) in _COME_AGAIN or "database is locked" in str(error.orig)
