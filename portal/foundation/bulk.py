"""Many rows of one table at once, the fastest way each database has: COPY on PostgreSQL, one prepared statement on SQLite."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table
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


Converters = dict[type, Callable[[Any], object]]
_SQLITE: Converters = {
    UUID: lambda value: value.hex,
    datetime: sqlite_moment,
    date: date.isoformat,
    dict: _json,
    list: _json,
}
_POSTGRESQL: Converters = {dict: _json, list: _json}


def bulk_insert(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns (by column name), in one go; ids are made beforehand.

    Note    what is left out is NULL: defaults of the model do not apply
    """
    if not rows:
        return
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    names = list(rows[0])
    columns = ", ".join(f'"{table.c[name].name}"' for name in names)
    if dialect_of(session) == "postgresql":
        _copy(session, f'COPY "{table.name}" ({columns}) FROM STDIN', _converted(rows, names, _POSTGRESQL))
        return
    marks = ", ".join("?" for _ in names)
    statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})'  # noqa: S608  # names come from the model
    session.connection().exec_driver_sql(statement, _converted(rows, names, _SQLITE))


def bulk_add(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]], sums: Sequence[str]) -> None:
    """SQLite: insert rows (as `bulk_insert`), or add the columns `sums` to the row that has their primary key already.

    Note    for PostgreSQL a row each would wait for the server each time: see `questionnaires.metrics.store.counting`
    """
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    names = list(rows[0])
    columns, marks = ", ".join(f'"{table.c[name].name}"' for name in names), ", ".join("?" for _ in names)
    key = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    added = ", ".join(f'"{name}" = "{table.name}"."{name}" + excluded."{name}"' for name in (table.c[one].name for one in sums))
    statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {added}'  # noqa: S608  # names come from the model
    session.connection().exec_driver_sql(statement, _converted(rows, names, _SQLITE))


def _converted(rows: Sequence[Mapping[str, Any]], names: list[str], converters: Converters) -> list[tuple[Any, ...]]:
    """Column by column: what a column's first value is made of decides how all of them are turned; None stays None."""
    columns = []
    for name in names:
        values = [row[name] for row in rows]
        convert = converters.get(next((type(value) for value in values if value is not None), type(None)))
        columns.append([None if value is None else convert(value) for value in values] if convert else values)
    return list(zip(*columns, strict=True))


def _copy(session: Session, statement: str, rows: list[tuple[Any, ...]]) -> None:
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
