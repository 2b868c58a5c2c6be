"""All bytes of a database, for tests that look for what must not stand in it."""

from pathlib import Path

from sqlalchemy import text

from portal.foundation.ground import Ground


def found_in(ground: Ground, *wanted: str) -> list[str]:
    """Which of some texts stand in the clear in the file of SQLite, its log included, or in a dump of PostgreSQL."""
    dumped = _of_server(ground) if ground.db.dialect == "postgresql" else _of_file(ground)
    assert len(dumped) > 1_000  # something was read
    # bytea is shown as hex in a dump: what is in clear would be found in that form too
    return [one for one in wanted if any(form in dumped for form in _forms(one))]


def _forms(wanted: str) -> tuple[bytes, ...]:
    """A text as it is, as JSON spells it, and as hex."""
    return wanted.encode(), wanted.encode("ascii", "backslashreplace"), wanted.encode().hex().encode()


def _of_server(ground: Ground) -> bytes:
    with ground.reading() as session:
        tables = [row[0] for row in session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))]
        return "\n".join(str(row) for table in tables for row in session.execute(text(f'SELECT t::text FROM "{table}" t'))).encode()


def _of_file(ground: Ground) -> bytes:
    with ground.db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    file = Path(str(ground.db.engine.url.database))
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))
