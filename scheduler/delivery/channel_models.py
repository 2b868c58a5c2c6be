"""How channels are set up and how they do; who signs; what providers and customers sent back."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

USES = ("asking", "notice")
RECEIPTS = ("delivered", "undelivered", "bounced", "blocked")
INBOUND_KINDS = ("answer", "stop", "help", "silent")
UNMATCHED = text("message_id IS NULL")


class ChannelSetting(SQLModel, table=True):
    """What operators set of a channel. Token and receipt secret are encrypted; `options` holds what one channel alone needs.

    Shape   `rate` messages a minute, `cost` cents a message (an SMS: each part); None: unbounded, unknown
    """

    __tablename__ = "channel_setting"
    __table_args__ = (
        CheckConstraint("rate IS NULL OR rate > 0", name="rate"),
        CheckConstraint("cost IS NULL OR cost >= 0", name="cost"),
    )
    channel: str = Field(primary_key=True, max_length=20)
    url: str = Field(default="", max_length=500)
    account: str = Field(default="", max_length=100)
    token_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    receipt_secret_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    options: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    rate: int | None = None
    cost: int | None = None
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: UUID | None = Field(default=None, foreign_key="app_user.id")


class ChannelState(SQLModel, table=True):
    """How a channel does just now, shared by all workers: strikes in a row, until when it rests, what its rate still allows."""

    __tablename__ = "channel_state"
    channel: str = Field(primary_key=True, max_length=20)
    strikes: int = 0
    open_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tokens: float = 0
    tokens_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ChannelDay(SQLModel, table=True):
    """What went out by a channel on one of the bank's days; counted anew by a job while receipts may still come in.

    Shape   `channel` is the one that took the messages; `cents` what they cost; `delivered`, `lost` by the providers' receipts
    """

    __tablename__ = "channel_day"
    day: date = Field(primary_key=True)
    channel: str = Field(primary_key=True, max_length=20)
    sent: int = 0
    parts: int = 0
    cents: int = 0
    delivered: int = 0
    lost: int = 0


class SenderIdentity(SQLModel, table=True):
    """Who signs what goes out by a channel: the name in 【…】 and the address it comes from."""

    __tablename__ = "sender_identity"
    __table_args__ = (UniqueConstraint("channel", "use"), CheckConstraint(one_of("use", USES), name="use"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    channel: str = Field(max_length=20)
    use: str = Field(max_length=10)
    name_zh: str = Field(default="", max_length=40)
    name_en: str = Field(default="", max_length=60)
    address: str = Field(default="", max_length=200)
    reply_to: str = Field(default="", max_length=200)


class Receipt(SQLModel, table=True):
    """What a provider said of a message afterwards; `digest` drops copies. Without a message it waits for one for a day."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint(one_of("status", RECEIPTS), name="status"),
        Index("ix_receipt_of_message", "message_id"),
        Index("ix_receipt_unmatched", "received_at", sqlite_where=UNMATCHED, postgresql_where=UNMATCHED),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    channel: str = Field(max_length=20)
    digest: bytes = Field(sa_type=LargeBinary)
    message_id: UUID | None = None
    key: UUID | None = None
    provider_ref: str | None = Field(default=None, max_length=100)
    status: str = Field(max_length=12)
    reason: str = Field(default="", max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)


class InboundText(SQLModel, table=True):
    """A text message of a customer's: what it was taken for. Neither its words nor the number are kept, only a keyed hash of it."""

    __tablename__ = "inbound_text"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint(one_of("kind", INBOUND_KINDS), name="kind"),
        Index("ix_inbound_text_of_number", "phone_index", "received_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary)
    phone_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    customer_id: UUID | None = None
    kind: str = Field(max_length=10)
    received_at: datetime = Field(sa_type=UtcDateTime)
