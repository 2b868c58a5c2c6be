"""The SQL of the trail: searching it, sealing it, reading it whole."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlmodel import Session, col

from portal.audit.models import AuditEntry, AuditMark, AuditSeal
from portal.foundation.db import ids_in, insert_rows, upsert_for

PAGE = 50
Position = tuple[datetime, UUID]


def entries_of_page(session: Session, wanted: "Select[AuditEntry]", before: Position | None, limit: int = PAGE + 1) -> list[AuditEntry]:
    """Entries, the newest first, one more than a page where there are more."""
    query = wanted.order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc()).limit(limit)
    if before is not None:
        at, key = before
        query = query.where(or_(col(AuditEntry.at) < at, and_(col(AuditEntry.at) == at, col(AuditEntry.id) < key)))
    return list(session.scalars(query))


SEEN = (".reveal", ".export", ".open_file")
"""Acts that end so showed somebody's data in the clear."""


def matching(
    *,
    act: str = "",
    actor_id: str = "",
    object_id: str = "",
    object_kind: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    seen: bool = False,
    acts: Sequence[str] | None = None,
) -> "Select[AuditEntry]":
    """A search: an act (or the beginning of one, `user.`), who, about what, from a moment, before a moment.

    seen    only what showed personal data in the clear
    acts    one of these acts; None for any
    """
    query = select(AuditEntry)
    if acts is not None:
        query = query.where(col(AuditEntry.act).in_(acts))
    if seen:
        query = query.where(or_(*(col(AuditEntry.act).endswith(end, autoescape=True) for end in SEEN)))
    if object_kind:
        query = query.where(col(AuditEntry.object_kind) == object_kind)
    if act:
        query = query.where(col(AuditEntry.act).startswith(act, autoescape=True))
    if actor_id:
        query = query.where(col(AuditEntry.actor_id) == actor_id)
    if object_id:
        query = query.where(col(AuditEntry.object_id) == object_id)
    if since:
        query = query.where(col(AuditEntry.at) >= since)
    if until:
        query = query.where(col(AuditEntry.at) < until)
    return query


def counts_since(session: Session, acts: Sequence[str], since: datetime) -> dict[str, int]:
    """How often each of some acts was done since a moment."""
    query = select(col(AuditEntry.act), func.count()).where(col(AuditEntry.at) >= since, col(AuditEntry.act).in_(acts))
    return {str(act): int(count) for act, count in session.execute(query.group_by(col(AuditEntry.act)))}


def last_seal(session: Session) -> AuditSeal | None:
    """The end of the chain."""
    return session.scalars(select(AuditSeal).order_by(col(AuditSeal.n).desc()).limit(1)).one_or_none()


def seal(session: Session, n: int) -> AuditSeal | None:
    """One link of the chain."""
    return session.get(AuditSeal, n)


def sealed_entries(session: Session) -> int:
    """How many entries the chain holds."""
    return session.scalar(select(func.count()).select_from(AuditMark)) or 0


def unsealed(session: Session, limit: int) -> list[AuditEntry]:
    """Entries that wait for a seal, the oldest first."""
    marked = exists().where(col(AuditMark.entry_id) == col(AuditEntry.id))
    return list(session.scalars(select(AuditEntry).where(~marked).order_by(col(AuditEntry.at), col(AuditEntry.id)).limit(limit)))


def add_seal(session: Session, row: dict[str, Any]) -> bool:
    """Add a link to the chain; False where another process made this link first."""
    table: Any = AuditSeal.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    insert = upsert_for(session)(table)
    done = session.execute(insert.on_conflict_do_nothing(index_elements=["n"]).values(**row).returning(table.c.n))
    return done.first() is not None


def add_marks(session: Session, entry_ids: Sequence[UUID], n: int) -> None:
    """Entries that this seal holds."""
    insert_rows(session, AuditMark, [{"entry_id": key, "seal_n": n} for key in entry_ids])


def seals(session: Session) -> Iterator[AuditSeal]:
    """The whole chain, from its first link."""
    yield from session.scalars(select(AuditSeal).order_by(col(AuditSeal.n)).execution_options(yield_per=200))


def entries(session: Session, entry_ids: Sequence[UUID]) -> dict[UUID, AuditEntry]:
    """Entries by id; those that are gone are absent."""
    return {entry.id: entry for entry in session.scalars(select(AuditEntry).where(ids_in(col(AuditEntry.id), entry_ids)))}


def marks(session: Session) -> dict[UUID, int]:
    """Which seal holds which entry."""
    return {mark.entry_id: mark.seal_n for mark in session.scalars(select(AuditMark))}


def waiting(session: Session, before: datetime) -> int:
    """How many entries of before a moment no seal holds."""
    marked = exists().where(col(AuditMark.entry_id) == col(AuditEntry.id))
    return session.scalar(select(func.count()).select_from(AuditEntry).where(~marked, col(AuditEntry.at) < before)) or 0
