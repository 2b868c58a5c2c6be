"""A customer who is an officer and asks to be forgotten: words and photos go, verdicts and figures stay under a bare id."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import roster
from officers.work import photos
from officers.work.store import claims as store
from officers.work.store import forgetting
from officers.work.store import photos as photo_store


def erase(session: Session, customer_ids: Sequence[UUID], _now: datetime) -> int:
    """Empty what these customers wrote as officers and remove their photos; returns how many submissions."""
    found = [one.id for customer_id in customer_ids if (one := roster.of_customer(session, customer_id)) is not None]
    for owner in photo_store.owners_of(session, found):
        photos.remove(session, owner)
    forgetting.forget_notes(session, found)
    return store.forget(session, found)


def export(session: Session, customer_id: UUID) -> list[dict[str, Any]]:
    """What a customer handed in as an officer, as JSON."""
    officer = roster.of_customer(session, customer_id)
    rows = store.of_officer(session, officer.id, 10_000) if officer else []
    return [
        {
            "task": row.task.title_en, "claimed_at": row.claim.claimed_at.isoformat(), "state": row.submission.state,
            "title": row.submission.title, "text": row.submission.text, "steps": row.submission.steps, "reply": row.submission.reply,
        }
        for row in rows
    ]  # fmt: skip
