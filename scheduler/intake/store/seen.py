"""The keys that were seen: what makes taking an event twice, or by two processes at once, change nothing."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, col

from portal.foundation.bulk import id_array
from portal.foundation.db import dialect_of
from scheduler.intake.models import SeenKey

TABLE: Any = SeenKey.__table__  # type: ignore[attr-defined]  # SQLModel hides it
SQLITE_PAGE = 30_000
"""SQLite takes 32,766 parameters in one statement."""


_ALL_AT_ONCE = text(
    "INSERT INTO seen_key (key, digest, event_row, seen_on) SELECT decode(k, 'hex'), decode(d, 'hex'), r, :today "
    "FROM unnest(CAST(:keys AS text[]), CAST(:digests AS text[]), CAST(:rows AS uuid[])) AS claimed(k, d, r) ON CONFLICT (key) DO NOTHING"
)
"""One array a column, in PostgreSQL's own spelling: a row of parameters each costs the driver many times more."""


class Claim(NamedTuple):
    """A key that an event of this batch would be the first to hold."""

    key: bytes
    digest: bytes
    event_row: UUID


def claim(session: Session, claims: Sequence[Claim], today: date) -> dict[bytes, tuple[bytes, UUID]]:
    """Write down keys unless they are there; returns for each the digest and event row that hold it now.

    A key whose row is not the claimed one was seen before. Sorted, so that two writers that meet wait in one direction
    only; on PostgreSQL the insert waits for the other's end, and the later read sees what it left.
    """
    if not claims:
        return {}
    ordered = sorted(claims)
    done: Any = _insert(session, ordered, today)
    if done.rowcount == len(ordered):  # all are new, as nearly always: nothing needs to be read
        return {one.key: (one.digest, one.event_row) for one in ordered}
    return _held(session, [one.key for one in claims])


def _insert(session: Session, ordered: Sequence[Claim], today: date) -> Any:
    if dialect_of(session) == "postgresql":
        columns = {"keys": _hex_array(one.key for one in ordered), "digests": _hex_array(one.digest for one in ordered)}
        return session.execute(_ALL_AT_ONCE, {**columns, "rows": id_array(one.event_row for one in ordered), "today": today})
    rows = [(one.key, one.digest, one.event_row.hex, today.isoformat()) for one in ordered]
    statement = "INSERT INTO seen_key (key, digest, event_row, seen_on) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
    return session.connection().exec_driver_sql(statement, rows)


def _hex_array(values: Iterable[bytes]) -> str:
    return "{" + ",".join([value.hex() or '""' for value in values]) + "}"


def purge(session: Session, before: date, limit: int) -> int:
    """Forget keys last seen before a day; returns how many, at most `limit`."""
    old = select(col(SeenKey.key)).where(col(SeenKey.seen_on) < before).limit(limit)
    done: Any = session.execute(delete(SeenKey).where(col(SeenKey.key).in_(old)).execution_options(synchronize_session=False))
    return int(done.rowcount)


def _held(session: Session, keys: Sequence[bytes]) -> dict[bytes, tuple[bytes, UUID]]:
    found: dict[bytes, tuple[bytes, UUID]] = {}
    for page in _pages(session, keys):
        query = select(col(SeenKey.key), col(SeenKey.digest), col(SeenKey.event_row)).where(_key_in(session, page))
        found |= {bytes(key): (bytes(digest), row) for key, digest, row in session.execute(query)}
    return found


def _pages(session: Session, keys: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    size = SQLITE_PAGE if dialect_of(session) == "sqlite" else len(keys) or 1
    return (keys[start : start + size] for start in range(0, len(keys), size))


def _key_in(session: Session, keys: Sequence[bytes]) -> ColumnElement[bool]:
    if dialect_of(session) == "postgresql":
        return col(SeenKey.key) == bindparam(None, list(keys), type_=ARRAY(LargeBinary), unique=True).any_()
    return col(SeenKey.key).in_(bindparam(None, list(keys), LargeBinary(), expanding=True, unique=True))
