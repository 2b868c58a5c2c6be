"""The SQL of the processes that are at work."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.foundation.db import upsert_for
from scheduler.engine import store
from scheduler.engine.models import Node

SILENT = timedelta(seconds=45)
"""Without a beat for so long, a process is held to be gone."""


def beat(session: Session, row: dict[str, Any]) -> None:
    """Write that a process is at work; the database's time is its beat."""
    now = store.database_now(session)
    insert = upsert_for(session)(Node).values(**row, started_at=now, beat_at=now)
    changed = {"beat_at": now, **{name: row[name] for name in ("skew_ms", "doing", "revision")}}
    session.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed))


def gone(session: Session, node_id: str) -> None:
    """A process ends in good order."""
    session.execute(delete(Node).where(col(Node.id) == node_id))


def forget(session: Session, before: datetime) -> int:
    """Forget processes that were not heard of since."""
    done: Any = session.execute(delete(Node).where(col(Node.beat_at) < before))
    return int(done.rowcount)


def nodes(session: Session) -> list[Node]:
    """All that are known, by kind and id."""
    return list(session.scalars(select(Node).order_by(col(Node.kind), col(Node.id))))
