"""Files that somebody has put in: read in the background, looked at, then made a draft or thrown away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

STATES = ("waiting", "reading", "ready", "refused", "made")
UNFINISHED = text("state IN ('waiting', 'reading')")


class FileTaken(SQLModel, table=True):
    """A file on its way to become a questionnaire; the file itself goes when it has been read.

    Shape   `done` of `total` steps; `definition` and `report` where it is ready; `problem` (place to code) where it is refused
    """

    __tablename__ = "file_taken"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        Index("ix_file_taken_to_read", "created_at", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index("ix_file_taken_of_owner", "owner_id", "created_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner_id: UUID = Field(foreign_key="app_user.id")
    name: str = Field(max_length=200)
    format: str = Field(max_length=10)
    state: str = Field(default="waiting", max_length=8)
    done: int = 0
    total: int = 3
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    definition: dict[str, Any] | None = Field(default=None, sa_type=Json)
    report: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    problem: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    questionnaire_id: UUID | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
