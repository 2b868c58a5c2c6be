"""What the tests of one process keep between them, since making it anew for each costs more than the tests themselves.

Compiled SQL is kept by dialect, compiled addresses by rule. Both are pure functions of what they are kept by; databases,
apps and their state are each test's own.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from sqlalchemy import Engine
from werkzeug.routing import Rule

from portal.foundation.db import Database

_dialects: dict[str, tuple[Any, dict[Any, Any]]] = {}
_builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}
_make_builder = Rule._compile_builder


def keep_statements(database: Database) -> Database:
    """Let a new database use what was compiled for the ones before it."""
    if database.dialect not in _dialects:
        with database.engine.connect():  # the dialect learns the server's version at its first connection
            _dialects[database.dialect] = (database.engine.dialect, {})
    for engine in (database.engine, database._reader):
        _share(engine, *_dialects[database.dialect])
    return database


def keep_addresses() -> None:
    """Let each app after the first take over the functions that build its addresses."""
    Rule._compile_builder = _kept_builder  # type: ignore[method-assign]


def _share(engine: Engine, dialect: Any, statements: dict[Any, Any]) -> None:
    engine.dialect = dialect
    engine.update_execution_options(compiled_cache=statements)


def _kept_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    key = (rule.host, rule.subdomain, rule.rule, repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _make_builder(rule, append_unknown)
    made = _builders[key]
    assert isinstance(made, FunctionType)
    return made
