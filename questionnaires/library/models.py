"""Questionnaires with their draft, and the versions that were published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

STATUSES = ("draft", "submitted", "approved", "returned", "published", "paused", "retired")


class Questionnaire(SQLModel, table=True):
    """A questionnaire: one draft that people edit, any number of published versions.

    `soft_limit` is set while a soft launch runs: after so many answers to the current version it pauses by itself, which
    `soft_paused_at` remembers until somebody resumes.
    """

    __tablename__ = "questionnaire"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint("soft_limit > 0", name="soft_limit"),
    )
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
    soft_limit: int | None = None
    soft_paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
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
    """One step of an approval: whose word is awaited, and what it was. A trigger refuses the word of a `DraftAuthor`."""

    __tablename__ = "approval_step"
    __table_args__ = (
        UniqueConstraint("questionnaire_id", "draft_revision", "step"),
        CheckConstraint("decided_by <> submitted_by", name="not_by_who_submitted"),
    )
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


class DraftChange(SQLModel, table=True):
    """One step of a draft's history: the parts it changed, each as it was and as it became, so that it can be undone."""

    __tablename__ = "draft_change"
    __table_args__ = (Index("ix_draft_change_of_draft", "questionnaire_id", "revision"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    questionnaire_id: UUID = Field(foreign_key="questionnaire.id")
    revision: int
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    act: str = Field(max_length=30)
    subject: str = Field(default="", max_length=60)
    parts: dict[str, Any] = Field(sa_type=Json)
    at: datetime = Field(sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DraftAuthor(SQLModel, table=True):
    """Somebody who wrote on the draft since the last publication; such a person does not approve it."""

    __tablename__ = "draft_author"
    questionnaire_id: UUID = Field(foreign_key="questionnaire.id", primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id", primary_key=True)


class DraftPresence(SQLModel, table=True):
    """Who has a draft open, and what of it; a row that was not renewed for a minute is somebody who left."""

    __tablename__ = "draft_presence"
    questionnaire_id: UUID = Field(foreign_key="questionnaire.id", primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id", primary_key=True)
    part: str = Field(default="", max_length=60)
    seen_at: datetime = Field(sa_type=UtcDateTime)


class LibraryFolder(SQLModel, table=True):
    """A folder with its names; `Questionnaire.folder` holds its code, and a folder may stand in another."""

    __tablename__ = "library_folder"
    code: str = Field(max_length=60, primary_key=True)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    parent: str = Field(default="", max_length=60)
    created_at: datetime = Field(sa_type=UtcDateTime)


class VersionFigures(SQLModel, table=True):
    """How a version fares, at a glance: counted by a job of answering, so that lists count nothing themselves.

    `indicator` is the first of NPS, CSAT and CES that it feeds, `score` its figure over `scored` answers.
    """

    __tablename__ = "version_figures"
    version_id: UUID = Field(foreign_key="questionnaire_version.id", primary_key=True)
    started: int = 0
    answers: int = 0
    indicator: str = Field(default="", max_length=40)
    score: float | None = None
    scored: int = 0
    dropped: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    counted_at: datetime = Field(sa_type=UtcDateTime)
