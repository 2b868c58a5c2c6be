"""The ledger's tables: entries that are never changed, the lots that points are held in, and the account that sums them up."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

ENTRY_KINDS = ("award", "second", "correction", "redeem", "refund", "expiry", "claw_back", "settle")
AWARD_STATES = ("paid", "refused", "revoked")
RULES_STATES = ("draft", "submitted", "approved", "withdrawn")
CORRECTION_STATES = ("waiting", "approved", "declined")
DAY_KINDS = ("points", "submissions", "uploads")
HUGE = 1_000_000
"""No single entry is larger: a typing error must not become a fortune."""
LEFT, WAITING = text("remaining > 0"), text("state = 'waiting'")
QUIET = text("remaining > 0 AND told_at IS NULL")
SIGNS = (
    "(kind NOT IN ('award', 'second', 'refund') OR amount > 0) AND (kind NOT IN ('redeem', 'expiry', 'settle') OR amount < 0) "
    "AND (kind <> 'claw_back' OR amount <= 0)"
)


class PointRules(SQLModel, table=True):
    """A version of the rules by which points are awarded, capped and expire; in force from a moment until the next one is."""

    __tablename__ = "point_rules"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(one_of("state", RULES_STATES), name="state"),
        CheckConstraint("approved_by <> author_id", name="second_person"),
        CheckConstraint("(state = 'approved') = (valid_from IS NOT NULL)", name="valid_once_approved"),
        Index("ix_point_rules_in_force", "valid_from"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int
    state: str = Field(default="draft", max_length=10)
    content: dict[str, Any] = Field(sa_type=Json)
    wanted_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    valid_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PointBudget(SQLModel, table=True):
    """How many points may be awarded: by the programme in a month (period "2026-06"), or for a task (period "")."""

    __tablename__ = "point_budget"
    __table_args__ = (CheckConstraint("used >= 0 AND used <= cap", name="never_exceeded"),)
    scope: str = Field(primary_key=True, max_length=60)
    period: str = Field(primary_key=True, max_length=7)
    cap: int
    used: int = 0


class OfficerDayUse(SQLModel, table=True):
    """What an officer used of a day's caps: points, submissions, uploads."""

    __tablename__ = "officer_day_use"
    __table_args__ = (CheckConstraint(one_of("kind", DAY_KINDS), name="kind"), CheckConstraint("used >= 0", name="used"))
    officer_id: UUID = Field(primary_key=True, foreign_key="officer.id")
    day: str = Field(primary_key=True, max_length=10)
    kind: str = Field(primary_key=True, max_length=12)
    used: int = 0


class PointAward(SQLModel, table=True):
    """One award: what was asked, by which rules, what it came to, and whether its second part is paid yet.

    Shape   key: source and part, once; `first` is paid at once, `second` is promised until `second_at`; budgets: what it was
            taken from, as [scope, period]; a refused award names its code and pays nothing; `verified_at`: the work was verified while
            the award was refused, so that whoever pays it later pays both parts
    """

    __tablename__ = "point_award"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(one_of("state", AWARD_STATES), name="state"),
        CheckConstraint("(state = 'refused') = (code <> '')", name="reason_why_not"),
        CheckConstraint("first >= 0 AND second >= 0 AND (second_at IS NULL OR second > 0)", name="parts"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revoked"),
        Index("ix_point_award_of_source", "source"),
        Index("ix_point_award_of_officer", "officer_id", "at"),
        Index("ix_point_award_refused", "at", sqlite_where=text("state = 'refused'"), postgresql_where=text("state = 'refused'")),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    key: str = Field(max_length=120)
    source: str = Field(max_length=100)
    officer_id: UUID = Field(foreign_key="officer.id")
    rule: str = Field(max_length=30)
    part: str = Field(max_length=6)
    version_id: UUID = Field(foreign_key="point_rules.id")
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    payload_hash: str = Field(max_length=64)
    state: str = Field(max_length=8)
    code: str = Field(default="", max_length=30)
    first: int = 0
    second: int = 0
    growth_first: int = 0
    growth_second: int = 0
    factors: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    budgets: list[list[str]] = Field(default_factory=list, sa_type=Json)
    at: datetime = Field(sa_type=UtcDateTime)
    second_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PointEntry(SQLModel, table=True):
    """One line of the ledger, never changed: what happened to an officer's balance, and to what they owe, and why.

    Shape   amount: signed points; owed: the change of what is owed; factors: what the amount was computed from
    """

    __tablename__ = "point_entry"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(one_of("kind", ENTRY_KINDS), name="kind"),
        CheckConstraint("amount <> 0 OR owed <> 0", name="moves_something"),
        CheckConstraint(f"abs(amount) <= {HUGE} AND abs(owed) <= {HUGE}", name="not_huge"),
        CheckConstraint(SIGNS, name="sign"),
        CheckConstraint("owed <= 0 OR kind = 'claw_back'", name="owed_by_claw_back"),
        Index("ix_point_entry_of_officer", "officer_id", "at"),
        Index("ix_point_entry_of_award", "award_id"),
        Index("ix_point_entry_of_redemption", "redemption_id"),
        Index("ix_point_entry_at", "at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    officer_id: UUID = Field(foreign_key="officer.id")
    kind: str = Field(max_length=10)
    amount: int
    owed: int = 0
    key: str = Field(max_length=140)
    payload_hash: str = Field(max_length=64)
    reverses: UUID | None = Field(default=None, foreign_key="point_entry.id")
    award_id: UUID | None = Field(default=None, foreign_key="point_award.id")
    redemption_id: UUID | None = Field(default=None, foreign_key="redemption.id")
    rule: str = Field(default="", max_length=30)
    version_id: UUID | None = Field(default=None, foreign_key="point_rules.id")
    factors: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    actor_kind: str = Field(max_length=10)
    actor_id: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)


class PointLot(SQLModel, table=True):
    """Points that came together and expire together.

    Shape   award_id: whose points these are, also where they came back by a refund after their first lot had died;
            closed_at: that award was revoked, so that nothing comes back to the lot; warned: how many warnings were sent
    """

    __tablename__ = "point_lot"
    __table_args__ = (
        CheckConstraint("remaining >= 0 AND remaining <= amount", name="remaining"),
        CheckConstraint("amount > 0 AND expires_at > usable_from", name="lives"),
        CheckConstraint("closed_at IS NULL OR remaining = 0", name="closed_is_empty"),
        Index("ix_point_lot_of_officer", "officer_id", "expires_at"),
        Index("ix_point_lot_of_award", "award_id"),
        Index("ix_point_lot_of_entry", "entry_id"),
        Index("ix_point_lot_to_expire", "expires_at", sqlite_where=LEFT, postgresql_where=LEFT),
        Index("ix_point_lot_to_tell", "usable_from", sqlite_where=QUIET, postgresql_where=QUIET),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    officer_id: UUID = Field(foreign_key="officer.id")
    entry_id: UUID = Field(foreign_key="point_entry.id")
    award_id: UUID | None = Field(default=None, foreign_key="point_award.id")
    amount: int
    remaining: int
    usable_from: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    warned: int = 0


class PointAllocation(SQLModel, table=True):
    """How much an entry took out of a lot, or, negative, gave back to it; never changed."""

    __tablename__ = "point_allocation"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount"), Index("ix_point_allocation_of_lot", "lot_id"))
    entry_id: UUID = Field(primary_key=True, foreign_key="point_entry.id")
    lot_id: UUID = Field(primary_key=True, foreign_key="point_lot.id")
    amount: int


class PointAccount(SQLModel, table=True):
    """An officer's sums: what they have, what is bound in redemptions that are not settled, what they still owe."""

    __tablename__ = "point_account"
    __table_args__ = (
        CheckConstraint("balance >= 0", name="balance"),
        CheckConstraint("held >= 0", name="held"),
        CheckConstraint("owed >= 0", name="owed"),
    )
    officer_id: UUID = Field(primary_key=True, foreign_key="officer.id")
    balance: int = 0
    held: int = 0
    owed: int = 0


class PointCorrection(SQLModel, table=True):
    """A correction by hand: asked for by one person with reason and evidence, decided by another."""

    __tablename__ = "point_correction"
    __table_args__ = (
        CheckConstraint(one_of("state", CORRECTION_STATES), name="state"),
        CheckConstraint(f"amount <> 0 AND abs(amount) <= {HUGE}", name="amount"),
        CheckConstraint("decided_by <> asked_by", name="second_person"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("reason <> '' AND evidence <> ''", name="reason_and_evidence"),
        Index("ix_point_correction_waiting", "asked_at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_point_correction_of_officer", "officer_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    officer_id: UUID = Field(foreign_key="officer.id")
    amount: int
    reason: str = Field(max_length=500)
    evidence: str = Field(max_length=500)
    state: str = Field(default="waiting", max_length=8)
    asked_by: UUID = Field(foreign_key="app_user.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
