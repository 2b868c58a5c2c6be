"""What questionnaires and policy still lacked.

Revision ID: 0016
Revises: 0015
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import UtcDateTime

revision: str = "0016"
down_revision: str = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("customer", sa.Column("preferred_channel", sa.String(length=20), nullable=True))
    op.add_column("customer", sa.Column("unreachable", sa.String(length=120), server_default="", nullable=False))
    op.add_column("simulation_run", sa.Column("history", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "forbidden_word",
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name=op.f("fk_forbidden_word_added_by_app_user")),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_forbidden_word")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("forbidden_word")
    op.drop_column("simulation_run", "history")
    op.drop_column("customer", "unreachable")
    op.drop_column("customer", "preferred_channel")
