"""Campaigns (吐槽活动, 期望调研, 征集, 评选), juries, awards for teams and staff, and the news of issues that people are told."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

CAMPAIGN_KINDS = ("call", "gripe", "expectation", "contest")
CAMPAIGN_STATES = ("draft", "running", "ended", "published")
AWARD_KINDS = ("team", "staff")
AWARD_STATES = ("nominated", "confirmed", "given", "declined")
TO_TELL = text("done_at IS NULL")


class IdeaCampaign(SQLModel, table=True):
    """A time with a theme in which ideas or gripes are gathered, expectations asked for, or entries judged.

    Shape   `code` stands in the link and on the poster. `survey_id`: the campaign of the contact policy that asks (expectation only).
            `criteria`: [{"code", "name", "weight"}], weights in percent. `prizes`: [{"place", "name", "points"}]
    """

    __tablename__ = "idea_campaign"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("kind", CAMPAIGN_KINDS), name="kind"),
        CheckConstraint(one_of("state", CAMPAIGN_STATES), name="state"),
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        CheckConstraint("(kind = 'expectation') = (survey_id IS NOT NULL)", name="survey"),
        CheckConstraint("state <> 'published' OR result <> ''", name="result"),
        Index("ix_idea_campaign_in_time", "ends_on", "id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=40)
    kind: str = Field(max_length=12)
    title: str = Field(max_length=120)
    theme: str = Field(default="", max_length=2000)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    starts_on: date
    ends_on: date
    for_customers: bool = True
    state: str = Field(default="draft", max_length=10)
    result: str = Field(default="", max_length=3000)
    survey_id: UUID | None = Field(default=None, foreign_key="campaign.id")
    criteria: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    prizes: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    owner_id: UUID = Field(foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class JuryMember(SQLModel, table=True):
    """A member of a contest's jury; never one of its authors."""

    __tablename__ = "jury_member"
    campaign_id: UUID = Field(primary_key=True, foreign_key="idea_campaign.id")
    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id")


class JuryScore(SQLModel, table=True):
    """What one member of the jury gave one entry under one criterion, 1 to 10."""

    __tablename__ = "jury_score"
    __table_args__ = (CheckConstraint("points BETWEEN 1 AND 10", name="points"), Index("ix_jury_score_of_entry", "idea_id"))
    campaign_id: UUID = Field(primary_key=True, foreign_key="idea_campaign.id")
    idea_id: UUID = Field(primary_key=True, foreign_key="idea.id")
    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id")
    criterion: str = Field(primary_key=True, max_length=20)
    points: int
    at: datetime = Field(sa_type=UtcDateTime)


class Prize(SQLModel, table=True):
    """What an entry won, as it stood when the contest was decided."""

    __tablename__ = "contest_prize"
    campaign_id: UUID = Field(primary_key=True, foreign_key="idea_campaign.id")
    idea_id: UUID = Field(primary_key=True, foreign_key="idea.id")
    place: int
    score: float
    name: str = Field(default="", max_length=60)


class ExcellenceAward(SQLModel, table=True):
    """An award for a team or a member of staff (卓越奖): nominated by one person, decided by two others."""

    __tablename__ = "excellence_award"
    __table_args__ = (
        CheckConstraint(one_of("kind", AWARD_KINDS), name="kind"),
        CheckConstraint(one_of("state", AWARD_STATES), name="state"),
        CheckConstraint("(kind = 'staff') = (user_id IS NOT NULL)", name="whom"),
        CheckConstraint("kind <> 'team' OR team <> ''", name="team"),
        CheckConstraint("first_by IS NULL OR first_by <> nominated_by", name="first_is_another"),
        CheckConstraint("second_by IS NULL OR (second_by <> nominated_by AND second_by <> first_by)", name="second_is_another"),
        CheckConstraint(
            "user_id IS NULL OR ((first_by IS NULL OR first_by <> user_id) AND (second_by IS NULL OR second_by <> user_id))",
            name="not_oneself",
        ),
        CheckConstraint("(state = 'given') = (second_by IS NOT NULL)", name="two_people"),
        CheckConstraint("state <> 'declined' OR why_not <> ''", name="why_not"),
        Index("ix_excellence_award_in_state", "state", "nominated_at", "id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=10)
    title: str = Field(max_length=120)
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    team: str = Field(default="", max_length=120)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    idea_id: UUID | None = Field(default=None, foreign_key="idea.id")
    reason: str = Field(max_length=2000)
    state: str = Field(default="nominated", max_length=10)
    nominated_by: UUID = Field(foreign_key="app_user.id")
    nominated_at: datetime = Field(sa_type=UtcDateTime)
    first_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    second_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    why_not: str = Field(default="", max_length=1000)


class IssueNews(SQLModel, table=True):
    """A step of an issue that those who brought it, or voted for it, are to be told of; a job does it, some people at a time.

    Shape   `kind`, `object_id`: the one thing that was tied, where only those behind it are told. `told_to`: the last voter so far
    """

    __tablename__ = "issue_news"
    __table_args__ = (Index("ix_issue_news_to_tell", "at", sqlite_where=TO_TELL, postgresql_where=TO_TELL),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    issue_id: UUID = Field(foreign_key="issue.id")
    step: str = Field(max_length=12)
    kind: str | None = Field(default=None, max_length=12)
    object_id: UUID | None = None
    at: datetime = Field(sa_type=UtcDateTime)
    told_to: str | None = Field(default=None, max_length=60)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class IssueTold(SQLModel, table=True):
    """That somebody was told of a step of an issue: once, however often the job runs."""

    __tablename__ = "issue_told"
    news_id: UUID = Field(primary_key=True, foreign_key="issue_news.id")
    who: str = Field(primary_key=True, max_length=60)
    reached: bool = True
    at: datetime = Field(sa_type=UtcDateTime)
