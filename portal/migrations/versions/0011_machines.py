"""Partitions, leases and what operation looks at.

Revision ID: 0011
Revises: 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import UtcDateTime

revision: str = "0011"
down_revision: str = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Go forward."""
    for column in (
        sa.Column("asked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.Column("total_rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failed_at", UtcDateTime(), nullable=True),
        sa.Column("holder", sa.String(length=80), nullable=True),
    ):
        op.add_column("job_run", column)
    op.create_table(
        "node",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("host", sa.String(length=80), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("revision", sa.String(length=40), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=False),
        sa.Column("skew_ms", sa.Integer(), nullable=False),
        sa.Column("doing", sa.String(length=60), nullable=True),
        sa.CheckConstraint("kind IN ('web', 'clock', 'worker')", name=op.f("ck_node_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node")),
    )
    op.create_table(
        "removal",
        sa.Column("month", sa.String(length=20), nullable=False),
        sa.Column("table_name", sa.String(length=20), nullable=False),
        sa.Column("before_id", sa.Uuid(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("dropped_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("month", "table_name", name=op.f("pk_removal")),
    )
    _outbox_index("ix_message_to_send", ["channel", "due_at", "shard"])
    op.create_index("ix_message_done", "message", ["done_at", "channel", "state"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_message_done", "message")
    _outbox_index("ix_message_to_send", ["shard", "due_at"])
    op.drop_table("removal")
    op.drop_table("node")
    for column in ("holder", "failed_at", "total_rows", "took_ms", "asked_at", "taken", "asked"):
        op.drop_column("job_run", column)


def _outbox_index(name: str, columns: list[str]) -> None:
    op.drop_index(name, "message")
    op.create_index(name, "message", columns, sqlite_where=WAITS, postgresql_where=WAITS)
