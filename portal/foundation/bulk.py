"""Many rows of one table at once, the fastest way each database has: COPY on PostgreSQL, one prepared statement on SQLite."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel

from portal.foundation.db import dialect_of


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def sqlite_moment(value: datetime) -> str:
    """A time as `UtcDateTime` keeps it on SQLite."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def id_array(ids: Iterable[UUID]) -> str:
    """PostgreSQL's own spelling of an array of ids, many times faster than the driver makes one of a list."""
    return f"{{{','.join([one.hex for one in ids])}}}"


_DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
Converters = dict[type, Callable[[Any], object]]
_SQLITE: Converters = {
    UUID: lambda value: value.hex,
    datetime: sqlite_moment,
    date: date.isoformat,
    dict: _json,
    list: _json,
}
_POSTGRESQL: Converters = {dict: _json, list: _json}


Rows = Sequence[Mapping[str, Any]]


@contextmanager
def inserting(session: Session, model: type[SQLModel]) -> Iterator[Callable[[Rows], None]]:
    """As `bulk_insert`, in portions and still one statement: PostgreSQL takes in the rows while the caller makes more of them.

    Note    nothing else can be asked of the session meanwhile; SQLite, which has no process of its own, gets all of them at the end
    """
    if dialect_of(session) != "postgresql":
        gathered: list[Mapping[str, Any]] = []
        yield gathered.extend
        bulk_insert(session, model, gathered)
        return
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    with ExitStack() as open_copy:
        writers: list[Any] = []

        def put(rows: Rows) -> None:
            if not rows:
                return
            names = list(rows[0])
            if not writers:
                cursor = open_copy.enter_context(_driver(session).cursor())
                writers.append(open_copy.enter_context(cursor.copy(_copy_statement(table, names))))
            for row in _converted(rows, names, _POSTGRESQL):
                writers[0].write_row(row)

        yield put


def bulk_insert(session: Session, model: type[SQLModel], rows: Rows) -> None:
    """Insert rows that all name the same columns (by column name), in one go; ids are made beforehand.

    Note    what is left out is NULL: defaults of the model do not apply
    """
    if not rows:
        return
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    names = list(rows[0])
    if dialect_of(session) == "postgresql":
        _copy(session, _copy_statement(table, names), _converted(rows, names, _POSTGRESQL))
        return
    session.connection().exec_driver_sql(_insert(table, names), _converted(rows, names, _SQLITE))


def bulk_add(session: Session, model: type[SQLModel], rows: Rows, sums: Sequence[str]) -> None:
    """Insert rows (as `bulk_insert`), or add the columns `sums` to the row that has their primary key already; one statement.

    Note    rows sorted by key: two processes that meet the same rows then meet them in the same order
    """
    if not rows:
        return
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    names = list(rows[0])
    key = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    added = ", ".join(f'"{name}" = "{table.name}"."{name}" + excluded."{name}"' for name in (table.c[one].name for one in sums))
    conflict = f"ON CONFLICT ({key}) DO UPDATE SET {added}"
    if dialect_of(session) == "postgresql":  # one array a column: a row each would wait for the server each time
        arrays = ", ".join(f"CAST(%({name})s AS {_array_type(table.c[name].type)})" for name in names)
        statement = f'INSERT INTO "{table.name}" ({_columns(table, names)}) SELECT * FROM unnest({arrays}) {conflict}'  # noqa: S608  # names come from the model
        session.connection().exec_driver_sql(statement, {name: array_of([row[name] for row in rows]) for name in names})
        return
    session.connection().exec_driver_sql(f"{_insert(table, names)} {conflict}", _converted(rows, names, _SQLITE))


def _insert(table: Table, names: Sequence[str]) -> str:
    return f'INSERT INTO "{table.name}" ({_columns(table, names)}) VALUES ({", ".join("?" for _ in names)})'  # noqa: S608  # names come from the model


@cache
def _array_type(kind: TypeEngine[Any]) -> str:
    """Texts without their length, so that one that is too long is refused, not cut."""
    name = kind.compile(dialect=_DIALECT)
    return "text[]" if name.startswith("VARCHAR") else f"{name}[]"


def array_of(values: Sequence[Any]) -> str:
    """PostgreSQL's own spelling of an array of ids, times, days, texts or numbers; the driver makes one of a list far more slowly."""
    spelled: Callable[[Any], str] = _SPELLED.get(next((type(value) for value in values if value is not None), type(None)), str)
    return f"{{{','.join(['NULL' if value is None else spelled(value) for value in values])}}}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_SPELLED: dict[type, Callable[[Any], str]] = {
    UUID: lambda value: value.hex,
    date: date.isoformat,
    datetime: datetime.isoformat,
    str: _quoted,
}


def _converted(rows: Sequence[Mapping[str, Any]], names: list[str], converters: Converters) -> list[tuple[Any, ...]]:
    """Column by column: what a column's first value is made of decides how all of them are turned; None stays None."""
    columns = []
    for name in names:
        values = [row[name] for row in rows]
        convert = converters.get(next((type(value) for value in values if value is not None), type(None)))
        columns.append([None if value is None else convert(value) for value in values] if convert else values)
    return list(zip(*columns, strict=True))


def _columns(table: Table, names: Sequence[str]) -> str:
    return ", ".join(f'"{table.c[name].name}"' for name in names)


def _copy_statement(table: Table, names: Sequence[str]) -> str:
    return f'COPY "{table.name}" ({_columns(table, names)}) FROM STDIN'


def _driver(session: Session) -> Any:
    return session.connection().connection.driver_connection


def _copy(session: Session, statement: str, rows: list[tuple[Any, ...]]) -> None:
    with _driver(session).cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
