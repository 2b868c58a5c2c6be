"""Monthly partitions by id on PostgreSQL: events, candidates and decisions. Made ahead of time, detached when old, then dropped."""

import re
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, text

from portal.foundation.ids import first_id_of

PARTITIONED = ("event", "candidate", "decision")
_CHILD = re.compile(rf"({'|'.join(PARTITIONED)})_(\d{{4}}_\d{{2}}|rest)\Z")
BRIEF = "SET LOCAL lock_timeout = '3s'"
"""Whoever waits longer for a lock makes everybody behind it wait: better to give up and come again."""


def is_partition(table: str) -> bool:
    """Whether a table is a child of a partitioned one, or was until it was detached."""
    return _CHILD.match(table) is not None


def ensure_partitions(connection: Connection, now: datetime, ahead: int = 2) -> int:
    """Make this month's partitions and `ahead` more; return how many were new. Does nothing on SQLite.

    Note    a month is made before its first row arrives; a row of a month without one goes to `…_rest`
    """
    if connection.dialect.name != "postgresql":
        return 0
    made = 0
    known = set(connection.scalars(text("SELECT relname FROM pg_class WHERE relkind = 'r'")))
    for table in PARTITIONED:
        rest = f"{table}_rest"
        if rest not in known:
            connection.execute(text(f'CREATE TABLE "{rest}" PARTITION OF "{table}" DEFAULT'))
            made += 1
        for offset in range(ahead + 1):
            start, end = month_of(now, offset), month_of(now, offset + 1)
            name = f"{table}_{start:%Y_%m}"
            if name not in known and not _in_rest(connection, rest, start, end):
                connection.execute(
                    text(f"CREATE TABLE \"{name}\" PARTITION OF \"{table}\" FOR VALUES FROM ('{bound(start)}') TO ('{bound(end)}')")
                )
                made += 1
    return made


def _in_rest(connection: Connection, rest: str, start: datetime, end: datetime) -> bool:
    """A partition can't be made for rows that already lie in the default one; they stay there."""
    return bool(connection.scalar(text(f"SELECT EXISTS (SELECT 1 FROM \"{rest}\" WHERE id >= '{bound(start)}' AND id < '{bound(end)}')")))


def attached_before(connection: Connection, table: str, end: datetime) -> list[str]:
    """The months of a table that lie wholly before a month's first moment, as YYYY_MM, the oldest first; none on SQLite."""
    if connection.dialect.name != "postgresql":
        return []
    query = text(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent "
        "WHERE p.relname = :table ORDER BY c.relname"
    )
    months = [str(name).removeprefix(f"{table}_") for name in connection.scalars(query, {"table": table})]
    return [month for month in months if month != "rest" and month < f"{end:%Y_%m}"]


def detach(connection: Connection, table: str, month: str) -> None:
    """Take a month out of its table; its rows lie in a table of their own then. Gives up soon where the lock is not to be had."""
    connection.execute(text(BRIEF))
    connection.execute(text(f'ALTER TABLE "{table}" DETACH PARTITION "{table}_{month}"'))


def drop_detached(connection: Connection, table: str, month: str) -> bool:
    """Drop a month that was detached; False where it is not there any more, or was attached again."""
    name = f"{table}_{month}"
    query = text("SELECT 1 FROM pg_class WHERE relname = :name AND relkind = 'r' AND NOT relispartition")
    if connection.scalar(query, {"name": name}) is None:
        return False
    connection.execute(text(BRIEF))
    connection.execute(text(f'DROP TABLE "{name}"'))
    return True


def bound(moment: datetime) -> UUID:
    """The smallest id of a moment."""
    return first_id_of(int(moment.timestamp() * 1000))


def month_of(now: datetime, offset: int) -> datetime:
    """The first moment (UTC) of the month that lies so many months after this one, or before it."""
    months = now.year * 12 + now.month - 1 + offset
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def next_month(month: str) -> datetime:
    """The first moment after a month YYYY_MM."""
    year, number = month.split("_")
    return month_of(datetime(int(year), int(number), 1, tzinfo=UTC), 1)
