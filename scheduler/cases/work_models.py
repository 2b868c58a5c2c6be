"""What people add to a case: helpers, to-dos, files, words to say; and how they look at and act on many cases."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

BULK_ACTS = ("assign", "transfer", "note", "close")
BULK_STATES = ("waiting", "done", "refused")
ATTACHMENT_STATES = ("waiting", "ready", "broken")
TO_DO = text("done_at IS NULL")
IN_LINE = text("state = 'waiting'")


class CaseMember(SQLModel, table=True):
    """Somebody who helps with a case beside its owner, and is told what happens to it."""

    __tablename__ = "case_member"
    case_id: UUID = Field(primary_key=True, foreign_key="case_file.id")
    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id", index=True)
    added_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    added_at: datetime = Field(sa_type=UtcDateTime)


class CaseTask(SQLModel, table=True):
    """A to-do of a case; `promised` was said to the customer."""

    __tablename__ = "case_task"
    __table_args__ = (
        Index("ix_case_task_of_case", "case_id"),
        Index("ix_case_task_to_do", "owner_id", "due_on", sqlite_where=TO_DO, postgresql_where=TO_DO),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id")
    words: str = Field(max_length=200)
    owner_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    due_on: date | None = None
    promised: bool = False
    created_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by: UUID | None = Field(default=None, foreign_key="app_user.id")


class CaseAttachment(SQLModel, table=True):
    """A file that staff put to a case; its content lies sealed beside it."""

    __tablename__ = "case_attachment"
    __table_args__ = (
        CheckConstraint(one_of("state", ATTACHMENT_STATES), name="state"),
        Index("ix_case_attachment_of_case", "case_id"),
        Index("ix_case_attachment_to_make", "id", sqlite_where=IN_LINE, postgresql_where=IN_LINE),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id")
    name_enc: bytes = Field(sa_type=LargeBinary)
    media: str = Field(max_length=60)
    size: int
    state: str = Field(default="waiting", max_length=10)
    added_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    added_at: datetime = Field(sa_type=UtcDateTime)


class CaseAttachmentContent(SQLModel, table=True):
    """The sealed bytes of one attachment; apart, so that lists never read them."""

    __tablename__ = "case_attachment_content"
    attachment_id: UUID = Field(primary_key=True, foreign_key="case_attachment.id")
    sealed: bytes = Field(sa_type=LargeBinary)


class CaseWords(SQLModel, table=True):
    """Words to say to a customer, for one step of a kind of case or for all."""

    __tablename__ = "case_words"
    __table_args__ = (UniqueConstraint("code"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=40)
    kind: str = Field(default="", max_length=20)
    title_zh: str = Field(max_length=60)
    title_en: str = Field(max_length=80)
    body_zh: str = Field(max_length=600)
    body_en: str = Field(max_length=800)
    active: bool = True
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    changed_at: datetime = Field(sa_type=UtcDateTime)


class CaseFilter(SQLModel, table=True):
    """A person's own named filter of the list: the query of its address."""

    __tablename__ = "case_filter"
    __table_args__ = (UniqueConstraint("user_id", "name"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id")
    name: str = Field(max_length=40)
    query: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)


class CaseBulk(SQLModel, table=True):
    """One step for many cases, asked for by one person; closing many waits for another."""

    __tablename__ = "case_bulk"
    __table_args__ = (
        CheckConstraint(one_of("act", BULK_ACTS), name="act"),
        CheckConstraint(one_of("state", BULK_STATES), name="state"),
        CheckConstraint("decided_by IS NULL OR act <> 'close' OR decided_by <> asked_by", name="two_people"),
        Index("ix_case_bulk_waiting", "asked_at", sqlite_where=IN_LINE, postgresql_where=IN_LINE),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    act: str = Field(max_length=10)
    case_ids: list[str] = Field(sa_type=Json)
    wanted: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    state: str = Field(default="waiting", max_length=10)
    asked_by: UUID = Field(foreign_key="app_user.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done: int = 0
    refused: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
