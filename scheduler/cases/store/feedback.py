"""Feedback without a questionnaire to follow up: claimed, marked, and its triggers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows
from questionnaires.analysis.models import Feedback
from scheduler.cases.models import FeedbackTrigger


def claim(session: Session, limit: int) -> Sequence[Feedback]:
    """Feedback that nobody followed up, in the order it came; rows that another process holds are left to it."""
    waiting = select(Feedback).where(col(Feedback.followed_up_at).is_(None)).order_by(col(Feedback.id)).limit(limit)
    return session.scalars(waiting.with_for_update(skip_locked=True)).all()


def mark(session: Session, ids: Iterable[UUID], now: datetime) -> None:
    """Followed up: never looked at again."""
    session.execute(update(Feedback).where(ids_in(col(Feedback.id), ids)).values(followed_up_at=now))


def triggered(session: Session, ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Which pairs of feedback and rule have their trigger already."""
    trigger = FeedbackTrigger
    rows = session.execute(select(col(trigger.feedback_id), col(trigger.rule_id)).where(ids_in(col(trigger.feedback_id), ids)))
    return {(row[0], row[1]) for row in rows}


def add_triggers(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """What rules made of feedback."""
    insert_rows(session, FeedbackTrigger, rows)


def one(session: Session, feedback_id: UUID) -> Feedback | None:
    """A piece of feedback."""
    return session.get(Feedback, feedback_id)


def followed_up(session: Session, since: datetime, after: UUID | None, limit: int) -> Sequence[Feedback]:
    """A page of feedback that was followed up since a moment, by id; for the audit."""
    rows = select(Feedback).where(col(Feedback.followed_up_at) >= since)
    if after is not None:
        rows = rows.where(col(Feedback.id) > after)
    return session.scalars(rows.order_by(col(Feedback.id)).limit(limit)).all()


def said_since(session: Session, since: datetime, limit: int) -> Sequence[Feedback]:
    """Feedback of a time, the oldest first."""
    return session.scalars(select(Feedback).where(col(Feedback.said_at) >= since).order_by(col(Feedback.said_at)).limit(limit)).all()


def overdue(session: Session, before: datetime, limit: int) -> Sequence[UUID]:
    """Feedback that came before a moment and still waits; for the audit."""
    waiting = select(col(Feedback.id)).where(col(Feedback.received_at) < before, col(Feedback.followed_up_at).is_(None))
    return session.scalars(waiting.limit(limit)).all()
