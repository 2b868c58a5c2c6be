"""An erased customer's words go from verbatims and feedback; topics, moods and scores stay, so that figures do not change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from questionnaires.analysis.store import texts as store
from questionnaires.analysis.store import value as value_store


def erase(session: Session, customer_ids: Sequence[UUID], _now: datetime) -> int:
    """Take out words, and the bank's figures about these customers; returns how many rows changed."""
    verbatims, told = store.of_customers(session, customer_ids)
    return store.erase(session, verbatims, told) + value_store.forget(session, customer_ids)


def expire(session: Session, _done: str, before: datetime, limit: int) -> tuple[int, str]:
    """Words that were kept long enough go; topics, moods and scores stay."""
    verbatims, told = store.spoken_before(session, before, limit)
    store.erase(session, verbatims, told)
    return max(len(verbatims), len(told)), ""


def export(session: Session, customer_id: UUID) -> list[dict[str, Any]]:
    """What the customer said without a questionnaire, for their copy."""
    return [
        {"said_at": row.said_at, "channel": row.channel, "words": row.words, "stars": row.stars}
        for row in store.feedback_of(session, customer_id)
    ]
