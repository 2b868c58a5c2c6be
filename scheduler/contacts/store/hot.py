"""Reading many rows where every microsecond is paid ten thousand times: no objects in between, ids turned once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Uuid, select, type_coerce
from sqlmodel import Session

from portal.foundation.db import UtcDateTime, dialect_of

Decoder = Callable[[Any], Any]
uuid_of = lru_cache(maxsize=100_000)(UUID)
"""One person's id stands in five tables of a batch; SQLite keeps it as text."""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


def read(session: Session, columns: Sequence[Any], build: Callable[[Select[Any]], Select[Any]]) -> Iterator[Sequence[Any]]:
    """The rows of `build(select(columns))`, values as the models would give them.

    PostgreSQL's driver makes ids and times by itself; SQLite's text is turned here, past the types' own slower way
    """
    connection = session.connection()
    if dialect_of(session) == "postgresql":
        yield from connection.execute(build(select(*columns))).all()
        return
    decoders: list[tuple[int, Decoder]] = []
    plain = []
    for place, column in enumerate(columns):
        decoder = _decoder(column.type)
        if decoder:
            decoders.append((place, decoder))
        plain.append(type_coerce(column, String) if decoder else column)
    for row in connection.execute(build(select(*plain))).all():
        values = list(row)
        for place, decode in decoders:
            if (value := values[place]) is not None:
                values[place] = decode(value)
        yield values


def _decoder(kind: Any) -> Decoder | None:
    if isinstance(kind, UtcDateTime):
        return _moment
    return uuid_of if isinstance(kind, Uuid) else None
