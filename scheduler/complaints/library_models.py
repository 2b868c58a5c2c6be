"""The case library and the group of experts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

ENTRY_KINDS = ("case", "playbook")
ENTRY_STATES = ("draft", "published", "retired")
PUBLISHED = text("state = 'published'")


class LibraryEntry(SQLModel, table=True):
    """A case to learn from, or a playbook for one root cause; published by a second person, reviewed by its date."""

    __tablename__ = "library_entry"
    __table_args__ = (
        CheckConstraint(one_of("kind", ENTRY_KINDS), name="kind"),
        CheckConstraint(one_of("state", ENTRY_STATES), name="state"),
        CheckConstraint("approved_by IS NULL OR approved_by <> author_id", name="two_people"),
        CheckConstraint("state <> 'published' OR approved_by IS NOT NULL", name="approved"),
        Index("ix_library_entry_to_review", "review_on", sqlite_where=PUBLISHED, postgresql_where=PUBLISHED),
        Index("ix_library_entry_of_cause", "root_cause"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=10)
    state: str = Field(default="draft", max_length=10)
    title: str = Field(max_length=120)
    root_cause: str = Field(default="", max_length=60)
    business: str = Field(default="", max_length=40)
    situation: str = Field(max_length=3000)
    handling: str = Field(max_length=3000)
    lesson: str = Field(default="", max_length=2000)
    from_case: str = Field(default="", max_length=20)
    best_of: str = Field(default="", max_length=7)
    owner_id: UUID = Field(foreign_key="app_user.id")
    author_id: UUID = Field(foreign_key="app_user.id")
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    review_on: date
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class ComplaintExpert(SQLModel, table=True):
    """A member of the group that is asked about difficult complaints; `topics` are codes of business, blank for all."""

    __tablename__ = "complaint_expert"
    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id")
    topics: str = Field(default="", max_length=200)
    added_by: UUID = Field(foreign_key="app_user.id")
    added_at: datetime = Field(sa_type=UtcDateTime)


class ExpertOpinion(SQLModel, table=True):
    """What an expert was asked about a complaint, and said."""

    __tablename__ = "expert_opinion"
    __table_args__ = (CheckConstraint("(opinion = '') = (given_at IS NULL)", name="given"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="complaint.case_id", index=True)
    expert_id: UUID = Field(foreign_key="app_user.id", index=True)
    question: str = Field(max_length=1000)
    asked_by: UUID = Field(foreign_key="app_user.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    opinion: str = Field(default="", max_length=3000)
    given_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
