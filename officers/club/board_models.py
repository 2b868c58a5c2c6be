"""Tables of the board and of what staff write for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

POST_STATES = ("waiting", "shown", "hidden")
HELD_FOR = ("", "first", "word", "banned_word", "report")
ARTICLE_KINDS = ("news", "article", "practice")
ARTICLE_STATES = ("draft", "published", "retired")
QUEUED = text("state = 'waiting' OR reports > 0")
TOP = text("state = 'shown' AND parent_id IS NULL")
SHOWN = text("state = 'shown'")
PINNED = text("state = 'published' AND pinned_until IS NOT NULL")
PUBLISHED = text("state = 'published'")


class Topic(SQLModel, table=True):
    """A heading of the board; `posts` counts what shows under it, kept by the statements that show and hide."""

    __tablename__ = "board_topic"
    __table_args__ = (UniqueConstraint("code"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=30)
    name: dict[str, Any] = Field(sa_type=Json)
    position: int = 0
    closed: bool = False
    posts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class Post(SQLModel, table=True):
    """A post, or a comment on one (`parent_id`). Plain text, shown escaped.

    Only `shown` ones count, are found, are told of and are exported; a comment shows only where its post does. `likes` and
    `comments` are kept by the statements that add and take; `comments` counts shown ones.
    """

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint(one_of("state", POST_STATES), name="state"),
        CheckConstraint(one_of("held_for", HELD_FOR), name="held_for"),
        CheckConstraint("state <> 'hidden' OR reason <> ''", name="reason_why"),
        CheckConstraint("parent_id IS NOT NULL OR title <> ''", name="title"),
        CheckConstraint("likes >= 0 AND comments >= 0 AND reports >= 0", name="counts"),
        Index("ix_post_of_topic", "topic_id", "id", sqlite_where=TOP, postgresql_where=TOP),
        Index("ix_post_newest", "id", sqlite_where=TOP, postgresql_where=TOP),
        Index("ix_post_comments", "parent_id", "id", sqlite_where=SHOWN, postgresql_where=SHOWN),
        Index("ix_post_of_author", "author_id", "id"),
        Index("ix_post_in_state", "state", "id"),
        Index("ix_post_to_moderate", "id", sqlite_where=QUEUED, postgresql_where=QUEUED),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    topic_id: UUID = Field(foreign_key="board_topic.id")
    parent_id: UUID | None = Field(default=None, foreign_key="post.id")
    author_id: UUID | None = Field(default=None, foreign_key="officer.id")
    title: str = Field(default="", max_length=120)
    text: str = Field(max_length=4000)
    state: str = Field(max_length=8)
    held_for: str = Field(default="", max_length=12)
    reason: str = Field(default="", max_length=300)
    likes: int = 0
    comments: int = 0
    reports: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    shown_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PostLike(SQLModel, table=True):
    """One officer's like of a post or comment; earns nobody anything."""

    __tablename__ = "post_like"
    __table_args__ = (Index("ix_post_like_of_officer", "officer_id"),)
    post_id: UUID = Field(primary_key=True, foreign_key="post.id")
    officer_id: UUID = Field(primary_key=True, foreign_key="officer.id")
    at: datetime = Field(sa_type=UtcDateTime)


class PostReport(SQLModel, table=True):
    """An officer says that a post does not belong here; once a person."""

    __tablename__ = "post_report"
    __table_args__ = (Index("ix_post_report_of_officer", "officer_id"),)
    post_id: UUID = Field(primary_key=True, foreign_key="post.id")
    officer_id: UUID = Field(primary_key=True, foreign_key="officer.id")
    reason: str = Field(default="", max_length=300)
    at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PostMention(SQLModel, table=True):
    """An officer named in a post by `@alias`; told once, when the post is shown."""

    __tablename__ = "post_mention"
    __table_args__ = (Index("ix_post_mention_of_officer", "officer_id"),)
    post_id: UUID = Field(primary_key=True, foreign_key="post.id")
    officer_id: UUID = Field(primary_key=True, foreign_key="officer.id")
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BoardBan(SQLModel, table=True):
    """An officer who may not write for a while; reading stays."""

    __tablename__ = "board_ban"
    officer_id: UUID = Field(primary_key=True, foreign_key="officer.id")
    until: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(max_length=300)
    by_user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    at: datetime = Field(sa_type=UtcDateTime)


class BoardWord(SQLModel, table=True):
    """A word that sends a post to the moderators first."""

    __tablename__ = "board_word"
    word: str = Field(primary_key=True, max_length=60)
    added_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    added_at: datetime = Field(sa_type=UtcDateTime)


class Article(SQLModel, table=True):
    """News, an article or a best practice, written by staff; `text` is rich (a small part of HTML) and cleaned whenever it is shown.

    must_read   officers confirm that they have read it; `readings` counts those who did
    """

    __tablename__ = "article"
    __table_args__ = (
        CheckConstraint(one_of("kind", ARTICLE_KINDS), name="kind"),
        CheckConstraint(one_of("state", ARTICLE_STATES), name="state"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published"),
        Index("ix_article_listed", "state", "published_at", "id"),
        Index("ix_article_of_kind", "kind", "published_at", "id", sqlite_where=PUBLISHED, postgresql_where=PUBLISHED),
        Index("ix_article_to_read", "state", "must_read", "published_at", "id"),
        Index("ix_article_pinned", "pinned_until", sqlite_where=PINNED, postgresql_where=PINNED),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=8)
    title: str = Field(max_length=120)
    summary: str = Field(default="", max_length=300)
    text: str = Field(max_length=40000)
    state: str = Field(default="draft", max_length=10)
    must_read: bool = False
    pinned_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    readings: int = 0
    created_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    revision: int = 1


class ArticleReading(SQLModel, table=True):
    """An officer confirmed that they have read an article."""

    __tablename__ = "article_reading"
    __table_args__ = (Index("ix_article_reading_of_officer", "officer_id"),)
    article_id: UUID = Field(primary_key=True, foreign_key="article.id")
    officer_id: UUID = Field(primary_key=True, foreign_key="officer.id")
    at: datetime = Field(sa_type=UtcDateTime)
