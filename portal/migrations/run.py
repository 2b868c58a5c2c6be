"""Run Alembic from code: upgrade, downgrade, check, and a new revision."""

import os
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text


def configuration(connection: Connection | None = None, more: Path | None = None) -> Config:
    """Alembic's settings, without a file. `more`: a folder with further revisions beside ours."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    if more is not None:
        config.set_main_option("version_locations", os.pathsep.join([str(Path(__file__).parent / "versions"), str(more)]))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision, all in one transaction."""
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the schema back to a revision."""
    _run(engine, command.downgrade, revision)


def check(engine: Engine) -> None:
    """Compare the migrated schema with the models.

    Raises  alembic.util.CommandError naming the differences
    """
    _run(engine, command.check)


def make_revision(engine: Engine, message: str, revision: str) -> None:
    """Write a new revision from the difference between the schema and the models."""
    _run(engine, lambda config: command.revision(config, message, autogenerate=True, rev_id=revision))


def heads() -> list[str]:
    """The newest revisions; there is always just one."""
    return list(ScriptDirectory.from_config(configuration()).get_heads())


def known() -> list[str]:
    """Every revision of the history."""
    return [one.revision for one in ScriptDirectory.from_config(configuration()).walk_revisions()]


def current(engine: Engine) -> str | None:
    """The revision a database is at; None where it is empty."""
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "") or None


def _run(engine: Engine, action: Any, *arguments: Any) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":  # a table that others refer to is rebuilt in batch mode
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        action(configuration(connection), *arguments)
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
