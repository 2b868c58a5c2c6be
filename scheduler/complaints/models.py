"""Complaints: the facts beside the case that carries the work, its limits, extensions, reviews and the code list."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

ORIGINS = ("link", "poster", "staff", "api", "regulator")
STAGES = ("received", "accepted", "decided", "closed", "withdrawn", "duplicate")
OUTCOMES = ("upheld", "partly", "not_upheld", "settled")
CODE_KINDS = ("channel", "business", "reason")
EXTENSION_STATES = ("told", "asked", "refused")
REVIEW_STATES = ("asked", "kept", "changed", "withdrawn")
OPEN = text("stage IN ('received', 'accepted')")
WITH_REF = text("source_ref IS NOT NULL")


class Complaint(SQLModel, table=True):
    """What a customer complains about. The case carries number, unit, owner, timeline; here stand words, limits and the decision.

    Words and contact data are encrypted. `due_at` is the limit of the decision as the customer was told.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint(one_of("origin", ORIGINS), name="origin"),
        CheckConstraint(one_of("stage", STAGES), name="stage"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("(stage IN ('decided', 'closed')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("approved_by IS NULL OR approved_by <> decided_by", name="two_people"),
        CheckConstraint("duplicate_of IS NULL OR duplicate_of <> case_id", name="not_its_own_duplicate"),
        Index("uq_complaint_source_ref", "source_ref", unique=True, sqlite_where=WITH_REF, postgresql_where=WITH_REF),
        Index("uq_complaint_token", "token_hash", unique=True),
        Index("ix_complaint_open_by_due", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_complaint_received", "received_at"),
        Index("ix_complaint_alike", "fingerprint", "received_at"),
    )
    case_id: UUID = Field(primary_key=True, foreign_key="case_file.id")
    origin: str = Field(max_length=10)
    stage: str = Field(default="received", max_length=10)
    source_ref: str | None = Field(default=None, max_length=100)
    regulator_ref: str = Field(default="", max_length=60)
    language: str = Field(default="zh-Hans", max_length=20)
    token_hash: bytes = Field(sa_type=LargeBinary)
    link_key: int
    words_enc: bytes = Field(sa_type=LargeBinary)
    wish_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    name_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_index: bytes | None = Field(default=None, sa_type=LargeBinary, index=True)
    email_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    agent_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    agent_checked_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    channel: str = Field(default="", max_length=40)
    business: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=40)
    classified_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    suggested: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    fingerprint: str = Field(default="", max_length=32)
    happened_unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    happened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    complex: bool = False
    difficult: bool = False
    duplicate_of: UUID | None = Field(default=None, foreign_key="complaint.case_id")
    outcome: str | None = Field(default=None, max_length=12)
    decision_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revision: int = 1


class ComplaintExtension(SQLModel, table=True):
    """A longer limit, with the reason as the customer is told it. The second kind needs the yes of another person above."""

    __tablename__ = "complaint_extension"
    __table_args__ = (
        UniqueConstraint("case_id", "kind"),
        CheckConstraint(one_of("kind", ("complex", "approved")), name="kind"),
        CheckConstraint(one_of("state", EXTENSION_STATES), name="state"),
        CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name="two_people"),
        CheckConstraint("kind = 'complex' OR state <> 'told' OR approved_by IS NOT NULL", name="approved"),
        CheckConstraint("to_due > from_due", name="longer"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="complaint.case_id")
    kind: str = Field(max_length=10)
    state: str = Field(max_length=10)
    reason: str = Field(max_length=500)
    from_due: datetime = Field(sa_type=UtcDateTime)
    to_due: datetime = Field(sa_type=UtcDateTime)
    asked_by: UUID = Field(foreign_key="app_user.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ComplaintReview(SQLModel, table=True):
    """A review of the decision (核查), asked for by the customer, made at the level above by somebody else."""

    __tablename__ = "complaint_review"
    __table_args__ = (
        UniqueConstraint("case_id"),
        CheckConstraint(one_of("state", REVIEW_STATES), name="state"),
        CheckConstraint("reviewer_id IS NULL OR first_decider IS NULL OR reviewer_id <> first_decider", name="another_person"),
        CheckConstraint("(state IN ('kept', 'changed')) = (reviewer_id IS NOT NULL)", name="reviewed"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="complaint.case_id")
    unit_id: UUID = Field(foreign_key="org_unit.id")
    first_decider: UUID | None = Field(default=None, foreign_key="app_user.id")
    state: str = Field(default="asked", max_length=10)
    grounds_enc: bytes = Field(sa_type=LargeBinary)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    reviewer_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decision_enc: bytes | None = Field(default=None, sa_type=LargeBinary)


class ComplaintRecusal(SQLModel, table=True):
    """Somebody with an interest in the matter, who therefore takes no part in it (回避)."""

    __tablename__ = "complaint_recusal"
    case_id: UUID = Field(primary_key=True, foreign_key="complaint.case_id")
    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id")
    reason: str = Field(max_length=300)
    declared_by: UUID = Field(foreign_key="app_user.id")
    at: datetime = Field(sa_type=UtcDateTime)


class ComplaintCode(SQLModel, table=True):
    """A line of the regulator's code list: channel, business or reason. `words` suggest it from a text."""

    __tablename__ = "complaint_code"
    __table_args__ = (CheckConstraint(one_of("kind", CODE_KINDS), name="kind"),)
    kind: str = Field(primary_key=True, max_length=10)
    code: str = Field(primary_key=True, max_length=40)
    parent: str = Field(default="", max_length=40)
    name_zh: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
    words: list[str] = Field(default_factory=list, sa_type=Json)
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    position: int = 0
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ComplaintRules(SQLModel, table=True):
    """Limits as the bank set them; the newest version holds for what comes after it."""

    __tablename__ = "complaint_rules"
    number: int = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=Json)
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)


class ComplaintModel(SQLModel, table=True):
    """What was learnt from classified complaints: counts of words that at least a few of them share, and how well it did on others."""

    __tablename__ = "complaint_model"
    number: int = Field(primary_key=True)
    kind: str = Field(primary_key=True, max_length=10)
    document: dict[str, Any] = Field(sa_type=Json)
    trained_on: int
    tested_on: int
    right: int
    right_of_three: int
    made_at: datetime = Field(sa_type=UtcDateTime)


from scheduler.complaints import library_models  # noqa: E402, F401  # its tables belong to this room
