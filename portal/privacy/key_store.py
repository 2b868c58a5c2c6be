"""The SQL of a rotation of keys: sealed columns a batch at a time, each row changed only where it still is what was read."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Table, and_, bindparam, func, select, tuple_, update
from sqlmodel import Session

from portal.foundation.sealing import Place
from portal.privacy.models import KeyProgress


class Sealed(NamedTuple):
    """A row's key, what is sealed in it, and its blind index."""

    key: tuple[Any, ...]
    sealed: bytes
    blind: bytes | None


class Changed(NamedTuple):
    """A row as it was and as it shall be."""

    old: Sealed
    sealed: bytes
    blind: bytes | None


def batch(session: Session, place: Place, after: str, limit: int) -> list[Sealed]:
    """The next rows of a column behind a key, in the order of keys."""
    keys = _keys(place.table)
    column = place.table.c[place.column]
    index = place.table.c[place.blind] if place.blind else None
    query = select(*keys, column, *([index] if index is not None else [])).where(column.is_not(None)).order_by(*keys).limit(limit)
    if after:
        values = tuple(_value(key, text) for key, text in zip(keys, json.loads(after), strict=True))
        query = query.where(tuple_(*keys) > tuple_(*[bindparam(None, value, key.type) for key, value in zip(keys, values, strict=True)]))
    size = len(keys)
    return [
        Sealed(tuple(row[:size]), bytes(row[size]), bytes(row[size + 1]) if index is not None and row[size + 1] is not None else None)
        for row in session.connection().execute(query)
    ]


def change(session: Session, place: Place, rows: Sequence[Changed]) -> None:
    """Write rows anew; one that somebody changed or removed meanwhile is left to the next round."""
    if not rows:
        return
    table, keys = place.table, _keys(place.table)
    same = and_(*[key == bindparam(f"key_{n}") for n, key in enumerate(keys)], table.c[place.column] == bindparam("old"))
    values: dict[str, Any] = {place.column: bindparam("new")}
    if place.blind:
        values[place.blind] = bindparam("new_blind")
    given = [
        {**{f"key_{n}": value for n, value in enumerate(row.old.key)}, "old": row.old.sealed, "new": row.sealed}
        | ({"new_blind": row.blind} if place.blind else {})
        for row in rows
    ]
    session.connection().execute(update(table).where(same).values(values), given)


def position(key: tuple[Any, ...]) -> str:
    """A row's key as progress keeps it."""
    return json.dumps([str(value) for value in key])


def progress(session: Session, place: str) -> KeyProgress | None:
    """How far a column has come."""
    return session.get(KeyProgress, place)


def numbers(session: Session, table: Table, column: str) -> dict[int, int]:
    """How many blind indexes each key made."""
    first = func.substr(table.c[column], 1, 1)
    query = select(first, func.count()).where(table.c[column].is_not(None), func.length(table.c[column]) > 0).group_by(first)
    return {bytes(number)[0]: count for number, count in session.connection().execute(query)}


def _keys(table: Table) -> list[Any]:
    return list(table.primary_key.columns)


def _value(column: Any, text: str) -> Any:
    kind = column.type.python_type
    return UUID(text) if kind is UUID else kind(text)
