"""Reading many rows where every microsecond is paid ten thousand times: no objects in between, ids turned once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Select, String, Uuid, select, type_coerce
from sqlmodel import Session

from portal.foundation.db import UtcDateTime, dialect_of

Decoder = Callable[[Any], Any]
Rows = Iterable[tuple[Any, ...]]
uuid_of = lru_cache(maxsize=100_000)(UUID)
"""One person's id stands in five tables of a batch; SQLite keeps it as text."""
_INSTANT = DateTime(timezone=True)
_parsed = datetime.fromisoformat


def moments(texts: Iterable[str | None]) -> list[datetime | None]:
    """A column of times as SQLite keeps them."""
    return [None if one is None else _parsed(one + "+00:00") for one in texts]


def ids(texts: Iterable[str | None]) -> list[UUID | None]:
    """A column of ids as SQLite keeps them."""
    return [None if one is None else uuid_of(one) for one in texts]


def read(session: Session, columns: Sequence[Any], build: Callable[[Select[Any]], Select[Any]]) -> Rows:
    """The rows of `build(select(columns))`, values as the models would give them.

    PostgreSQL's driver makes ids and times by itself; SQLite's text is turned here, past the types' own slower way
    """
    connection = session.connection()
    if dialect_of(session) == "postgresql":
        plain = [type_coerce(column, _INSTANT) if isinstance(column.type, UtcDateTime) else column for column in columns]
        return map(tuple, connection.execute(build(select(*plain))).all())
    decoders = [_decoder(column.type) for column in columns]
    texts = [type_coerce(column, String) if decode else column for column, decode in zip(columns, decoders, strict=True)]
    rows = connection.execute(build(select(*texts))).all()
    if not rows:
        return ()
    turned = (decode(values) if decode else values for decode, values in zip(decoders, zip(*rows, strict=True), strict=True))
    return zip(*turned, strict=True)


def _decoder(kind: Any) -> Decoder | None:
    if isinstance(kind, UtcDateTime):
        return moments
    return ids if isinstance(kind, Uuid) else None
