"""The migrated schema is what the models say, triggers, checks and partial indexes included, and goes up and down with data in it."""

import re
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from portal.audit.trail import Actor, record
from portal.foundation.db import Database
from portal.foundation.ground import Ground
from portal.migrations import run
from portal.migrations.partitions import PARTITIONED, ensure_partitions, is_partition
from portal.migrations.triggers import APPEND_ONLY, expected
from tests.bank import Sample
from tests.conftest import NOON


def test_there_is_one_head_and_the_database_is_at_it(db: Database) -> None:
    assert run.heads() == [run.current(db.engine)]


def test_alembic_finds_no_difference(db: Database) -> None:
    run.check(db.engine)


def _triggers(connection: Connection) -> set[str]:
    if connection.dialect.name == "postgresql":
        rows = connection.scalars(
            text("SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND NOT relispartition")
        )
        return set(rows)
    return set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))


def test_the_triggers_are_there(db: Database) -> None:
    with db.engine.connect() as connection:
        assert _triggers(connection) == expected(db.dialect)


def _plain(condition: str) -> str:
    """A condition without what PostgreSQL adds: casts, brackets, quotes, `= ANY (ARRAY[…])` for IN."""
    condition = re.sub(r"::(character varying|double precision|[a-z_]+)(\[\])?", "", condition.lower())
    condition = re.sub(r"= any \(\(?array\[(.*?)\]\)?\)", r"in (\1)", condition)
    condition = re.sub(r"<> all \(\(?array\[(.*?)\]\)?\)", r"not in (\1)", condition)
    condition = re.sub(r"\(?(\S+) >= (\S+)\)? and \(?\1 <= (\S+?)\)?(?=\)| and |$)", r"\1 between \2 and \3", condition)
    return re.sub(r"[()\"\s]", "", condition)


def test_every_check_of_the_models_guards_the_table(db: Database) -> None:
    found = inspect(db.engine)
    for table in SQLModel.metadata.sorted_tables:
        wanted = {str(c.name): _plain(str(c.sqltext)) for c in table.constraints if isinstance(c, CheckConstraint)}
        there = {str(c["name"]): _plain(c["sqltext"]) for c in found.get_check_constraints(table.name)}
        assert there == wanted, table.name


def test_every_partial_index_of_the_models_is_partial(db: Database) -> None:
    for table in SQLModel.metadata.sorted_tables:
        there = {index["name"]: index for index in inspect(db.engine).get_indexes(table.name)}
        for index in table.indexes:
            options: dict[str, Any] = there[index.name].get("dialect_options", {})
            clause = index.dialect_options[db.dialect]["where"]
            found = options.get(f"{db.dialect}_where")
            assert (found is None) == (clause is None), index.name
            if clause is not None:
                assert _plain(str(found)) == _plain(str(clause)), index.name


@pytest.mark.parametrize(("table", "column"), [("audit_entry", "act"), ("consent", "purpose")])
def test_rows_of_append_only_tables_cannot_be_changed(db: Database, ground: Ground, sample: Sample, table: str, column: str) -> None:
    with db.writing() as session:
        record(session, Actor.system("test"), "test.act", "thing", None, NOON)
    sample.customer("A1")
    assert table in APPEND_ONLY
    for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="append-only"), db.writing() as session:
            session.execute(text(statement))


def test_the_schema_goes_down_and_up_with_data_in_it(db: Database, sample: Sample) -> None:
    sample.customer("A1")
    run.downgrade(db.engine)
    assert [name for name in inspect(db.engine).get_table_names() if name != "alembic_version"] == []
    run.upgrade(db.engine)
    run.check(db.engine)


def test_partitions_are_made_ahead_and_only_once(db: Database) -> None:
    with db.engine.begin() as connection:
        assert ensure_partitions(connection, NOON.replace(year=2031)) == (0 if db.dialect == "sqlite" else 3 * len(PARTITIONED))
        assert ensure_partitions(connection, NOON.replace(year=2031)) == 0
    if db.dialect == "postgresql":
        children = [name for name in inspect(db.engine).get_table_names() if is_partition(name)]
        assert "decision_2031_06" in children
        assert "event_rest" in children
