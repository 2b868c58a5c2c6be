"""Monthly partitions by id on PostgreSQL: events, candidates and decisions."""

import re
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from portal.foundation.ids import first_id_of

PARTITIONED = ("event", "candidate", "decision")
_CHILD = re.compile(rf"({'|'.join(PARTITIONED)})_(\d{{4}}_\d{{2}}|rest)\Z")


def is_partition(table: str) -> bool:
    """Whether a table is a child of a partitioned one."""
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
            start, end = _month(now, offset), _month(now, offset + 1)
            name = f"{table}_{start:%Y_%m}"
            if name not in known and not _in_rest(connection, rest, start, end):
                connection.execute(
                    text(f"CREATE TABLE \"{name}\" PARTITION OF \"{table}\" FOR VALUES FROM ('{_bound(start)}') TO ('{_bound(end)}')")
                )
                made += 1
    return made


def _in_rest(connection: Connection, rest: str, start: datetime, end: datetime) -> bool:
    """A partition can't be made for rows that already lie in the default one; they stay there."""
    return bool(connection.scalar(text(f"SELECT EXISTS (SELECT 1 FROM \"{rest}\" WHERE id >= '{_bound(start)}' AND id < '{_bound(end)}')")))


def _bound(moment: datetime) -> str:
    return str(first_id_of(int(moment.timestamp() * 1000)))


def _month(now: datetime, offset: int) -> datetime:
    months = now.year * 12 + now.month - 1 + offset
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
