"""How customers come in: recruitment, signed tickets, one-time codes, sessions of their own."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

CAMPAIGN_STATES = ("draft", "running", "ended")
AUDIENCES = ("staff", "customer", "both")
DOORS = ("ticket", "code")
TO_SEND = text("customer_id IS NOT NULL AND told_at IS NULL")


class OfficerCampaign(SQLModel, table=True):
    """A recruitment campaign with its poster code. `quotas`: places for a unit (and those below) or a segment; none, no limit.

    Shape   quotas [{"unit_id": "…" or "", "segment": "…" or "", "places": 20}]; `seen` counts visits by the poster's address
    """

    __tablename__ = "officer_campaign"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("state", CAMPAIGN_STATES), name="state"),
        CheckConstraint(one_of("audience", AUDIENCES), name="audience"),
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        CheckConstraint("seen >= 0", name="seen"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=12)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    audience: str = Field(default="both", max_length=10)
    starts_on: date
    ends_on: date
    quotas: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    state: str = Field(default="draft", max_length=10)
    seen: int = 0
    created_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)


class OfficerSession(SQLModel, table=True):
    """A customer who came in: the cookie holds a secret of which only the hash is here."""

    __tablename__ = "officer_session"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("ticket_hash"),
        CheckConstraint(one_of("door", DOORS), name="door"),
        Index("ix_officer_session_of_customer", "customer_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: bytes = Field(sa_type=LargeBinary)
    customer_id: UUID = Field(foreign_key="customer.id")
    door: str = Field(max_length=10)
    ticket_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OfficerCode(SQLModel, table=True):
    """A one-time code that was asked for with a phone number, known to the bank or not; only its keyed hash is kept."""

    __tablename__ = "officer_code"
    __table_args__ = (
        CheckConstraint("tries >= 0 AND tries <= 5", name="tries"),
        Index("ix_officer_code_of_phone", "phone_index", "at"),
        Index("ix_officer_code_to_send", "at", sqlite_where=TO_SEND, postgresql_where=TO_SEND),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    phone_index: bytes = Field(sa_type=LargeBinary)
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id")
    code_hash: bytes = Field(sa_type=LargeBinary)
    tries: int = 0
    at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
