"""Sums of the funnel's days that are over.

Revision ID: 0025
Revises: 0024
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str = "0024"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward; the clock sums the days that are there."""
    op.create_table(
        "funnel_total",
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("node_id", "dimension", "day", "value", "step", "code", name=op.f("pk_funnel_total")),
    )
    op.create_index("ix_funnel_total_by_day", "funnel_total", ["day"])
    op.create_table(
        "funnel_closed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funnel_closed")),
    )
    op.create_table(
        "funnel_late",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_funnel_late")),
    )


def downgrade() -> None:
    """Go back: the days themselves are all there."""
    op.drop_table("funnel_late")
    op.drop_table("funnel_closed")
    op.drop_index("ix_funnel_total_by_day", table_name="funnel_total")
    op.drop_table("funnel_total")
