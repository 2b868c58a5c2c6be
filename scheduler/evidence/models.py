"""Files as evidence. `owner` names what they belong to, such as `complaint:<id>`: no key, since several rooms own them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

FILE_STATES = ("waiting", "ready", "broken")
"""A picture waits until a job has made it anew without EXIF; other files are ready at once."""
WAITING = text("state = 'waiting'")


class EvidenceFile(SQLModel, table=True):
    """A photo, document, recording or video; `from_customer` tells who brought it."""

    __tablename__ = "evidence_file"
    __table_args__ = (
        CheckConstraint(one_of("state", FILE_STATES), name="state"),
        CheckConstraint("size >= 0", name="size"),
        Index("ix_evidence_file_of_owner", "owner"),
        Index("ix_evidence_file_to_make", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner: str = Field(max_length=50)
    media: str = Field(max_length=80)
    name_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    size: int
    state: str = Field(default="ready", max_length=10)
    from_customer: bool = False
    added_by: UUID | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class EvidenceContent(SQLModel, table=True):
    """The bytes, sealed with the key for personal data, apart from the row that lists read."""

    __tablename__ = "evidence_content"
    file_id: UUID = Field(foreign_key="evidence_file.id", primary_key=True)
    sealed: bytes = Field(sa_type=LargeBinary)
