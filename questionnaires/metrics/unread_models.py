"""Counted responses whose words nobody has read yet; written here with the counts, taken by the room above that reads texts."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime


class UnreadResponse(SQLModel, table=True):
    """A response in the queue of those to be read; gone once it was."""

    __tablename__ = "unread_response"
    response_id: UUID = Field(primary_key=True)
    counted_at: datetime = Field(sa_type=UtcDateTime)
