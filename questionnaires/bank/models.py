"""Reusable questions and their revisions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id


class BankQuestion(SQLModel, table=True):
    """A question of the bank; its words are in its newest revision."""

    __tablename__ = "bank_question"
    __table_args__ = (UniqueConstraint("code"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=60)
    category: str = Field(max_length=40, index=True)
    tags: list[str] = Field(default_factory=list, sa_type=Json)
    revision: int = 1
    search_text: str = Field(default="", sa_type=Text)
    owner_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    sample: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BankRevision(SQLModel, table=True):
    """One wording of a bank question; never changed once written."""

    __tablename__ = "bank_revision"
    __table_args__ = (UniqueConstraint("question_id", "number"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    question_id: UUID = Field(foreign_key="bank_question.id")
    number: int
    content: dict[str, Any] = Field(sa_type=Json)
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
