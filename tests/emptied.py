"""One PostgreSQL database a test process, emptied after each test: making one anew costs as much as ten tests.

A test that changes the schema is noticed by the catalogue's fingerprint, and the next one gets a new database.
"""

import os

import psycopg
from psycopg import sql

from portal.foundation.db import Database
from portal.foundation.ids import new_id
from portal.migrations import run as migrations

_FINGERPRINT = """
SELECT array[(SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
             (SELECT max(oid)::bigint FROM pg_class WHERE relnamespace = 'public'::regnamespace),
             (SELECT count(*) FROM pg_trigger), (SELECT coalesce(max(oid)::bigint, 0) FROM pg_trigger),
             (SELECT count(*) FROM pg_constraint), (SELECT max(oid)::bigint FROM pg_constraint),
             (SELECT count(*) FROM pg_attribute)]
"""
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'alembic_version'
"""
_OTHERS_OUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class Emptied:
    """The database of this process; made when first asked for."""

    def __init__(self) -> None:
        self._name = ""
        self._own: psycopg.Connection[tuple[object, ...]] | None = None
        self._made: object = None
        self._filled: sql.Composed | None = None
        self._delete: dict[str, sql.Composed] = {}

    def database(self) -> str:
        """The address of the database, which is empty."""
        if self._own is None:
            self._make()
        return _address(self._name)

    def empty(self) -> None:
        """Take out whatever a test wrote; a database whose schema it changed is dropped."""
        own = self._own
        if own is None or self._filled is None:
            return
        own.execute(_OTHERS_OUT)
        if _one(own, _FINGERPRINT) != self._made or migrations_at(own) != migrations.heads():
            self.drop()
            return
        filled = _one(own, self._filled)
        if isinstance(filled, list) and filled:
            with own.transaction():
                for name in filled:
                    own.execute(self._delete[name])

    def drop(self) -> None:
        """Drop it; the next test gets a new one."""
        if self._own is not None:
            self._own.close()
            self._own = None
            _admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._name)))

    def _make(self) -> None:
        self._name = f"test_{new_id().hex}"
        _admin(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._name)))
        database = Database(_address(self._name), pooled=False)
        migrations.upgrade(database.engine)
        database.close()
        own = self._own = psycopg.connect(_address(self._name).replace("+psycopg", ""), autocommit=True)
        own.execute("SET session_replication_role = replica")  # append-only tables are emptied too
        tables = [str(name) for (name,) in own.execute(_TABLES)]
        self._delete = {name: sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables}
        tests = [
            sql.SQL("CASE WHEN EXISTS (SELECT 1 FROM {}) THEN {} END").format(sql.Identifier(name), sql.Literal(name)) for name in tables
        ]
        self._filled = sql.SQL("SELECT array_remove(array[{}]::text[], NULL)").format(sql.SQL(", ").join(tests))
        filled = _one(own, self._filled)
        assert filled == [], f"migrations fill {filled}, which emptying would lose"
        self._made = _one(own, _FINGERPRINT)


def migrations_at(own: "psycopg.Connection[tuple[object, ...]]") -> list[str]:
    """The revision a database is at."""
    return [str(number) for (number,) in own.execute("SELECT version_num FROM alembic_version")]


def _one(own: "psycopg.Connection[tuple[object, ...]]", statement: str | sql.Composed) -> object:
    row = own.execute(statement).fetchone()
    return row[0] if row else None


def _address(name: str) -> str:
    return os.environ["SOUNDINGS_TEST_POSTGRES"].rsplit("/", 1)[0] + f"/{name}"


def _admin(statement: sql.Composed) -> None:
    with psycopg.connect(os.environ["SOUNDINGS_TEST_POSTGRES"].replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)
