"""Ideas (金点子): what somebody proposes, who votes for it, what is said about it, and every step it takes.

Who somebody is, is written as one word in `who`: `user:<id>`, `customer:<person>` or `guest:<browser>`, so that nobody counts twice
as officer and as colleague or customer.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from officers.ideas.rules.states import GRADES, STATES
from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

AUTHORS = ("staff", "customer", "guest")
VISIBLE = "screened_at IS NOT NULL AND hidden_at IS NULL AND state <> 'merged'"
"""What everybody sees; the very words of the partial indexes, since a planner takes them only when it finds them in the query."""
IS_VISIBLE = text(VISIBLE)
TO_SCREEN = text("state = 'submitted' AND hidden_at IS NULL")
TO_LOOK_AT = text("shown_at IS NULL AND hidden_at IS NULL")


class Idea(SQLModel, table=True):
    """One idea. `votes` equals its rows in `idea_vote`, `comments` those that show; hidden ⇔ `hidden_at` is set: only the desk sees it.

    Shape   `pilot_units`: ids of units as text. `phone_*`: a number left for news only. `token_hash`: the author's own page
    """

    __tablename__ = "idea"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("token_hash"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("author_kind", AUTHORS), name="author_kind"),
        CheckConstraint(f"grade IS NULL OR {one_of('grade', GRADES)}", name="grade"),
        CheckConstraint("state NOT IN ('adopted', 'piloting', 'in_progress', 'implemented') OR grade IS NOT NULL", name="graded"),
        CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        CheckConstraint("merged_into IS NULL OR merged_into <> id", name="merged_elsewhere"),
        CheckConstraint("state <> 'declined' OR reason <> ''", name="reason_why_not"),
        CheckConstraint("votes >= 0", name="votes"),
        CheckConstraint("pilot_to IS NULL OR pilot_to >= pilot_from", name="pilot_days"),
        CheckConstraint("decided_by IS NULL OR user_id IS NULL OR decided_by <> user_id", name="decided_by_another"),
        CheckConstraint("screened_by IS NULL OR user_id IS NULL OR screened_by <> user_id", name="screened_by_another"),
        Index("ix_idea_newest", "submitted_at", "id", sqlite_where=IS_VISIBLE, postgresql_where=IS_VISIBLE),
        Index("ix_idea_top", "votes", "id", sqlite_where=IS_VISIBLE, postgresql_where=IS_VISIBLE),
        Index("ix_idea_newest_in_state", "state", "submitted_at", "id", sqlite_where=IS_VISIBLE, postgresql_where=IS_VISIBLE),
        Index("ix_idea_top_in_state", "state", "votes", "id", sqlite_where=IS_VISIBLE, postgresql_where=IS_VISIBLE),
        Index("ix_idea_newest_of_campaign", "campaign_id", "submitted_at", "id", sqlite_where=IS_VISIBLE, postgresql_where=IS_VISIBLE),
        Index("ix_idea_top_of_campaign", "campaign_id", "votes", "id", sqlite_where=IS_VISIBLE, postgresql_where=IS_VISIBLE),
        Index("ix_idea_to_screen", "submitted_at", "id", sqlite_where=TO_SCREEN, postgresql_where=TO_SCREEN),
        Index("ix_idea_in_state", "state", "submitted_at", "id"),
        Index("ix_idea_of_author", "who", "submitted_at", "id"),
        Index(
            "ix_idea_merged_into",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(max_length=20)
    title: str = Field(max_length=120)
    body: str = Field(default="", max_length=3000)
    touchpoint: str = Field(default="", max_length=60)
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    campaign_id: UUID | None = Field(default=None, foreign_key="idea_campaign.id")
    who: str = Field(max_length=60)
    author_kind: str = Field(max_length=10)
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id")
    officer_id: UUID | None = Field(default=None, foreign_key="officer.id")
    language: str = Field(default="zh-Hans", max_length=20)
    phone_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    token_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    link_key: int | None = None
    state: str = Field(default="submitted", max_length=12)
    reason: str = Field(default="", max_length=1000)
    grade: str | None = Field(default=None, max_length=1)
    merged_into: UUID | None = Field(default=None, foreign_key="idea.id")
    votes: int = 0
    comments: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    pilot_units: list[str] = Field(default_factory=list, sa_type=Json)
    pilot_from: date | None = None
    pilot_to: date | None = None
    pilot_result: str = Field(default="", max_length=2000)
    result: str = Field(default="", max_length=2000)
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    screened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    screened_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    implemented_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    hidden_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    hidden_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    hidden_reason: str = Field(default="", max_length=200)
    revision: int = 1


class IdeaNumber(SQLModel, table=True):
    """The last number given to an idea in a year."""

    __tablename__ = "idea_number"
    year: int = Field(primary_key=True)
    last: int = 0


class IdeaGram(SQLModel, table=True):
    """A piece of an idea's words: two neighbouring Chinese characters, or one word; to find what says the same."""

    __tablename__ = "idea_gram"
    idea_id: UUID = Field(foreign_key="idea.id", primary_key=True)
    gram: str = Field(primary_key=True, max_length=40, index=True)


class IdeaVote(SQLModel, table=True):
    """One person's vote for one idea; there is no second one."""

    __tablename__ = "idea_vote"
    __table_args__ = (Index("ix_idea_vote_of_person", "who"),)
    idea_id: UUID = Field(foreign_key="idea.id", primary_key=True)
    who: str = Field(primary_key=True, max_length=60)
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id")
    officer_id: UUID | None = Field(default=None, foreign_key="officer.id")
    at: datetime = Field(sa_type=UtcDateTime)


class IdeaComment(SQLModel, table=True):
    """What somebody says about an idea. It waits for the desk until `shown_at` is set; hidden ⇔ `hidden_at` is set."""

    __tablename__ = "idea_comment"
    __table_args__ = (
        CheckConstraint(one_of("author_kind", AUTHORS), name="author_kind"),
        Index("ix_idea_comment_of_idea", "idea_id", "at", "id"),
        Index("ix_idea_comment_of_author", "who"),
        Index("ix_idea_comment_to_look_at", "at", "id", sqlite_where=TO_LOOK_AT, postgresql_where=TO_LOOK_AT),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    idea_id: UUID = Field(foreign_key="idea.id")
    body: str = Field(max_length=1000)
    who: str = Field(max_length=60)
    author_kind: str = Field(max_length=10)
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id")
    officer_id: UUID | None = Field(default=None, foreign_key="officer.id")
    at: datetime = Field(sa_type=UtcDateTime)
    shown_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    hidden_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    hidden_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    hidden_reason: str = Field(default="", max_length=200)


class IdeaStep(SQLModel, table=True):
    """One line of an idea's timeline. `told_at` is when those whom it concerns were told of it, `told_to` the last voter so far."""

    __tablename__ = "idea_step"
    __table_args__ = (
        Index("ix_idea_step_of_idea", "idea_id", "at"),
        Index("ix_idea_step_to_tell", "at", sqlite_where=text("told_at IS NULL"), postgresql_where=text("told_at IS NULL")),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    idea_id: UUID = Field(foreign_key="idea.id")
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: UUID | None = None
    act: str = Field(max_length=20)
    note: str = Field(default="", max_length=2000)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_to: str | None = Field(default=None, max_length=60)
