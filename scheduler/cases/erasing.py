"""An erased customer's files, words and promises go out of his cases; the case itself, its clocks and causes stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from scheduler.cases.store import attachments, links
from scheduler.cases.store import erasing as store


def erase(session: Session, customer_ids: Sequence[UUID], now: datetime) -> int:
    """Empty what people wrote about these customers; the timeline keeps its steps without their notes."""
    return empty(session, store.cases_of(session, customer_ids), now)


def empty(session: Session, case_ids: Sequence[UUID], now: datetime) -> int:
    """Take the person out of some cases; returns how many rows changed."""
    links.drop_tellings(session, case_ids, now)
    return store.empty(session, case_ids) + attachments.forget(session, case_ids)


def export(session: Session, customer_id: UUID) -> list[dict[str, Any]]:
    """The customer's cases, for the copy of all data."""
    return store.exported(session, customer_id)
