"""Questionnaires from files.

Revision ID: 0022
Revises: 0021
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime

revision: str = "0022"
down_revision: str = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

UNFINISHED = sa.text("state IN ('waiting', 'reading')")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "file_taken",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("definition", Json, nullable=True),
        sa.Column("report", Json, nullable=False),
        sa.Column("problem", Json, nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'reading', 'ready', 'refused', 'made')", name=op.f("ck_file_taken_state")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_file_taken_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_taken")),
    )
    op.create_index("ix_file_taken_to_read", "file_taken", ["created_at"], sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
    op.create_index("ix_file_taken_of_owner", "file_taken", ["owner_id", "created_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("file_taken")
