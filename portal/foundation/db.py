"""The database: one engine, two kinds of transaction, the column types and set-based helpers that all rooms use."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Integer,
    String,
    TableValuedAlias,
    TypeDecorator,
    Uuid,
    bindparam,
    column,
    create_engine,
    event,
)
from sqlalchemy import insert as core_insert
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeEngine
from sqlmodel import Session, SQLModel

from portal.foundation.quick import Lane, Lanes

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SQLModel.model_config["defer_build"] = True  # rows are not validated: what pydantic would need for that is made where it is asked for

Json = JSON().with_variant(JSONB(), "postgresql")
"""A JSON document: JSONB on PostgreSQL, text on SQLite."""


PRAGMAS = ("journal_mode=WAL", "wal_autocheckpoint=8000", "foreign_keys=ON", "busy_timeout=15000", "temp_store=MEMORY")
"""Of every connection to SQLite. The log is taken over every 32 MB instead of every 4: a page that many commits change is then
written once, and the disk is waited for an eighth as often."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: timestamptz on PostgreSQL, ISO text in UTC on SQLite, which knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time reached the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Always aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _SetOf(TypeDecorator[Any]):
    """Any number of values in one bound parameter: an array on PostgreSQL, a JSON list on SQLite."""

    impl = String
    cache_ok = True
    item: TypeEngine[Any] = String()

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        if dialect.name == "postgresql":
            return values
        return json.dumps([one.hex if isinstance(one, UUID) else one for one in values])


class _IdSet(_SetOf):
    """Ids, on PostgreSQL in its own spelling of an array: the driver takes many times longer over a list."""

    cache_ok = True
    item = Uuid()

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(NullType() if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        if dialect.name == "postgresql":
            return f"{{{','.join([str(one) if not isinstance(one, UUID) else one.hex for one in value or ()])}}}"
        return super().process_bind_param(value, dialect)


class _KeySet(_SetOf):
    cache_ok = True
    item = String()


class _InSet(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True
    name = "in_set"
    _is_implicitly_boolean = True  # or SQLite is asked for `… IN (…) = 1`, which no index serves


@compiles(_InSet)
def _in_set_default(element: _InSet, compiler: Any, **kw: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **kw)} IN (SELECT value FROM json_each({compiler.process(values, **kw)}))"  # noqa: S608  # compiled parts


@compiles(_InSet, "postgresql")
def _in_set_postgresql(element: _InSet, compiler: Any, **kw: Any) -> str:
    column, values = element.clauses
    array = compiler.process(values, **kw)
    return f"{compiler.process(column, **kw)} = ANY({f'CAST({array} AS UUID[])' if isinstance(values.type, _IdSet) else array})"


def ids_in(column: Any, ids: Iterable[UUID]) -> ColumnElement[bool]:
    """`column` is one of `ids`, as one bound parameter whatever their number."""
    return _InSet(column, bindparam(None, list(ids), type_=_IdSet(), unique=True))


def ids_named(column: Any, name: str) -> ColumnElement[bool]:
    """`column` is one of the ids that are bound by a name when the statement runs; for statements that are written once."""
    return _InSet(column, bindparam(name, type_=_IdSet()))


class _Listed(FunctionElement[Any]):
    inherit_cache = True
    name = "listed"


@compiles(_Listed)
def _listed_default(element: _Listed, compiler: Any, **kw: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kw)})"


@compiles(_Listed, "postgresql")
def _listed_postgresql(element: _Listed, compiler: Any, **kw: Any) -> str:
    array = f"unnest(CAST({compiler.process(element.clauses, **kw)} AS UUID[])) WITH ORDINALITY AS one(id, place)"
    return f"(SELECT CAST(place - 1 AS integer) AS key, id AS value FROM {array})"  # noqa: S608  # compiled parts


def ids_listed(name: str) -> TableValuedAlias:
    """The ids that are bound by a name when the statement runs, as a table: `key` is an id's place among them from 0, `value` the id.

    Note    for many rows that belong to few ids: a place is read many times faster than an id
    """
    listed = _Listed(bindparam(name, type_=_IdSet()))
    return listed.table_valued(column("key", Integer()), column("value", Uuid()), name="listed")


def keys_in(column: Any, keys: Iterable[str]) -> ColumnElement[bool]:
    """`column` (text) is one of `keys`, as one bound parameter whatever their number."""
    return _InSet(column, bindparam(None, list(keys), type_=_KeySet(), unique=True))


def keys_named(column: Any, name: str) -> ColumnElement[bool]:
    """`column` (text) is one of the keys that are bound by a name when the statement runs."""
    return _InSet(column, bindparam(name, type_=_KeySet()))


class Database:
    """One database of either kind, and how transactions are opened on it."""

    def __init__(self, url: str, *, sqlite_synchronous: str = "NORMAL", pooled: bool = True) -> None:
        self.url = url
        self.dialect = "sqlite" if url.startswith("sqlite") else "postgresql"
        self.engine = _sqlite_engine(url, sqlite_synchronous, pooled) if self.dialect == "sqlite" else _postgresql_engine(url, pooled)
        self._reader = self.engine.execution_options(reading=True)
        unpooled = _sqlite_engine(url, sqlite_synchronous, False) if self.dialect == "sqlite" else _postgresql_engine(url, False)
        self._lanes = Lanes(unpooled, self.engine)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that may write; on SQLite it holds the writer's place from its first statement."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that only reads: a steady picture, rolled back at its end."""
        with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    def glance(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        """Rows of one SELECT in the driver's own SQL, outside any transaction; for the hottest path."""
        return self._lanes.glance(statement, values)

    def quick(self) -> AbstractContextManager[Lane]:
        """One writing transaction in the driver's own SQL; for the hottest path."""
        return self._lanes.quick()

    def close(self) -> None:
        """Give all connections back."""
        self._lanes.close()
        self.engine.dispose()


def _sqlite_engine(url: str, synchronous: str, pooled: bool) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 15}, **({} if pooled else {"poolclass": NullPool}))

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # The driver's own transactions lose updates: it begins late and unlocked, so the events below begin for it.
        connection.isolation_level = None
        for pragma in (*PRAGMAS, f"synchronous={synchronous}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql_engine(url: str, pooled: bool) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, **({"pool_size": 2, "max_overflow": 8, "pool_pre_ping": True} if pooled else {"poolclass": NullPool})
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # Times then arrive as UTC from the driver's compiled code: other zones cost several microseconds a value.
        # And no plan of ours runs as long as the server would take to compile it, whatever it guesses of the number of rows.
        before, connection.autocommit = connection.autocommit, True
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute("SET jit = off")
        connection.autocommit = before

    return engine


def insert_rows(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows of one table; every row carries the same columns, ids made beforehand."""
    if rows:
        session.execute(core_insert(model.__table__), list(rows))  # type: ignore[attr-defined]  # SQLModel hides __table__


def upsert_for(session: Session) -> Any:
    """The dialect's `insert`, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    return insert


def dialect_of(session: Session) -> str:
    """`sqlite` or `postgresql`."""
    return str(session.get_bind().dialect.name)
