"""The SQL of kept answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.foundation.db import upsert_for
from portal.people.access_models import KeptAnswer


def add(session: Session, row: dict[str, Any]) -> bool:
    """Claim a key; False where somebody holds it. Of two at once one waits here for the other's commit."""
    table: Any = KeptAnswer.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    done = session.execute(
        upsert_for(session)(table).values(**row).on_conflict_do_nothing(index_elements=["key_hash"]).returning(table.c.key_hash)
    )
    return done.first() is not None


def kept(session: Session, key: bytes) -> KeptAnswer | None:
    """A claim or answer, held until the transaction ends."""
    return session.scalars(select(KeptAnswer).where(col(KeptAnswer.key_hash) == key).with_for_update()).one_or_none()


def drop(session: Session, key: bytes) -> None:
    """Give a claim back."""
    session.execute(delete(KeptAnswer).where(col(KeptAnswer.key_hash) == key))


def drop_old(session: Session, now: datetime) -> int:
    """Forget what has expired."""
    gone = session.execute(delete(KeptAnswer).where(col(KeptAnswer.expires_at) <= now))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # the result of a delete has it
