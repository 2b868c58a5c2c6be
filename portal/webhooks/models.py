"""Endpoints of other programs, and what is to be delivered to each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

DELIVERY_STATES = ("waiting", "sending", "delivered", "dead")
TO_SEND, IN_FLIGHT = text("state = 'waiting'"), text("state = 'sending'")


class WebhookEndpoint(SQLModel, table=True):
    """An address of another program, the events it is told of, and the secret that signs them (encrypted)."""

    __tablename__ = "webhook_endpoint"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=60)
    url: str = Field(max_length=500)
    secret_enc: bytes = Field(sa_type=LargeBinary)
    events: list[str] = Field(sa_type=Json)
    active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class WebhookDelivery(SQLModel, table=True):
    """One event for one endpoint; it is the queue and the log. `data` holds ids, codes and figures, nothing of a person."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(one_of("state", DELIVERY_STATES), name="state"),
        Index("ix_webhook_delivery_to_send", "due_at", sqlite_where=TO_SEND, postgresql_where=TO_SEND),
        Index("ix_webhook_delivery_in_flight", "lease_until", sqlite_where=IN_FLIGHT, postgresql_where=IN_FLIGHT),
        Index("ix_webhook_delivery_of_endpoint", "endpoint_id", "id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    endpoint_id: UUID = Field(foreign_key="webhook_endpoint.id")
    event: str = Field(max_length=40)
    event_id: UUID
    data: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    state: str = Field(default="waiting", max_length=10)
    status: int | None = None
    reason: str | None = Field(default=None, max_length=40)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
