"""What the tests of one process keep between them, since making it anew for each costs more than the tests themselves.

Compiled SQL is kept by dialect, compiled addresses by rule. Both are pure functions of what they are kept by; databases,
apps and their state are each test's own.
"""

from typing import Any

from sqlalchemy import Engine, event
from werkzeug.routing import Rule

from portal.audit import words
from portal.audit.models import AuditEntry
from portal.foundation.db import Database

_dialects: dict[str, tuple[Any, dict[Any, Any]]] = {}
_rules: dict[tuple[Any, ...], Rule] = {}
_compile = Rule.compile


def keep_statements(database: Database) -> Database:
    """Let a new database use what was compiled for the ones before it."""
    if database.dialect not in _dialects:
        with database.engine.connect():  # the dialect learns the server's version at its first connection
            _dialects[database.dialect] = (database.engine.dialect, {})
    for engine in (database.engine, database._reader):
        _share(engine, *_dialects[database.dialect])
    return database


def keep_addresses() -> None:
    """Let each app after the first take over what its addresses were compiled to."""
    Rule.compile = _kept_compile  # type: ignore[method-assign,assignment]


def named_acts() -> None:
    """Let no test pass in which the product adds an act or a detail to the trail that has no name; `thing` is what tests make up."""
    event.listen(AuditEntry, "before_insert", _named)


def _named(_mapper: Any, _connection: Any, entry: AuditEntry) -> None:
    assert entry.act in words.ACTS or entry.object_kind == "thing", f"{entry.act} has no words in portal/audit/acts"
    unnamed = sorted(_names(entry.facts or {}) - set(words.FIELDS))
    assert not unnamed or entry.object_kind == "thing", f"{entry.act}: {unnamed} have no words in portal/audit/acts/details.py"


def _names(facts: dict[str, Any]) -> set[str]:
    """The names of the fields in an entry's details and in the rows of its lists; parts of a customer's data are named by their rooms."""
    rows = [one for value in facts.values() if isinstance(value, list) for one in value if isinstance(one, dict)]
    return {*facts, *(name for row in rows for name in row)}


def _share(engine: Engine, dialect: Any, statements: dict[Any, Any]) -> None:
    engine.dialect = dialect
    engine.update_execution_options(compiled_cache=statements)


def _kept_compile(rule: Rule) -> None:
    key = (rule.host, rule.subdomain, rule.rule, repr(rule.defaults), rule.merge_slashes)
    kept = _rules.get(key)
    if kept is None:
        _compile(rule)
        _rules[key] = rule
        return
    rule._parts, rule._trace, rule._converters = list(kept._parts), list(kept._trace), dict(kept._converters)
    rule.arguments |= kept.arguments
    rule._build = kept._build.__func__.__get__(rule, None)  # type: ignore[attr-defined]  # bound to the rule it was made for
    rule._build_unknown = kept._build_unknown.__func__.__get__(rule, None)  # type: ignore[attr-defined]
