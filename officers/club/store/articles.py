"""News, articles and best practice, and who has read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlmodel import Session, col

from officers.club.models import Article, ArticleReading
from officers.people.models import Officer
from portal.foundation import cursors
from portal.foundation.db import ids_in, upsert_for

PAGE = 20
_PUBLISHED = text("article.state = 'published'")
"""The words of the partial indexes."""


class Reader(NamedTuple):
    """Who confirmed an article, and when."""

    alias: str
    at: datetime
    officer_id: UUID


def published(session: Session, kind: str, before: tuple[datetime, UUID] | None, limit: int = PAGE) -> Sequence[Article]:
    """What officers can read, of all kinds or one, the newest first; one more than a page."""
    rows = select(Article).where(_PUBLISHED)
    if kind:
        rows = rows.where(col(Article.kind) == kind)
    if before is not None:
        rows = rows.where(cursors.behind(col(Article.published_at), col(Article.id), before, falling=True))
    return session.scalars(rows.order_by(col(Article.published_at).desc(), col(Article.id).desc()).limit(limit + 1)).all()


def pinned(session: Session, now: datetime, limit: int = 3) -> Sequence[Article]:
    """What stands at the top for now."""
    rows = select(Article).where(_PUBLISHED, text("article.pinned_until IS NOT NULL"), col(Article.pinned_until) > now)
    return session.scalars(rows.order_by(col(Article.published_at).desc(), col(Article.id).desc()).limit(limit)).all()


def to_read(session: Session, officer_id: UUID, limit: int = 20) -> Sequence[Article]:
    """What an officer still has to confirm, the oldest first."""
    done = select(col(ArticleReading.article_id)).where(col(ArticleReading.officer_id) == officer_id)
    rows = select(Article).where(_PUBLISHED, col(Article.must_read).is_(True), col(Article.id).not_in(done))
    return session.scalars(rows.order_by(col(Article.published_at), col(Article.id)).limit(limit)).all()


def by_id(session: Session, article_id: UUID) -> Article | None:
    """One, in whatever state."""
    return session.get(Article, article_id)


def listed(session: Session, state: str, before: UUID | None, limit: int = PAGE) -> Sequence[Article]:
    """All, the newest first; one more than a page; for staff."""
    rows = select(Article)
    if state:
        rows = rows.where(col(Article.state) == state)
    if before is not None:
        rows = rows.where(col(Article.id) < before)
    return session.scalars(rows.order_by(col(Article.id).desc()).limit(limit + 1)).all()


def found(session: Session, words: str, limit: int) -> Sequence[Article]:
    """Published ones with these words in their title or summary."""
    wanted = words.lower()
    held = func.lower(col(Article.title)).contains(wanted, autoescape=True)
    held = held | func.lower(col(Article.summary)).contains(wanted, autoescape=True)
    rows = select(Article).where(col(Article.state) == "published", held)
    return session.scalars(rows.order_by(col(Article.id).desc()).limit(limit)).all()


def confirm(session: Session, article_id: UUID, officer_id: UUID, now: datetime) -> bool:
    """An officer has read it, once."""
    row = {"article_id": article_id, "officer_id": officer_id, "at": now}
    made = upsert_for(session)(ArticleReading).values(row).on_conflict_do_nothing().returning(col(ArticleReading.article_id))
    if session.execute(made).first() is None:
        return False
    session.execute(update(Article).where(col(Article.id) == article_id).values(readings=col(Article.readings) + 1))
    return True


def confirmed(session: Session, officer_id: UUID, article_ids: Sequence[UUID]) -> set[UUID]:
    """Which of some articles an officer has confirmed."""
    rows = select(col(ArticleReading.article_id)).where(
        col(ArticleReading.officer_id) == officer_id, ids_in(col(ArticleReading.article_id), article_ids)
    )
    return set(session.scalars(rows))


def readers(session: Session, article_id: UUID, after: UUID | None, limit: int = 50) -> list[Reader]:
    """Who confirmed an article, by officer; one more than a page."""
    rows = select(col(Officer.alias), col(ArticleReading.at), col(ArticleReading.officer_id))
    rows = rows.join(Officer, col(Officer.id) == col(ArticleReading.officer_id)).where(col(ArticleReading.article_id) == article_id)
    if after is not None:
        rows = rows.where(col(ArticleReading.officer_id) > after)
    return [Reader(*row) for row in session.execute(rows.order_by(col(ArticleReading.officer_id)).limit(limit + 1))]


def active_officers(session: Session) -> int:
    """How many could read it."""
    return session.scalar(select(func.count()).select_from(Officer).where(col(Officer.state) == "active")) or 0
