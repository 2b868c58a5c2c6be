"""Alembic's environment; `portal.migrations.run` calls it with an open connection."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Column, Connection
from sqlmodel import SQLModel

from portal.migrations.partitions import is_partition


def include_object(_thing: object, name: str | None, kind: str, reflected: bool, _compare_to: object) -> bool:
    """Leave the children of partitioned tables out of comparisons."""
    return not (kind == "table" and reflected and name is not None and is_partition(name))


def render_item(kind: str, thing: Any, autogen: Any) -> str | Literal[False]:
    """Write our column types by name, so that a revision does not depend on how SQLModel spells them."""
    if kind != "type":
        return False
    name = type(thing).__name__
    if name == "AutoString":
        return f"sa.String(length={thing.length})" if thing.length else "sa.Text()"
    if name == "UtcDateTime":
        autogen.imports.add("from portal.foundation.db import UtcDateTime")
        return "UtcDateTime()"
    if name == "JSON":
        autogen.imports.add("from portal.foundation.db import Json")
        return "Json"
    return False


def compare_type(_context: Any, _inspected: Column[Any], _metadata: Column[Any], inspected_type: Any, metadata_type: Any) -> bool | None:
    """SQLite knows only affinities: JSON, times and ids come back as other names for the same thing."""
    same = {
        ("DATETIME", "UtcDateTime"),
        ("TIMESTAMP", "UtcDateTime"),
        ("JSON", "JSON"),
        ("JSONB", "JSON"),
        ("CHAR", "Uuid"),
        ("NUMERIC", "Uuid"),
    }
    return False if (type(inspected_type).__name__, type(metadata_type).__name__) in same else None


def run(connection: Connection) -> None:
    """Run what the command asked for on this connection."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        include_object=include_object,
        render_item=render_item,
        compare_type=compare_type,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
