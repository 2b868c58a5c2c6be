"""The trail and its seals."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id


class AuditEntry(SQLModel, table=True):
    """One thing that somebody or a job did; append-only, ids only, no personal data."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_to_search", "at"),
        Index("ix_audit_entry_of_object", "object_kind", "object_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_kind: str = Field(max_length=20)
    actor_id: str = Field(max_length=64)
    act: str = Field(max_length=60)
    object_kind: str = Field(max_length=40)
    object_id: str | None = Field(default=None, max_length=100)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class AuditSeal(SQLModel, table=True):
    """A batch of entries, hashed into the chain by a job; append-only."""

    __tablename__ = "audit_seal"
    n: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    entry_ids: list[str] = Field(sa_type=Json)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)
    sealed_at: datetime = Field(sa_type=UtcDateTime)


class AuditMark(SQLModel, table=True):
    """An entry that a seal holds already; what has no mark waits to be sealed."""

    __tablename__ = "audit_mark"
    entry_id: UUID = Field(primary_key=True)
    seal_n: int = Field(sa_type=BigInteger)
