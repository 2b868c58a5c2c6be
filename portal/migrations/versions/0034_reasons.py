"""Reasons that answers chose, by the node of the taxonomy that their options are filed under.

Empty at first: no version that was published before names nodes.

Revision ID: 0034
Revises: 0033
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0034"
down_revision: str = "0033"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "reason_given",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("band", sa.Integer(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_reason_given_response_id_response")),
        sa.PrimaryKeyConstraint("response_id", "node", name=op.f("pk_reason_given")),
    )
    op.create_index("ix_reason_given_by_day", "reason_given", ["day", "node"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("reason_given")
