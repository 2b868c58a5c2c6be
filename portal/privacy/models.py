"""Notices in versions, customers' requests, legal holds, held records, periods, the register of processing, the way of a key."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

NOTICE_STATES = ("draft", "submitted", "published")
REQUEST_KINDS = ("access", "correction", "deletion", "copy")
REQUEST_STATES = ("received", "identified", "done", "refused", "withdrawn")
REQUEST_ORIGINS = ("page", "staff", "hotline", "letter")
HOLD_STATES = ("asked", "in_force", "lifting", "lifted", "refused")
OPEN = text("state IN ('received', 'identified')")
HELD = text("released_at IS NULL")


class Purpose(SQLModel, table=True):
    """A purpose for which personal data is used, and what makes it lawful; consents name its code."""

    __tablename__ = "privacy_purpose"
    __table_args__ = (CheckConstraint(one_of("basis", ("consent", "contract", "duty", "interest")), name="basis"),)
    code: str = Field(primary_key=True, max_length=30)
    name_zh: str = Field(max_length=80)
    name_en: str = Field(max_length=80)
    basis: str = Field(max_length=10)
    active: bool = True


class Notice(SQLModel, table=True):
    """A privacy notice in a version; the newest published one is what a customer agrees to. Its publisher is not its author."""

    __tablename__ = "privacy_notice"
    __table_args__ = (
        UniqueConstraint("version"),
        CheckConstraint(one_of("state", NOTICE_STATES), name="state"),
        CheckConstraint("published_by IS NULL OR published_by <> made_by", name="two_people"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: str = Field(max_length=20)
    title_zh: str = Field(max_length=120)
    title_en: str = Field(max_length=120)
    body_zh: str = Field(max_length=20_000)
    body_en: str = Field(max_length=20_000)
    state: str = Field(default="draft", max_length=10)
    made_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    published_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PrivacyRequest(SQLModel, table=True):
    """What a customer asks for about their data. Words and answer are encrypted; `proof` says in codes and counts what was done."""

    __tablename__ = "privacy_request"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("token_hash"),
        CheckConstraint(one_of("kind", REQUEST_KINDS), name="kind"),
        CheckConstraint(one_of("state", REQUEST_STATES), name="state"),
        CheckConstraint(one_of("origin", REQUEST_ORIGINS), name="origin"),
        CheckConstraint("(state IN ('received', 'identified')) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("state NOT IN ('identified', 'done') OR checked_at IS NOT NULL", name="identity_first"),
        Index("ix_privacy_request_open", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_privacy_request_of_customer", "customer_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int
    kind: str = Field(max_length=12)
    origin: str = Field(max_length=10)
    state: str = Field(default="received", max_length=12)
    language: str = Field(default="zh-Hans", max_length=20)
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id")
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    token_hash: bytes = Field(sa_type=LargeBinary)
    link_key: int
    words_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    name_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    contact_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    reply_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    copy_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    received_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    checked_how: str = Field(default="", max_length=20)
    checked_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=30)
    ended_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proof: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    proof_hash: str = Field(default="", max_length=64)


class LegalHold(SQLModel, table=True):
    """Nothing about this customer is erased or removed while it is in force; laid and lifted by two people each."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint(one_of("state", HOLD_STATES), name="state"),
        CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name="two_people"),
        CheckConstraint("lifted_by IS NULL OR lifted_by <> lift_asked_by", name="two_to_lift"),
        CheckConstraint("state NOT IN ('in_force', 'lifting', 'lifted') OR approved_by IS NOT NULL", name="approved"),
        CheckConstraint("(state = 'lifted') = (lifted_by IS NOT NULL)", name="lifted"),
        Index("ix_legal_hold_of_customer", "customer_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    customer_id: UUID = Field(foreign_key="customer.id")
    state: str = Field(default="asked", max_length=10)
    reason: str = Field(max_length=20)
    reference: str = Field(default="", max_length=60)
    asked_by: UUID = Field(foreign_key="app_user.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lift_asked_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    lifted_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HeldRecord(SQLModel, table=True):
    """Records of an erased customer that a law makes the bank keep: shut to all but two roles, emptied when their period is over.

    `subject` is the id under which they lie where nothing leads from the customer to them any more, as an officer's.
    """

    __tablename__ = "held_record"
    __table_args__ = (
        UniqueConstraint("customer_id", "part"),
        Index("ix_held_record_due", "until", sqlite_where=HELD, postgresql_where=HELD),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    customer_id: UUID = Field(foreign_key="customer.id")
    part: str = Field(max_length=30)
    basis: str = Field(max_length=30)
    subject: UUID | None = None
    held_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RetentionPeriod(SQLModel, table=True):
    """How long a kind of data is kept, where the bank chose otherwise than the product does; and how far a job has come with it."""

    __tablename__ = "retention_period"
    __table_args__ = (CheckConstraint("months BETWEEN 1 AND 600", name="months"),)
    kind: str = Field(primary_key=True, max_length=30)
    months: int | None = None
    done: str = Field(default="", max_length=80)
    changed_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    changed_at: datetime = Field(sa_type=UtcDateTime)


class ProcessingActivity(SQLModel, table=True):
    """A line of the register of processing: what is done with whose data, for what, with whom, how long, how it is guarded."""

    __tablename__ = "processing_activity"
    __table_args__ = (UniqueConstraint("code"), CheckConstraint(one_of("risk", ("low", "middle", "high")), name="risk"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=30)
    purpose: str = Field(max_length=30)
    words: dict[str, dict[str, str]] = Field(default_factory=dict, sa_type=Json)
    retention: str = Field(default="", max_length=30)
    risk: str = Field(default="low", max_length=10)
    changed_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    changed_at: datetime = Field(sa_type=UtcDateTime)


class KeyProgress(SQLModel, table=True):
    """How far a column has come on its way to the newest keys; `generation` names them by their fingerprint."""

    __tablename__ = "key_progress"
    place: str = Field(primary_key=True, max_length=80)
    generation: str = Field(max_length=32)
    after: str = Field(default="", max_length=200)
    changed: int = 0
    unreadable: int = 0
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
