"""Lasting measures of a time, and the stories of issues that are verified."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation import cursors
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from scheduler.improvement.models import Issue

MOST = 500
STORY = (col(Issue.state) == "verified", col(Issue.story) != "")


def measures(session: Session, scope: Scope, now: datetime, start: datetime, end: datetime) -> Sequence[Issue]:
    """Issues of a scope that were fixed in a time, with the rule, system or training that keeps them away; oldest first."""
    rows = select(Issue).where(
        in_scope(col(Issue.unit_id), scope, now), col(Issue.fixed_at) >= start, col(Issue.fixed_at) < end,
        col(Issue.state).in_(("fixed", "verified")), col(Issue.lasting_measure) != "",
    )  # fmt: skip
    return session.scalars(rows.order_by(col(Issue.fixed_at), col(Issue.number)).limit(MOST)).all()


def stories(session: Session, limit: int, before: tuple[datetime, UUID] | None = None) -> list[Issue]:
    """Verified issues with their story, the newest first."""
    rows = select(Issue).where(*STORY)
    if before is not None:
        rows = rows.where(cursors.behind(col(Issue.verified_at), col(Issue.id), before, falling=True))
    return list(session.scalars(rows.order_by(col(Issue.verified_at).desc(), col(Issue.id).desc()).limit(limit)))


def story(session: Session, number: str) -> Issue | None:
    """One story."""
    return session.scalars(select(Issue).where(col(Issue.number) == number, *STORY)).one_or_none()
