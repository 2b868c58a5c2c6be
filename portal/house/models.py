"""Switches of the product's parts; documents in versions, and who has read them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

DOCUMENT_STATES = ("draft", "submitted", "published", "replaced")


class FeatureSwitch(SQLModel, table=True):
    """A part of the product that was switched off, or on again; a part without a row is on."""

    __tablename__ = "feature_switch"
    code: str = Field(primary_key=True, max_length=40)
    is_on: bool
    changed_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    changed_at: datetime = Field(sa_type=UtcDateTime)


class PolicyDocument(SQLModel, table=True):
    """A document that people must know (管理办法), in a version. `audience` names roles and units; empty lists mean all.

    Shape   audience {"roles": [...], "units": [unit ids]}; `sign_days`: so many days to say that one has read it, 0 where nobody must
    """

    __tablename__ = "policy_document"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint(one_of("state", DOCUMENT_STATES), name="state"),
        CheckConstraint("published_by IS NULL OR published_by <> made_by", name="two_people"),
        CheckConstraint("(state IN ('published', 'replaced')) = (published_at IS NOT NULL)", name="published"),
        CheckConstraint("sign_days BETWEEN 0 AND 365", name="sign_days"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=40)
    version: int = 1
    title_zh: str = Field(max_length=120)
    title_en: str = Field(max_length=120)
    body_zh: str = Field(max_length=40_000)
    body_en: str = Field(max_length=40_000)
    audience: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    sign_days: int = 14
    state: str = Field(default="draft", max_length=10)
    made_by: UUID = Field(foreign_key="app_user.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    published_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DocumentReading(SQLModel, table=True):
    """Somebody's word that they have read a version; append-only by its key."""

    __tablename__ = "document_reading"
    document_id: UUID = Field(foreign_key="policy_document.id", primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id", primary_key=True, index=True)
    read_at: datetime = Field(sa_type=UtcDateTime)
