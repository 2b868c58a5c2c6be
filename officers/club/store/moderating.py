"""What moderators look at and decide."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, select, text, update
from sqlmodel import Session, col

from officers.club.models import BoardBan, BoardWord, Post, PostReport, Topic
from officers.club.store.activities import changed
from officers.club.store.board import Listed
from officers.people.models import Officer
from portal.foundation.db import ids_in, upsert_for

PAGE = 30
MOST = 99
TO_DO = text("(post.state = 'waiting' OR post.reports > 0)")
"""The words of the partial index."""


def queue(session: Session, after: UUID | None, limit: int = PAGE) -> list[Listed]:
    """What waits for a moderator, the oldest first; one more than a page."""
    rows = select(Post, col(Officer.alias)).join(Officer, col(Officer.id) == col(Post.author_id), isouter=True).where(TO_DO)
    if after is not None:
        rows = rows.where(col(Post.id) > after)
    return [Listed(*row) for row in session.execute(rows.order_by(col(Post.id)).limit(limit + 1))]


def everything(session: Session, state: str, before: UUID | None, limit: int = PAGE) -> list[Listed]:
    """Posts and comments of a state (blank: all), the newest first; for moderators."""
    rows = select(Post, col(Officer.alias)).join(Officer, col(Officer.id) == col(Post.author_id), isouter=True)
    if state:
        rows = rows.where(col(Post.state) == state)
    if before is not None:
        rows = rows.where(col(Post.id) < before)
    return [Listed(*row) for row in session.execute(rows.order_by(col(Post.id).desc()).limit(limit + 1))]


def waiting(session: Session) -> int:
    """How much waits, counted up to a limit."""
    some = select(col(Post.id)).where(TO_DO).limit(MOST).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def decide(session: Session, post_id: UUID, before: str, values: dict[str, Any]) -> bool:
    """Change a post that is still in the state that the moderator saw."""
    return changed(session, update(Post).where(col(Post.id) == post_id, col(Post.state) == before).values(**values)) == 1


def settle_reports(session: Session, post_id: UUID, now: datetime) -> None:
    """The reports of a post are seen to."""
    open_ones = and_(col(PostReport.post_id) == post_id, col(PostReport.settled_at).is_(None))
    session.execute(update(PostReport).where(open_ones).values(settled_at=now))


def reports(session: Session, post_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Why some posts were reported, the open reports only."""
    rows = session.execute(
        select(col(PostReport.post_id), col(PostReport.reason))
        .where(ids_in(col(PostReport.post_id), post_ids), col(PostReport.settled_at).is_(None))
        .order_by(col(PostReport.at))
    )
    found: dict[UUID, list[str]] = {}
    for post_id, reason in rows:
        found.setdefault(post_id, []).append(reason)
    return found


def words(session: Session) -> Sequence[str]:
    """The word list."""
    return session.scalars(select(col(BoardWord.word)).order_by(col(BoardWord.word))).all()


def add_words(session: Session, new: Sequence[str], by: UUID | None, now: datetime) -> int:
    """Add words; gives how many were new."""
    rows = [{"word": one, "added_by": by, "added_at": now} for one in dict.fromkeys(new)]
    if not rows:
        return 0
    made = upsert_for(session)(BoardWord).values(rows).on_conflict_do_nothing().returning(col(BoardWord.word))
    return len(session.execute(made).all())


def drop_word(session: Session, word: str) -> bool:
    """Take a word off the list."""
    return changed(session, delete(BoardWord).where(col(BoardWord.word) == word)) == 1


def ban(session: Session, officer_id: UUID, until: datetime, reason: str, by: UUID | None, now: datetime) -> None:
    """Keep an officer from writing until a moment; a later decision replaces the earlier."""
    row = {"officer_id": officer_id, "until": until, "reason": reason, "by_user_id": by, "at": now}
    statement = upsert_for(session)(BoardBan).values(row)
    session.execute(
        statement.on_conflict_do_update(index_elements=["officer_id"], set_={k: v for k, v in row.items() if k != "officer_id"})
    )


def lift(session: Session, officer_id: UUID) -> bool:
    """Let them write again."""
    return changed(session, delete(BoardBan).where(col(BoardBan.officer_id) == officer_id)) == 1


def banned_until(session: Session, officer_id: UUID, now: datetime) -> datetime | None:
    """Until when an officer may not write."""
    return session.scalars(
        select(col(BoardBan.until)).where(col(BoardBan.officer_id) == officer_id, col(BoardBan.until) > now)
    ).one_or_none()


def bans(session: Session, now: datetime, limit: int = 100) -> list[tuple[BoardBan, str]]:
    """Who may not write now."""
    rows = select(BoardBan, col(Officer.alias)).join(Officer, col(Officer.id) == col(BoardBan.officer_id)).where(col(BoardBan.until) > now)
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(BoardBan.until)).limit(limit))]


def topic_by_id(session: Session, topic_id: UUID) -> Topic | None:
    """A heading."""
    return session.get(Topic, topic_id)
