"""Events that came in, the keys that were seen, and the candidates made of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

WAITING = text("decided_at IS NULL")
IN_TURN = text("decided_at IS NULL AND due_at IS NOT NULL")
"""The same rows, for the index of due times: whoever asks for a person's and for no time can't be led through all that waits by it,
which PostgreSQL does when far more waits than it knows of."""
MISFIT = text("reason IN ('UNKNOWN_TYPE', 'ATTRIBUTE')")
LETTER_WAITS = text("state = 'waiting'")


class SeenKey(SQLModel, table=True):
    """An event or a transaction that was seen already; kept 400 days and never partitioned, so that it stays unique."""

    __tablename__ = "seen_key"
    __table_args__ = (Index("ix_seen_key_to_purge", "seen_on"),)
    key: bytes = Field(sa_type=LargeBinary, primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary)
    event_row: UUID
    seen_on: date


class Event(SQLModel, table=True):
    """Something that happened to a customer. Partitioned by id on PostgreSQL: nothing may refer to it by foreign key."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_by_event_id", "event_id"),
        Index("ix_event_of_person", "person_id", "occurred_at"),
        Index("ix_event_misfit", "received_at", "id", sqlite_where=MISFIT, postgresql_where=MISFIT),
        Index("ix_event_of_type", "event_type", "occurred_at"),
        {"postgresql_partition_by": "RANGE (id)"},
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    event_id: str = Field(max_length=100)
    event_type: str = Field(max_length=60)
    customer_id: UUID
    person_id: UUID
    transaction_ref: str | None = Field(default=None, max_length=100)
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    unit_id: UUID | None = None
    account_unit_id: UUID | None = None
    counter: str | None = Field(default=None, max_length=40)
    staff: str | None = Field(default=None, max_length=40)
    channel: str | None = Field(default=None, max_length=40)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    reason: str | None = Field(default=None, max_length=40)


class Candidate(SQLModel, table=True):
    """An event that a touchpoint would ask about; decided when due."""

    __tablename__ = "candidate"
    __table_args__ = (
        Index("ix_candidate_due", "due_at", "shard", "person_id", sqlite_where=IN_TURN, postgresql_where=IN_TURN),
        Index("ix_candidate_waiting_of_person", "person_id", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_candidate_of_event", "event_row"),
        {"postgresql_partition_by": "RANGE (id)"},
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    event_row: UUID
    person_id: UUID
    customer_id: UUID
    touchpoint: str = Field(max_length=60)
    group: str | None = Field(default=None, max_length=40)
    version_id: UUID
    class_: str = Field(max_length=10, sa_column_kwargs={"name": "class"})
    priority: int
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    deferrals: int = 0
    deferred_by: str | None = Field(default=None, max_length=40)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shard: int


class DeadLetter(SQLModel, table=True):
    """An event that was refused, kept so that it can be taken in once what was wrong is mended.

    Shape   `body` is encrypted, since an event names a customer; `customer_index` finds it again for an erasure; the same event
            refused again for the same reason counts in `times`. `last_code`: what the last try said
    """

    __tablename__ = "dead_letter"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(one_of("state", ("waiting", "taken", "dismissed")), name="state"),
        Index("ix_dead_letter_waiting", "id", sqlite_where=LETTER_WAITS, postgresql_where=LETTER_WAITS),
        Index("ix_dead_letter_of_customer", "customer_index"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    key: bytes = Field(sa_type=LargeBinary)
    event_id: str = Field(default="", max_length=100)
    event_type: str = Field(default="", max_length=60)
    customer_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    body: bytes = Field(sa_type=LargeBinary)
    code: str = Field(max_length=40)
    field: str | None = Field(default=None, max_length=40)
    last_code: str | None = Field(default=None, max_length=40)
    times: int = 1
    first_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="waiting", max_length=10)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by: UUID | None = Field(default=None, foreign_key="app_user.id")
