"""A person's share of complaints: erased with them, given to them with all their data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from scheduler.cases import erasing as cases
from scheduler.complaints.intake import owner_of
from scheduler.complaints.store import complaints as store
from scheduler.evidence import store as files


def since(session: Session, customer_id: UUID) -> datetime | None:
    """From when on a customer's complaints must be kept: the newest one's end, or its receipt while it is open."""
    return max((row.closed_at or row.received_at for row in store.of_customers(session, [customer_id])), default=None)


def erase(session: Session, customer_ids: Sequence[UUID], now: datetime) -> int:
    """Empty words, contact data and files of these customers' complaints; dates, codes and results stay for the return."""
    rows = store.of_customers(session, customer_ids)
    for row in rows:
        row.words_enc = row.words_enc[:0]
        row.wish_enc = row.name_enc = row.phone_enc = row.phone_index = row.email_enc = row.agent_enc = row.decision_enc = None
        row.fingerprint = ""
        review = store.review_of(session, row.case_id)
        if review is not None:
            review.grounds_enc, review.decision_enc = b"", None
    session.flush()
    cases.empty(session, [row.case_id for row in rows], now)
    store.empty_opinions(session, [row.case_id for row in rows])
    return len(rows) + files.remove_of(session, [owner_of(row.case_id) for row in rows])


def export(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """A person's complaints as JSON, without what is encrypted: the bank's answer to the person carries the words."""
    plain = {"case_id", "origin", "stage", "channel", "business", "reason", "received_at", "due_at", "outcome", "decided_at", "closed_at"}
    return [row.model_dump(mode="json", include=plain, exclude_none=True) for row in store.of_customers(session, [person_id])]
