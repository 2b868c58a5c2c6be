"""What points are spent on: the catalogue, its codes, and what was redeemed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

BENEFIT_STATES = ("draft", "on_sale", "paused", "retired")
BENEFIT_KINDS = ("goods", "code", "voucher", "service")
REDEMPTION_STATES = ("reserved", "fulfilling", "delivered", "disputed", "cancelled", "failed")
LIVE = ("reserved", "fulfilling", "delivered", "disputed")
"""Redemptions that hold an item of the stock."""
UNSETTLED = ("reserved", "fulfilling", "disputed")
"""Redemptions whose points may still come back."""
FREE, TO_ERASE, AT_WORK = (
    text("redemption_id IS NULL"), text("address_enc IS NOT NULL"), text("state IN ('reserved', 'fulfilling', 'disputed')"),
)  # fmt: skip


class Benefit(SQLModel, table=True):
    """Something that points buy. `placed` counts what was ever put into the stock: stock + live redemptions = placed."""

    __tablename__ = "benefit"
    __table_args__ = (
        CheckConstraint(one_of("state", BENEFIT_STATES), name="state"),
        CheckConstraint(one_of("kind", BENEFIT_KINDS), name="kind"),
        CheckConstraint("stock >= 0 AND placed >= stock", name="stock"),
        CheckConstraint("cost > 0 AND value_cents >= 0 AND limit_each >= 0", name="figures"),
        CheckConstraint("sale_until IS NULL OR sale_from IS NULL OR sale_until > sale_from", name="sale_window"),
        Index("ix_benefit_on_sale", "state", "cost"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    about_zh: str = Field(default="", max_length=1000)
    about_en: str = Field(default="", max_length=1000)
    kind: str = Field(max_length=8)
    cost: int
    value_cents: int = 0
    stock: int = 0
    placed: int = 0
    limit_each: int = 0
    tier: str = Field(default="", max_length=20)
    sale_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sale_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str = Field(default="draft", max_length=8)
    created_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)


class BenefitCode(SQLModel, table=True):
    """A code that is worth something: encrypted, handed out once."""

    __tablename__ = "benefit_code"
    __table_args__ = (
        UniqueConstraint("code_index"),
        UniqueConstraint("redemption_id"),
        Index("ix_benefit_code_free", "benefit_id", "id", sqlite_where=FREE, postgresql_where=FREE),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    benefit_id: UUID = Field(foreign_key="benefit.id")
    code_enc: bytes = Field(sa_type=LargeBinary)
    code_index: bytes = Field(sa_type=LargeBinary)
    redemption_id: UUID | None = Field(default=None, foreign_key="redemption.id")
    uploaded_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    uploaded_at: datetime = Field(sa_type=UtcDateTime)


class Redemption(SQLModel, table=True):
    """One item that an officer took for points: reserved for a while, on its way, delivered; or cancelled or failed, and refunded."""

    __tablename__ = "redemption"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("number"),
        CheckConstraint(one_of("state", REDEMPTION_STATES), name="state"),
        CheckConstraint("cost > 0", name="cost"),
        CheckConstraint("state <> 'delivered' OR delivered_at IS NOT NULL", name="delivered"),
        Index("ix_redemption_of_officer", "officer_id", "reserved_at"),
        Index("ix_redemption_of_benefit", "benefit_id", "state"),
        Index("ix_redemption_at_work", "changed_at", sqlite_where=AT_WORK, postgresql_where=AT_WORK),
        Index("ix_redemption_address", "delivered_at", sqlite_where=TO_ERASE, postgresql_where=TO_ERASE),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: str = Field(max_length=20)
    key: str = Field(max_length=80)
    officer_id: UUID = Field(foreign_key="officer.id")
    benefit_id: UUID = Field(foreign_key="benefit.id")
    cost: int
    value_cents: int
    year: int
    tier: str = Field(default="", max_length=20)
    state: str = Field(default="reserved", max_length=10)
    address_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    note: str = Field(default="", max_length=500)
    reserved_at: datetime = Field(sa_type=UtcDateTime)
    reserved_until: datetime = Field(sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    handled_by: UUID | None = Field(default=None, foreign_key="app_user.id")


class RedeemedYear(SQLModel, table=True):
    """The money's worth of what an officer redeemed in a calendar year."""

    __tablename__ = "redeemed_year"
    __table_args__ = (CheckConstraint("used_cents >= 0", name="used"),)
    officer_id: UUID = Field(primary_key=True, foreign_key="officer.id")
    year: int = Field(primary_key=True)
    used_cents: int = 0
