"""How people and programs come in: sessions, second factors, single sign-on, roles of the bank's own, emergencies, kept answers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

METHODS = ("password", "sso", "test")


class StaffSession(SQLModel, table=True):
    """Somebody who came in at one browser, until they leave, are shown out, or stay away too long.

    `proved_at`: when they last showed again, after coming in, that it is still they.
    """

    __tablename__ = "staff_session"
    __table_args__ = (CheckConstraint(one_of("method", METHODS), name="method"), Index("ix_staff_session_of_user", "user_id", "started_at"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id")
    method: str = Field(default="password", max_length=10)
    address: str = Field(default="", max_length=45)
    agent: str = Field(default="", max_length=120)
    started_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    proved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


NEWS = ("new_place", "password", "password_given", "factor_on", "factor_off", "factor_taken", "recovery", "code_again")
"""What somebody is told of their own account."""


class AccountNews(SQLModel, table=True):
    """Something that happened to somebody's account and that they are shown until they say that they know it."""

    __tablename__ = "account_news"
    __table_args__ = (
        CheckConstraint(one_of("kind", NEWS), name="kind"),
        Index("ix_account_news_to_tell", "user_id", "at", sqlite_where=text("known_at IS NULL"), postgresql_where=text("known_at IS NULL")),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id")
    kind: str = Field(max_length=20)
    at: datetime = Field(sa_type=UtcDateTime)
    address: str = Field(default="", max_length=45)
    agent: str = Field(default="", max_length=120)
    known_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LogInTry(SQLModel, table=True):
    """Wrong passwords for one name from one address, under a keyed hash: neither can be read here. Elsewhere the name is free."""

    __tablename__ = "log_in_try"
    key: bytes = Field(sa_type=LargeBinary, primary_key=True)
    failures: int
    last_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SecondFactor(SQLModel, table=True):
    """A user's time-based code: its secret encrypted, in force once a code was typed; `last_step` lets no code count twice."""

    __tablename__ = "second_factor"
    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id")
    secret_enc: bytes = Field(sa_type=LargeBinary)
    made_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_step: int = 0


class RecoveryCode(SQLModel, table=True):
    """A code for the day the telephone is lost: kept as a hash, good once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id")
    code_hash: bytes = Field(sa_type=LargeBinary)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Identity(SQLModel, table=True):
    """Who a user is at the bank's sign-on service."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id", index=True)
    issuer: str = Field(max_length=200)
    subject: str = Field(max_length=200)
    linked_at: datetime = Field(sa_type=UtcDateTime)


class GroupRule(SQLModel, table=True):
    """What members of a group of the bank's directory are here: a role for a unit."""

    __tablename__ = "group_rule"
    __table_args__ = (UniqueConstraint("group_name", "role", "unit_id"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    group_name: str = Field(max_length=120)
    role: str = Field(max_length=30)
    unit_id: UUID = Field(foreign_key="org_unit.id")


class BankRole(SQLModel, table=True):
    """A role of the bank's own: permissions by their codes. What one person proposed another puts in force."""

    __tablename__ = "bank_role"
    __table_args__ = (CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_people"),)
    code: str = Field(primary_key=True, max_length=30)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    permissions: list[str] = Field(default_factory=list, sa_type=Json)
    proposed: list[str] | None = Field(default=None, sa_type=Json)
    proposed_by: UUID = Field(foreign_key="app_user.id")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BreakGlass(SQLModel, table=True):
    """An emergency: a role taken for some hours with a reason, looked at afterwards by somebody else."""

    __tablename__ = "break_glass"
    __table_args__ = (
        CheckConstraint("ends_at > started_at", name="in_order"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> user_id", name="two_people"),
        Index(
            "ix_break_glass_to_review", "started_at", sqlite_where=text("reviewed_at IS NULL"), postgresql_where=text("reviewed_at IS NULL")
        ),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id")
    role: str = Field(max_length=30)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    reason_enc: bytes = Field(sa_type=LargeBinary)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reviewed_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verdict: str | None = Field(default=None, max_length=10)


class ServiceAccount(SQLModel, table=True):
    """A program that calls: its keys belong to it, and a member of staff answers for it."""

    __tablename__ = "service_account"
    __table_args__ = (UniqueConstraint("name"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=60)
    owner_id: UUID = Field(foreign_key="app_user.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class KeptAnswer(SQLModel, table=True):
    """The first answer to a request that carried an idempotency key, sealed; `status` is empty while it is being made."""

    __tablename__ = "kept_answer"
    __table_args__ = (Index("ix_kept_answer_to_drop", "expires_at"),)
    key_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    payload_hash: bytes = Field(sa_type=LargeBinary)
    status: int | None = None
    media_type: str = Field(default="", max_length=80)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
