"""Channels, templates, receipts and webhooks.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TIME = UtcDateTime()
BADLY = sa.text("state IN ('refused', 'unknown')")
ON_MESSAGE = ("via", "parts", "cost", "receipt", "receipt_at")
TABLES = (
    *("inbound_text", "receipt", "sender_identity", "channel_day", "channel_state", "channel_setting"),
    *("webhook_delivery", "webhook_endpoint"),
)


def upgrade() -> None:
    """Go forward."""
    op.add_column("message", sa.Column("via", sa.String(length=20), nullable=True))
    op.add_column("message", sa.Column("parts", sa.Integer(), nullable=True))
    op.add_column("message", sa.Column("cost", sa.Integer(), nullable=True))
    op.add_column("message", sa.Column("receipt", sa.String(length=12), nullable=True))
    op.add_column("message", sa.Column("receipt_at", TIME, nullable=True))
    op.create_index("ix_message_ended_badly", "message", ["channel", "reason"], sqlite_where=BADLY, postgresql_where=BADLY)
    _webhooks()
    _channels()
    _coming_back()


def _webhooks() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret_enc", sa.LargeBinary(), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("tried_at", TIME, nullable=True),
        sa.Column("done_at", TIME, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'delivered', 'dead')", name=op.f("ck_webhook_delivery_state")),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_delivery_endpoint_id_webhook_endpoint")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    for name, column, state in (("to_send", "due_at", "waiting"), ("in_flight", "lease_until", "sending")):
        where = sa.text(f"state = '{state}'")
        op.create_index(f"ix_webhook_delivery_{name}", "webhook_delivery", [column], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_webhook_delivery_of_endpoint", "webhook_delivery", ["endpoint_id", "id"])


def _channels() -> None:
    op.create_table(
        "channel_setting",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("token_enc", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_secret_enc", sa.LargeBinary(), nullable=True),
        sa.Column("options", Json, nullable=False),
        sa.Column("rate", sa.Integer(), nullable=True),
        sa.Column("cost", sa.Integer(), nullable=True),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("rate IS NULL OR rate > 0", name=op.f("ck_channel_setting_rate")),
        sa.CheckConstraint("cost IS NULL OR cost >= 0", name=op.f("ck_channel_setting_cost")),
        sa.ForeignKeyConstraint(["changed_by"], ["app_user.id"], name=op.f("fk_channel_setting_changed_by_app_user")),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_setting")),
    )
    op.create_table(
        "channel_state",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("open_until", TIME, nullable=True),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("tokens_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_state")),
    )
    op.create_table(
        "channel_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("sent", "parts", "cents", "delivered", "lost")),
        sa.PrimaryKeyConstraint("day", "channel", name=op.f("pk_channel_day")),
    )
    op.create_table(
        "sender_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("reply_to", sa.String(length=200), nullable=False),
        sa.CheckConstraint("use IN ('asking', 'notice')", name=op.f("ck_sender_identity_use")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_identity")),
        sa.UniqueConstraint("channel", "use", name=op.f("uq_sender_identity_channel_use")),
    )


def _coming_back() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("provider_ref", sa.String(length=100), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.CheckConstraint("status IN ('delivered', 'undelivered', 'bounced', 'blocked')", name=op.f("ck_receipt_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("digest", name=op.f("uq_receipt_digest")),
    )
    op.create_index("ix_receipt_of_message", "receipt", ["message_id"])
    alone = sa.text("message_id IS NULL")
    op.create_index("ix_receipt_unmatched", "receipt", ["received_at"], sqlite_where=alone, postgresql_where=alone)
    op.create_table(
        "inbound_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.CheckConstraint("kind IN ('answer', 'stop', 'help', 'silent')", name=op.f("ck_inbound_text_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_text")),
        sa.UniqueConstraint("digest", name=op.f("uq_inbound_text_digest")),
    )
    op.create_index("ix_inbound_text_of_number", "inbound_text", ["phone_index", "received_at"])


def downgrade() -> None:
    """Go back."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("ix_message_ended_badly", "message")
    with op.batch_alter_table("message") as table:
        for column in ON_MESSAGE:
            table.drop_column(column)
