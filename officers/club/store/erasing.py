"""What is kept of an officer, to be given to them or to be taken away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from officers.club.models import (
    ActivityPlace,
    ArticleReading,
    Badge,
    BadgeRule,
    BoardBan,
    CalendarFeed,
    ClubMember,
    Post,
    PostLike,
    PostMention,
    PostReport,
    Standing,
)
from officers.club.store.activities import changed
from officers.people.models import Officer
from portal.foundation.db import ids_in

OWN: tuple[Any, ...] = (ArticleReading, Badge, BoardBan, CalendarFeed, ClubMember, PostMention, Standing)
GONE = "erased"


def officers_of(session: Session, customer_ids: Sequence[UUID]) -> list[UUID]:
    """The officers that some customers are."""
    return list(session.scalars(select(col(Officer.id)).where(ids_in(col(Officer.customer_id), customer_ids))))


def live_places(session: Session, officer_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Activities at which they have a seat or wait for one: activity, officer."""
    rows = select(col(ActivityPlace.activity_id), col(ActivityPlace.officer_id)).where(
        ids_in(col(ActivityPlace.officer_id), officer_ids), col(ActivityPlace.state).in_(["enrolled", "waiting"])
    )
    return [(activity, officer) for activity, officer in session.execute(rows.order_by(col(ActivityPlace.activity_id)))]


def written(session: Session, officer_ids: Sequence[UUID]) -> list[UUID]:
    """Everything that they wrote."""
    return list(session.scalars(select(col(Post.id)).where(ids_in(col(Post.author_id), officer_ids)).order_by(col(Post.id))))


def liked(session: Session, officer_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """What they like: post, officer."""
    rows = select(col(PostLike.post_id), col(PostLike.officer_id)).where(ids_in(col(PostLike.officer_id), officer_ids))
    return [(post, officer) for post, officer in session.execute(rows)]


def empty_posts(session: Session, officer_ids: Sequence[UUID], now: datetime) -> int:
    """Take words and author out of what they wrote; others' comments below stay, and no longer show."""
    blank = {"title": "–", "text": "–", "state": "hidden", "reason": GONE, "author_id": None, "reports": 0, "decided_at": now}
    return changed(session, update(Post).where(ids_in(col(Post.author_id), officer_ids)).values(**blank))


def drop(session: Session, officer_ids: Sequence[UUID]) -> int:
    """Remove what is theirs alone, and the words of their reports."""
    gone = sum(changed(session, delete(table).where(ids_in(col(table.officer_id), officer_ids))) for table in OWN)
    return gone + changed(session, update(PostReport).where(ids_in(col(PostReport.officer_id), officer_ids)).values(reason=""))


def places(session: Session, officer_id: UUID) -> Sequence[ActivityPlace]:
    """All places of an officer."""
    rows = select(ActivityPlace).where(col(ActivityPlace.officer_id) == officer_id)
    return session.scalars(rows.order_by(col(ActivityPlace.id))).all()


def posts(session: Session, officer_id: UUID) -> Sequence[Post]:
    """Everything that an officer wrote, in whatever state."""
    return session.scalars(select(Post).where(col(Post.author_id) == officer_id).order_by(col(Post.id))).all()


def badges(session: Session, officer_id: UUID) -> list[tuple[str, datetime]]:
    """An officer's badges: code, when."""
    rows = select(col(BadgeRule.code), col(Badge.awarded_at)).join(Badge, col(Badge.rule_id) == col(BadgeRule.id))
    return [(code, at) for code, at in session.execute(rows.where(col(Badge.officer_id) == officer_id))]
