"""The words of those who must say yes to a thing, step by step of its route."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id


class SignOff(SQLModel, table=True):
    """One step of a thing's approval: whose word is awaited, and who gave it. Nobody gives two."""

    __tablename__ = "sign_off"
    __table_args__ = (UniqueConstraint("subject", "object_id", "step"), UniqueConstraint("subject", "object_id", "decided_by"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    subject: str = Field(max_length=30)
    object_id: UUID
    step: int
    roles: list[str] = Field(sa_type=Json)
    decided_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
