"""Campaigns: an audience is asked in waves, without any transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

PURPOSES = ("relationship", "needs", "staff", "other")
AUDIENCES = ("conditions", "list", "staff")
SAMPLES = ("all", "n", "precision")
STATES = ("draft", "submitted", "approved", "paused", "stopped")
WAVE_STATES = ("waiting", "drawing", "asking", "done", "stopped")
EVENT_TYPE = "campaign.wave"


class Campaign(SQLModel, table=True):
    """Who is asked what, how many of them, by when; written by one person, approved by another.

    Shape   `audience`: {"condition": …} over customers' attributes, or {"units": [ids]} whose staff is asked, or {} where the list
            is in `campaign_listed`. `touchpoint`: the code of the hidden touchpoint its events go through
    """

    __tablename__ = "campaign"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint(one_of("audience_kind", AUDIENCES), name="audience_kind"),
        CheckConstraint(one_of("sample", SAMPLES), name="sample"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("sample <> 'n' OR n > 0", name="n"),
        CheckConstraint("sample <> 'precision' OR margin > 0", name="margin"),
        CheckConstraint("approved_by IS NULL OR approved_by <> author_id", name="two_people"),
        CheckConstraint("state IN ('draft', 'submitted', 'stopped') OR approved_by IS NOT NULL", name="approved_by_somebody"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=40)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    purpose: str = Field(default="relationship", max_length=12)
    questionnaire_id: UUID = Field(foreign_key="questionnaire.id")
    touchpoint: str = Field(max_length=60)
    priority: int = 40
    channels: list[str] = Field(default_factory=lambda: ["file"], sa_type=Json)
    audience_kind: str = Field(max_length=12)
    audience: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    sample: str = Field(default="all", max_length=10)
    n: int | None = None
    margin: float | None = None
    indicator: str = Field(default="nps", max_length=40)
    response_rate: float = 0.2
    reminder_hours: int | None = None
    ends_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="draft", max_length=10)
    author_id: UUID = Field(foreign_key="app_user.id")
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sample_bank: bool = False


class CampaignWave(SQLModel, table=True):
    """One wave: a new draw of the audience from a moment on. `cursor` is how far the draw has come, so that it can go on."""

    __tablename__ = "campaign_wave"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        CheckConstraint(one_of("state", WAVE_STATES), name="state"),
        Index("ix_campaign_wave_to_do", "state", "starts_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID = Field(foreign_key="campaign.id")
    number: int
    starts_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="waiting", max_length=10)
    wanted: int | None = None
    audience: int = 0
    cutoff: float = 1.0
    cursor: UUID | None = None
    asked: int = 0
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CampaignListed(SQLModel, table=True):
    """A customer on a campaign's uploaded list."""

    __tablename__ = "campaign_listed"
    campaign_id: UUID = Field(primary_key=True, foreign_key="campaign.id")
    customer_id: UUID = Field(primary_key=True, foreign_key="customer.id")


class CampaignMember(SQLModel, table=True):
    """A person drawn for a wave; `asked_at` is when their event was written."""

    __tablename__ = "campaign_member"
    __table_args__ = (Index("ix_campaign_member_in_order", "wave_id", "chance"),)
    wave_id: UUID = Field(primary_key=True, foreign_key="campaign_wave.id")
    person_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(foreign_key="customer.id")
    chance: float
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
