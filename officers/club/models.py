"""Tables of this room: activities with their places and the officers' calendars, badges, standings; the board's are beside."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from officers.club.board_models import Article, ArticleReading, BoardBan, BoardWord, Post, PostLike, PostMention, PostReport, Topic
from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

__all__ = [
    "Activity", "ActivityPlace", "Article", "ArticleReading", "Badge", "BadgeRule", "BoardBan", "BoardWord", "CalendarFeed", "ClubMember",
    "Post", "PostLike", "PostMention", "PostReport", "Standing", "Topic",
]  # fmt: skip
ACTIVITY_STATES = ("draft", "published", "cancelled", "settled")
WAYS = ("online", "branch")
CODES = ("fixed", "rotating")
PLACE_STATES = ("enrolled", "waiting", "checked_in", "awarded", "no_show", "cancelled")
MEASURES = ("submissions", "ideas", "activities", "streak", "growth", "articles", "verified")
WAITING = text("state = 'waiting'")
LIVE = text("state IN ('enrolled', 'waiting', 'checked_in')")
OPEN = text("state = 'published'")


class Activity(SQLModel, table=True):
    """Something officers come together for, on line or at a branch.

    `taken` counts the seats in use and never passes `capacity`; `waiting` counts the waiting list. Both are changed by guarded
    statements alone. `secret` makes the codes of checking in. Whom it is for: `only_kind` (blank: all), `min_rank` of the tier,
    officers of `only_unit_id` and below.
    """

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint(one_of("state", ACTIVITY_STATES), name="state"),
        CheckConstraint(one_of("way", WAYS), name="way"),
        CheckConstraint(one_of("code_kind", CODES), name="code_kind"),
        CheckConstraint(one_of("only_kind", ("", "staff", "customer")), name="only_kind"),
        CheckConstraint("capacity > 0 AND taken >= 0 AND taken <= capacity", name="seats"),
        CheckConstraint("waiting_most >= 0 AND waiting >= 0 AND waiting <= waiting_most", name="waiting_list"),
        CheckConstraint("ends_at > starts_at AND sign_up_until <= ends_at", name="in_order"),
        CheckConstraint("early_minutes BETWEEN 0 AND 1440 AND late_minutes BETWEEN 0 AND 1440", name="door"),
        Index("ix_activity_coming", "ends_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_activity_of_unit", "unit_id", "starts_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    title: str = Field(max_length=120)
    text: str = Field(default="", max_length=4000)
    way: str = Field(max_length=8)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    address: str = Field(default="", max_length=200)
    link: str = Field(default="", max_length=300)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    sign_up_until: datetime = Field(sa_type=UtcDateTime)
    capacity: int
    taken: int = 0
    waiting_most: int = 0
    waiting: int = 0
    only_kind: str = Field(default="", max_length=8)
    min_rank: int = 0
    only_unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    code_kind: str = Field(default="rotating", max_length=8)
    secret: str = Field(max_length=64)
    early_minutes: int = 30
    late_minutes: int = 60
    questionnaire_id: UUID | None = Field(default=None, foreign_key="questionnaire.id")
    pays: bool = True
    state: str = Field(default="draft", max_length=10)
    reason: str = Field(default="", max_length=300)
    created_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    revision: int = 1


class ActivityPlace(SQLModel, table=True):
    """One officer's place at an activity. `behind` puts those who twice did not come behind the others of the waiting list;
    `invitation_id` is the feedback survey's link."""

    __tablename__ = "activity_place"
    __table_args__ = (
        UniqueConstraint("activity_id", "officer_id"),
        CheckConstraint(one_of("state", PLACE_STATES), name="state"),
        CheckConstraint("state NOT IN ('checked_in', 'awarded') OR checked_in_at IS NOT NULL", name="came"),
        Index("ix_activity_place_waiting", "activity_id", "behind", "signed_up_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_activity_place_of_officer", "officer_id", "state", "settled_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    activity_id: UUID = Field(foreign_key="activity.id")
    officer_id: UUID = Field(foreign_key="officer.id")
    state: str = Field(max_length=10)
    behind: bool = False
    signed_up_at: datetime = Field(sa_type=UtcDateTime)
    moved_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checked_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checked_in_by: str = Field(default="", max_length=8)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    invitation_id: UUID | None = Field(default=None, foreign_key="invitation.id")


class CalendarFeed(SQLModel, table=True):
    """An officer's own calendar under a secret link; a new link makes the old one dead."""

    __tablename__ = "calendar_feed"
    __table_args__ = (UniqueConstraint("token_hash"),)
    officer_id: UUID = Field(primary_key=True, foreign_key="officer.id")
    link_id: UUID
    link_key: int
    token_hash: bytes
    made_at: datetime = Field(sa_type=UtcDateTime)


class ClubMember(SQLModel, table=True):
    """What the club keeps about an officer: whether they show on the leaderboards, and how many days in a row they looked in."""

    __tablename__ = "club_member"
    __table_args__ = (CheckConstraint("streak >= 0 AND longest >= streak", name="streak"),)
    officer_id: UUID = Field(primary_key=True, foreign_key="officer.id")
    off_board: bool = False
    last_day: date | None = None
    streak: int = 0
    longest: int = 0


class BadgeRule(SQLModel, table=True):
    """A badge and what it takes: `least` of a measure over the whole time (growth: over 365 days)."""

    __tablename__ = "badge_rule"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("measure", MEASURES), name="measure"),
        CheckConstraint("least > 0", name="least"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=30)
    name: dict[str, Any] = Field(sa_type=Json)
    measure: str = Field(max_length=12)
    least: int
    icon: str = Field(default="star", max_length=20)
    active: bool = True
    position: int = 0


class Badge(SQLModel, table=True):
    """A badge that an officer has; it stays when the rule changes."""

    __tablename__ = "badge"
    __table_args__ = (UniqueConstraint("officer_id", "rule_id"), Index("ix_badge_of_rule", "rule_id"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    officer_id: UUID = Field(foreign_key="officer.id")
    rule_id: UUID = Field(foreign_key="badge_rule.id")
    awarded_at: datetime = Field(sa_type=UtcDateTime)


class Standing(SQLModel, table=True):
    """A line of a leaderboard: made anew by a job, so that a page reads its lines and nothing else.

    `board` is `all`, `tier:<code>` or `unit:<id>`; `row_number` is unique on a board and pages go by it, `place` is shared by equals.
    """

    __tablename__ = "standing"
    __table_args__ = (Index("ix_standing_of_officer", "officer_id"),)
    board: str = Field(primary_key=True, max_length=60)
    row_number: int = Field(primary_key=True)
    place: int
    officer_id: UUID = Field(foreign_key="officer.id")
    alias: str = Field(max_length=40)
    tier: str = Field(max_length=20)
    growth: int
    made_at: datetime = Field(sa_type=UtcDateTime)
