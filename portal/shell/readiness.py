"""Whether this process may be given requests: the database answers, and its schema is one that this version can work with."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from portal.foundation.ground import Ground
from portal.migrations import run as migrations


@cache
def served_version() -> str:
    """The version of the product that this process serves."""
    try:
        return version("soundings")
    except PackageNotFoundError:  # started from a wheel that was only unpacked
        return "unknown"


@cache
def _revisions() -> tuple[str, frozenset[str]]:
    """The newest revision that this version knows, and all it knows."""
    return migrations.heads()[0], frozenset(migrations.known())


def schema_state(current: str | None) -> str:
    """`current`; `behind` where `db upgrade` is still to be run; `ahead` where a newer version has run it, which this one can serve."""
    head, known = _revisions()
    return "current" if current == head else "behind" if current is None or current in known else "ahead"


def readiness(ground: Ground, *, known: bool = True) -> tuple[dict[str, Any], int]:
    """What /readyz answers, and its status: 503 while the database does not answer or its schema is behind.

    known   the asker may know versions and revisions: by them a stranger would learn which holes to try
    """
    told: dict[str, Any] = {"version": served_version(), "serves": _revisions()[0]} if known else {}
    try:
        current = migrations.current(ground.db.engine)
    except SQLAlchemyError:
        return {**told, "status": "database_does_not_answer"}, 503
    state = schema_state(current)
    ready = state != "behind"
    revision = {"revision": current} if known else {}
    return {**told, "status": "ready" if ready else "schema_behind", "schema": state, **revision}, 200 if ready else 503
