"""The hot path's SQL in the driver's own words: written once, for both databases, with values turned here.

Building and caching a Core statement costs ten times what the database takes for these few; see docs/architecture.md.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

_NAME = re.compile(r"(?<!:):([a-z_]+)")
_JSON = {"answers", "flags"}


@cache
def spelled(statement: str, dialect: str) -> str:
    """A statement with `:name` places, as the driver wants it."""
    return _NAME.sub(r"%(\1)s", statement) if dialect == "postgresql" else statement


@cache
def inserting(table: str, columns: tuple[str, ...]) -> str:
    """An INSERT of one row."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(':' + name for name in columns)})"  # noqa: S608  # our own names


@cache
def inserting_scores(count: int) -> str:
    """An INSERT of several scores of one response."""
    rows = ", ".join(f"(:response_id, :indicator_{letter}, :value_{letter})" for letter in letters(count))
    return f"INSERT INTO score (response_id, indicator, value) VALUES {rows}"  # noqa: S608  # our own names


@cache
def claiming(claim: str, columns: tuple[str, ...], scores: int) -> str:
    """One statement that claims a link, keeps its response and its scores, and gives a row only where it claimed."""
    places = ", ".join(f":{name}" for name in columns)
    kept = f"WITH claimed AS ({claim} RETURNING id), kept AS (INSERT INTO response ({', '.join(columns)}) SELECT {places} FROM claimed)"  # noqa: S608  # our own names
    if not scores:
        return f"{kept} SELECT 1 FROM claimed"  # noqa: S608  # our own names
    rows = ", ".join(f"(:indicator_{letter}, CAST(:value_{letter} AS DOUBLE PRECISION))" for letter in letters(scores))
    scored = f"INSERT INTO score (response_id, indicator, value) SELECT :id, found.* FROM claimed, (VALUES {rows}) AS found"  # noqa: S608  # our own names
    return f"{kept}, scored AS ({scored}) SELECT 1 FROM claimed"  # noqa: S608  # our own names


def letters(count: int) -> list[str]:
    """Names for the places of several rows: a, b … z, aa …"""
    return ["a" * (n // 26) + chr(97 + n % 26) for n in range(count)]


def bound(values: Mapping[str, Any], dialect: str) -> dict[str, Any]:
    """Values as the columns keep them."""
    if dialect == "postgresql":
        from psycopg.types.json import Jsonb

        return {name: Jsonb(value) if name in _JSON and value is not None else value for name, value in values.items()}
    turned = dict(values)
    for name, value in values.items():
        turn = _TURNS.get(type(value))
        if turn is not None:
            turned[name] = turn(value)
    return turned


def _text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]  # without the zone, which is always the same


_TURNS: Mapping[type, Callable[[Any], Any]] = {UUID: lambda key: key.hex, datetime: _text_of, dict: json.dumps, list: json.dumps}
"""How SQLite keeps what it has no type for."""


def uuid(value: Any) -> UUID | None:
    """An id from either database."""
    return UUID(value) if isinstance(value, str) else value


@lru_cache(maxsize=256)
def often(value: Any) -> UUID:
    """An id that comes back with most requests, as that of a version does."""
    return UUID(value) if isinstance(value, str) else value


def moment(value: Any) -> datetime | None:
    """An aware instant from either database."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC) if value is not None else None


def document(value: Any) -> Any:
    """JSON from either database."""
    return json.loads(value) if isinstance(value, str) else value
