"""Officers, the steps of their way, their growth, and what they are told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

KINDS = ("staff", "customer")
STATES = ("applied", "approved", "training", "active", "paused", "suspended", "retired", "rejected")
ORIGINS = ("self", "campaign", "promoter", "sample")
SENDING = ("", "waiting", "sent", "kept")
LOWEST = "explorer"
"""The tier that everybody begins with."""
WAITS = text("sending = 'waiting'")
UNREAD = text("read_at IS NULL")
APPLIED = text("state = 'applied'")


class Officer(SQLModel, table=True):
    """A member of staff or a customer who tells the bank how it is to be its customer.

    Shape   `user_id` of staff, `customer_id` of customers; neither once erased. `tier` is a code of the tiers in force, held since
            `tier_since`, which leave moves forward; `notice_at`: told then that they may move down. `city`, `device`, `age_band`,
            `segment` are the cuts of the panel. `channel`: how they would rather be told, empty for the zone alone
    """

    __tablename__ = "officer"
    __table_args__ = (
        UniqueConstraint("user_id"),
        UniqueConstraint("customer_id"),
        UniqueConstraint("alias"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("origin", ORIGINS), name="origin"),
        CheckConstraint("user_id IS NULL OR kind = 'staff'", name="user_is_staff"),
        CheckConstraint("customer_id IS NULL OR kind = 'customer'", name="customer_is_customer"),
        CheckConstraint("erased_at IS NOT NULL OR user_id IS NOT NULL OR customer_id IS NOT NULL", name="somebody"),
        CheckConstraint("state <> 'suspended' OR reason <> ''", name="suspended_why"),
        CheckConstraint("state <> 'rejected' OR reason <> ''", name="rejected_why"),
        Index("ix_officer_to_review", "unit_id", sqlite_where=APPLIED, postgresql_where=APPLIED),
        Index("ix_officer_by_state", "state", "tier"),
        Index("ix_officer_of_unit", "unit_id", "state"),
        Index("ix_officer_of_campaign", "campaign_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=10)
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id")
    unit_id: UUID = Field(foreign_key="org_unit.id")
    alias: str = Field(max_length=40)
    state: str = Field(default="applied", max_length=10)
    reason: str = Field(default="", max_length=200)
    tier: str = Field(default=LOWEST, max_length=20)
    tier_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    notice_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checked_on: str = Field(default="", max_length=7)
    language: str = Field(default="zh-Hans", max_length=20)
    channel: str = Field(default="", max_length=20)
    city: str = Field(default="", max_length=40)
    device: str = Field(default="", max_length=20)
    age_band: str = Field(default="", max_length=10)
    segment: str = Field(default="", max_length=40)
    why: str = Field(default="", max_length=500)
    origin: str = Field(default="self", max_length=10)
    campaign_id: UUID | None = Field(default=None, foreign_key="officer_campaign.id")
    notice_version: str = Field(default="", max_length=20)
    consented_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    joined_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    applied_at: datetime = Field(sa_type=UtcDateTime)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    trained_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    back_on: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OfficerStep(SQLModel, table=True):
    """One step on an officer's way, or one change of tier; append-only. `by` is the user who took it, none for themselves."""

    __tablename__ = "officer_step"
    __table_args__ = (Index("ix_officer_step_of_officer", "officer_id", "at"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    officer_id: UUID = Field(foreign_key="officer.id")
    act: str = Field(max_length=20)
    before: str = Field(default="", max_length=20)
    after: str = Field(max_length=20)
    reason: str = Field(default="", max_length=200)
    by: UUID | None = Field(default=None, foreign_key="app_user.id")
    at: datetime = Field(sa_type=UtcDateTime)


class GrowthEntry(SQLModel, table=True):
    """Growth for one thing done, or the taking back of it; append-only.

    Shape   an entry is paid once for each source and officer; one that takes back names what it `reverses` and counts in the same
            window (`counts_at`), so that the two leave the year together
    """

    __tablename__ = "growth_entry"
    __table_args__ = (
        UniqueConstraint("officer_id", "source"),
        UniqueConstraint("reverses"),
        CheckConstraint("(amount > 0 AND reverses IS NULL) OR (amount < 0 AND reverses IS NOT NULL)", name="sign"),
        Index("ix_growth_entry_over_year", "officer_id", "counts_at", "amount"),
        Index("ix_growth_entry_by_source", "source"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    officer_id: UUID = Field(foreign_key="officer.id")
    amount: int
    source: str = Field(max_length=120)
    at: datetime = Field(sa_type=UtcDateTime)
    counts_at: datetime = Field(sa_type=UtcDateTime)
    reverses: UUID | None = Field(default=None, foreign_key="growth_entry.id")


class OfficerNotice(SQLModel, table=True):
    """Something an officer is told in the zone; where they chose a channel a message follows, or the reason why none did.

    Shape   `sending`: empty for the zone alone, then waiting, sent (by `contact_id`) or kept (`kept_why`, a reason code)
    """

    __tablename__ = "officer_notice"
    __table_args__ = (
        CheckConstraint(one_of("sending", SENDING), name="sending"),
        CheckConstraint("(sending = 'kept') = (kept_why <> '')", name="kept_why"),
        CheckConstraint("(sending = 'sent') = (contact_id IS NOT NULL)", name="sent_by"),
        Index("ix_officer_notice_of_officer", "officer_id", "at"),
        Index("ix_officer_notice_unread", "officer_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index("ix_officer_notice_to_send", "at", sqlite_where=WAITS, postgresql_where=WAITS),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    officer_id: UUID = Field(foreign_key="officer.id")
    code: str = Field(max_length=40)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    url: str = Field(default="", max_length=200)
    at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sending: str = Field(default="", max_length=10)
    kept_why: str = Field(default="", max_length=40)
    contact_id: UUID | None = None
