"""The board: posts, comments, likes, reports. What readers see goes through `visible`, the one place that says what shows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, delete, exists, func, select, text, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from officers.club.models import Post, PostLike, PostMention, PostReport, Topic
from officers.club.store.activities import changed
from officers.people.models import Officer
from portal.foundation.db import dialect_of, ids_in, keys_in, upsert_for

PAGE = 20
COMMENTS = 30
SEEN = "shown"
_TOP = text("post.state = 'shown' AND post.parent_id IS NULL")
"""The words of the partial indexes: a planner takes them only when it finds them in the query."""


class Listed(NamedTuple):
    """A post with its author's alias; None where the author has left."""

    post: Post
    alias: str | None


def _with_author() -> Any:
    return select(Post, col(Officer.alias)).join(Officer, col(Officer.id) == col(Post.author_id), isouter=True)


def topics(session: Session) -> Sequence[Topic]:
    """All headings, in their order."""
    return session.scalars(select(Topic).order_by(col(Topic.position), col(Topic.code))).all()


def topic(session: Session, code: str) -> Topic | None:
    """The heading of a code."""
    return session.scalars(select(Topic).where(col(Topic.code) == code)).one_or_none()


def posts(session: Session, topic_id: UUID | None, words: str, before: UUID | None, limit: int = PAGE) -> list[Listed]:
    """Shown posts, of a topic or all, the newest first; one more than a page."""
    rows = _with_author().where(_TOP)
    if topic_id is not None:
        rows = rows.where(col(Post.topic_id) == topic_id)
    if words:
        wanted = words.lower()
        held = func.lower(col(Post.title)).contains(wanted, autoescape=True) | func.lower(col(Post.text)).contains(wanted, autoescape=True)
        rows = rows.where(held)
    if before is not None:
        rows = rows.where(col(Post.id) < before)
    return [Listed(*row) for row in session.execute(rows.order_by(col(Post.id).desc()).limit(limit + 1))]


def comments(session: Session, post_id: UUID, after: UUID | None, limit: int = COMMENTS) -> list[Listed]:
    """Shown comments of a post, the oldest first; one more than a page."""
    rows = _with_author().where(col(Post.parent_id) == post_id, col(Post.state) == SEEN)
    if after is not None:
        rows = rows.where(col(Post.id) > after)
    return [Listed(*row) for row in session.execute(rows.order_by(col(Post.id)).limit(limit + 1))]


def visible(session: Session, post_id: UUID, reader_id: UUID | None = None) -> Listed | None:
    """A post or comment that a reader may see: shown, and its post too; one's own also while it waits."""
    above = aliased(Post)
    seen = col(Post.state) == SEEN
    if reader_id is not None:
        seen = seen | and_(col(Post.author_id) == reader_id, col(Post.state) == "waiting")
    rows = _with_author().join(above, col(above.id) == col(Post.parent_id), isouter=True)
    rows = rows.where(col(Post.id) == post_id, seen, col(above.id).is_(None) | (col(above.state) == SEEN))
    row = session.execute(rows).first()
    return Listed(*row) if row else None


def by_id(session: Session, post_id: UUID) -> Post | None:
    """A post in whatever state, as it stands now; for its moderators."""
    return session.scalars(select(Post).where(col(Post.id) == post_id).execution_options(populate_existing=True)).one_or_none()


def hold(session: Session, post_id: UUID) -> Post | None:
    """A post with its row locked."""
    rows = select(Post).where(col(Post.id) == post_id)
    if dialect_of(session) == "postgresql":
        rows = rows.with_for_update(key_share=True)
    return session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def shown_before(session: Session, author_id: UUID) -> bool:
    """Whether a moderator or the rule ever showed something of this author that still shows."""
    return bool(session.scalar(select(exists().where(col(Post.author_id) == author_id, col(Post.state) == SEEN))))


def written_since(session: Session, author_id: UUID, since: datetime) -> int:
    """How much an officer wrote lately."""
    return session.scalar(select(func.count()).where(col(Post.author_id) == author_id, col(Post.created_at) > since)) or 0


def count_post(session: Session, topic_id: UUID, by: int) -> None:
    """A post more or less shows under a heading."""
    session.execute(update(Topic).where(col(Topic.id) == topic_id).values(posts=col(Topic.posts) + by))


def count_comment(session: Session, post_id: UUID, by: int) -> None:
    """A comment more or less shows below a post."""
    session.execute(update(Post).where(col(Post.id) == post_id).values(comments=col(Post.comments) + by))


def like(session: Session, post_id: UUID, officer_id: UUID, now: datetime) -> bool:
    """A like, once a person; False where it was there."""
    row = {"post_id": post_id, "officer_id": officer_id, "at": now}
    made = upsert_for(session)(PostLike).values(row).on_conflict_do_nothing().returning(col(PostLike.post_id))
    if session.execute(made).first() is None:
        return False
    session.execute(update(Post).where(col(Post.id) == post_id).values(likes=col(Post.likes) + 1))
    return True


def unlike(session: Session, post_id: UUID, officer_id: UUID) -> bool:
    """Take a like back."""
    mine = and_(col(PostLike.post_id) == post_id, col(PostLike.officer_id) == officer_id)
    if changed(session, delete(PostLike).where(mine)) == 0:
        return False
    session.execute(update(Post).where(col(Post.id) == post_id).values(likes=col(Post.likes) - 1))
    return True


def liked(session: Session, officer_id: UUID, post_ids: Sequence[UUID]) -> set[UUID]:
    """Which of some posts an officer likes."""
    mine = select(col(PostLike.post_id)).where(col(PostLike.officer_id) == officer_id, ids_in(col(PostLike.post_id), post_ids))
    return set(session.scalars(mine))


def report(session: Session, post_id: UUID, officer_id: UUID, reason: str, now: datetime) -> int:
    """A report, once a person; gives how many are open by now (0 where this one was there)."""
    row = {"post_id": post_id, "officer_id": officer_id, "reason": reason, "at": now}
    made = upsert_for(session)(PostReport).values(row).on_conflict_do_nothing().returning(col(PostReport.post_id))
    if session.execute(made).first() is None:
        return 0
    bumped = update(Post).where(col(Post.id) == post_id).values(reports=col(Post.reports) + 1).returning(col(Post.reports))
    return int(session.execute(bumped).scalar_one())


def bearers(session: Session, aliases: Sequence[str]) -> dict[str, UUID]:
    """Active officers by alias."""
    rows = session.execute(
        select(col(Officer.alias), col(Officer.id)).where(keys_in(col(Officer.alias), aliases), col(Officer.state) == "active")
    )
    return dict(rows.all())


def add_mentions(session: Session, post_id: UUID, officer_ids: Sequence[UUID]) -> None:
    """Note whom a post names."""
    if officer_ids:
        rows = [{"post_id": post_id, "officer_id": one} for one in officer_ids]
        session.execute(upsert_for(session)(PostMention).values(rows).on_conflict_do_nothing())


def take_mentions(session: Session, post_id: UUID, now: datetime) -> Sequence[UUID]:
    """Whom to tell that a post names them; each is given once, however often this is asked."""
    open_ones = and_(col(PostMention.post_id) == post_id, col(PostMention.told_at).is_(None))
    return session.scalars(update(PostMention).where(open_ones).values(told_at=now).returning(col(PostMention.officer_id))).all()


def mine(session: Session, officer_id: UUID, before: UUID | None, limit: int = PAGE) -> Sequence[Post]:
    """What an officer wrote, in every state, the newest first; for themselves."""
    rows = select(Post).where(col(Post.author_id) == officer_id)
    if before is not None:
        rows = rows.where(col(Post.id) < before)
    return session.scalars(rows.order_by(col(Post.id).desc()).limit(limit + 1)).all()


def exported(session: Session, limit: int) -> list[Listed]:
    """Shown posts and shown comments of shown posts, the newest first."""
    above = aliased(Post)
    rows = _with_author().join(above, col(above.id) == col(Post.parent_id), isouter=True)
    rows = rows.where(col(Post.state) == SEEN, col(above.id).is_(None) | (col(above.state) == SEEN))
    return [Listed(*row) for row in session.execute(rows.order_by(col(Post.id).desc()).limit(limit))]


def of_ids(session: Session, ids: Sequence[UUID]) -> dict[UUID, Post]:
    """Several posts in whatever state."""
    return {one.id: one for one in session.scalars(select(Post).where(ids_in(col(Post.id), ids)))}
