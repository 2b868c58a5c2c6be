"""Questionnaires with their draft, and the versions that were published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

STATUSES = ("draft", "submitted", "approved", "returned", "published", "paused", "retired")


class Questionnaire(SQLModel, table=True):
    """A questionnaire: one draft that people edit, any number of published versions."""

    __tablename__ = "questionnaire"
    __table_args__ = (UniqueConstraint("code"), CheckConstraint(one_of("status", STATUSES), name="status"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=60)
    title_zh: str = Field(max_length=120)
    title_en: str = Field(max_length=120)
    folder: str = Field(default="", max_length=60)
    subject_class: str = Field(default="touchpoint", max_length=30)
    status: str = Field(default="draft", max_length=12)
    draft: dict[str, Any] = Field(sa_type=Json)
    draft_revision: int = 1
    current_version_id: UUID | None = None
    owner_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    sample: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class QuestionnaireVersion(SQLModel, table=True):
    """A published definition with its content hash; a trigger refuses any change to it."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("questionnaire_id", "number"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    questionnaire_id: UUID = Field(foreign_key="questionnaire.id")
    number: int
    definition: dict[str, Any] = Field(sa_type=Json)
    content_hash: str = Field(max_length=64)
    published_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    published_at: datetime = Field(sa_type=UtcDateTime)


class ApprovalStep(SQLModel, table=True):
    """One step of an approval: whose word is awaited, and what it was."""

    __tablename__ = "approval_step"
    __table_args__ = (UniqueConstraint("questionnaire_id", "draft_revision", "step"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    questionnaire_id: UUID = Field(foreign_key="questionnaire.id")
    draft_revision: int
    step: int
    roles: list[str] = Field(sa_type=Json)
    submitted_by: UUID = Field(foreign_key="app_user.id")
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decision: str | None = Field(default=None, max_length=10)
    comment: str = Field(default="", max_length=500)
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
