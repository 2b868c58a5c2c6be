"""A person's share of ideas: erased with them, given to them with all their data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.ideas.pictures import owner_of
from officers.ideas.store import erasing as store
from officers.work import photos


def erase(session: Session, customer_ids: Sequence[UUID], now: datetime) -> int:
    """Empty words, numbers and photos; an idea stays with its state and votes, so that figures stay true."""
    rows, ids = store.empty(session, customer_ids, now)
    return rows + sum(photos.remove(session, owner_of(one)) for one in ids)


def export(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Ideas, comments and votes as JSON; what a moderator hid is the person's own, and is in it."""
    plain = {"number", "title", "body", "touchpoint", "state", "reason", "grade", "votes", "submitted_at"}
    found = [{"kind": "idea", **row.model_dump(mode="json", include=plain)} for row in store.ideas_of(session, [person_id])]
    found += [{"kind": "comment", "body": row.body, "at": row.at.isoformat()} for row in store.comments_of(session, [person_id])]
    return found + [{"kind": "vote", "idea": str(row.idea_id), "at": row.at.isoformat()} for row in store.votes_of(session, [person_id])]


def rekey(session: Session, old: UUID, new: UUID, _shard: int) -> int:
    """What one person did is another's: they were found to be one."""
    return store.rekey(session, old, new)
