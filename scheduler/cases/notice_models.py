"""Who is told what: staff's notices, who stands in for whom, whose turn it is, and what goes to the customer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id

UNREAD = text("read_at IS NULL")
TO_TELL = text("done_at IS NULL")
TO_DIGEST = text("digest_due_at IS NOT NULL")
TO_MAIL = text("mail")


class StaffNotice(SQLModel, table=True):
    """One thing a member of staff is told of a case: at once, or in the digest of his working day; `mail`: outside the portal too."""

    __tablename__ = "staff_notice"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_staff_notice_unread", "user_id", "at", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index("ix_staff_notice_to_digest", "digest_due_at", sqlite_where=TO_DIGEST, postgresql_where=TO_DIGEST),
        Index("ix_staff_notice_of_user", "user_id", "at"),
        Index("ix_staff_notice_to_mail", "at", sqlite_where=TO_MAIL, postgresql_where=TO_MAIL),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    key: str = Field(max_length=120)
    user_id: UUID = Field(foreign_key="app_user.id")
    case_id: UUID | None = Field(default=None, foreign_key="case_file.id")
    what: str = Field(max_length=30)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    urgent: bool = False
    mail: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    stands_in_for: UUID | None = Field(default=None, foreign_key="app_user.id")
    at: datetime = Field(sa_type=UtcDateTime)
    digest_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    digested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StaffAbsence(SQLModel, table=True):
    """A time in which somebody is away and a deputy gets his notices and his turn."""

    __tablename__ = "staff_absence"
    __table_args__ = (
        CheckConstraint("until > from_at", name="in_order"),
        CheckConstraint("deputy_id <> user_id", name="somebody_else"),
        Index("ix_staff_absence_of_user", "user_id", "until"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id")
    deputy_id: UUID = Field(foreign_key="app_user.id")
    from_: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "from_at"})
    until: datetime = Field(sa_type=UtcDateTime)


class CaseRota(SQLModel, table=True):
    """Somebody whose turn it may be when a case of this unit opens; the one with the fewest open cases gets it."""

    __tablename__ = "case_rota"
    unit_id: UUID = Field(primary_key=True, foreign_key="org_unit.id")
    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id")
    place: int = 0


class CaseLink(SQLModel, table=True):
    """The customer's own page of a case: the token is derived, only its hash is kept."""

    __tablename__ = "case_link"
    __table_args__ = (UniqueConstraint("token_hash"),)
    case_id: UUID = Field(primary_key=True, foreign_key="case_file.id")
    token_hash: bytes = Field(sa_type=LargeBinary)
    link_key: int
    made_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CaseTelling(SQLModel, table=True):
    """Something a customer is to be told of a case; a job hands it to the channel that reaches him.

    Shape   `n` keeps tellings of the same thing apart; `customer_id` None: the case's own customer
    """

    __tablename__ = "case_telling"
    __table_args__ = (
        UniqueConstraint("case_id", "what", "n"),
        Index("ix_case_telling_to_do", "made_at", sqlite_where=TO_TELL, postgresql_where=TO_TELL),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id")
    what: str = Field(max_length=20)
    customer_id: UUID | None = None
    n: int = 0
    made_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    contact_id: UUID | None = None
