"""The outbox, message templates and the state of channels."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

MESSAGE_STATES = ("waiting", "sending", "accepted", "refused", "unknown")
TEXT_STATES = ("waiting", "in_force", "given_up")
STAFF_CHANNELS = ("email", "wecom")
"""How members of staff are told outside the portal: by what belongs to their work."""

WAITS = text("state = 'waiting'")
ENDED_BADLY = text("state IN ('refused', 'unknown')")


class Message(SQLModel, table=True):
    """One message to one person; its id is the key given to the provider. Holds no personal data and no link.

    Shape   `to_staff`: `customer_id` is a member of staff's, who chose an address of his own; no contact or invitation belongs to it
            `via` where another channel took it than the one it was meant for; `parts` and `cost` (cents) of what went out;
            `receipt` the newest word of the provider afterwards
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(one_of("state", MESSAGE_STATES), name="state"),
        UniqueConstraint("channel", "provider_ref"),
        Index("ix_message_to_send", "channel", "due_at", "shard", sqlite_where=WAITS, postgresql_where=WAITS),
        Index("ix_message_ended_badly", "channel", "reason", sqlite_where=ENDED_BADLY, postgresql_where=ENDED_BADLY),
        Index("ix_message_done", "done_at", "channel", "state"),
        Index("ix_message_in_flight", "lease_until", sqlite_where=text("state = 'sending'"), postgresql_where=text("state = 'sending'")),
        Index(
            "ix_message_to_take_over",
            "done_at",
            sqlite_where=text("done_at IS NOT NULL AND taken_over_at IS NULL"),
            postgresql_where=text("done_at IS NOT NULL AND taken_over_at IS NULL"),
        ),
        Index("ix_message_of_contact", "contact_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    contact_id: UUID | None = None
    invitation_id: UUID | None = None
    channel: str = Field(max_length=20)
    customer_id: UUID
    to_staff: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    template: str = Field(max_length=60)
    template_version: int = 1
    language: str = Field(max_length=20)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    due_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    state: str = Field(default="waiting", max_length=10)
    reason: str | None = Field(default=None, max_length=60)
    provider_ref: str | None = Field(default=None, max_length=100)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_over_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shard: int
    via: str | None = Field(default=None, max_length=20)
    parts: int | None = None
    cost: int | None = None
    receipt: str | None = Field(default=None, max_length=12)
    receipt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MessageTemplate(SQLModel, table=True):
    """The words of a message on one channel in one language; a new wording is a new version.

    Shape   `active` from the moment when the last of its approval route said yes; `state` until then, and of one that was given up
    """

    __tablename__ = "message_template"
    __table_args__ = (
        UniqueConstraint("code", "channel", "language", "version"),
        CheckConstraint(one_of("state", TEXT_STATES), name="state"),
        CheckConstraint("(state = 'in_force') = active", name="active_in_force"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=60)
    channel: str = Field(max_length=20)
    language: str = Field(max_length=20)
    version: int = 1
    subject: str = Field(default="", max_length=200)
    body: str = Field(sa_type=Text)
    active: bool = True
    state: str = Field(default="in_force", max_length=10, sa_column_kwargs={"server_default": "in_force"})
    author_id: UUID | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class StaffAddress(SQLModel, table=True):
    """Where a member of staff wants to be told beside the portal, and of what; his own choice.

    Shape   `channel` email or wecom; `address` an e-mail address, or the account in WeCom; `wants` codes of `staff.WANTS`
    """

    __tablename__ = "staff_address"
    __table_args__ = (CheckConstraint(one_of("channel", STAFF_CHANNELS), name="channel"),)
    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id")
    channel: str = Field(max_length=20)
    address_enc: bytes = Field(sa_type=LargeBinary)
    wants: list[str] = Field(default_factory=list, sa_type=Json)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class ChannelSwitch(SQLModel, table=True):
    """Whether a channel may be used, and the kill switch of all asking (channel `*`)."""

    __tablename__ = "channel_switch"
    channel: str = Field(primary_key=True, max_length=20)
    on: bool = Field(default=True, sa_column_kwargs={"name": "is_on"})
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: UUID | None = Field(default=None, foreign_key="app_user.id")
