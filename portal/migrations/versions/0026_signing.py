"""Approvals step by step of their route.

Revision ID: 0026
Revises: 0025
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime

revision: str = "0026"
down_revision: str = "0025"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward; what waits for approval goes by the route in force when the first says yes."""
    op.create_table(
        "sign_off",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=30), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_sign_off_decided_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
        sa.UniqueConstraint("subject", "object_id", "decided_by", name=op.f("uq_sign_off_subject_object_id_decided_by")),
        sa.UniqueConstraint("subject", "object_id", "step", name=op.f("uq_sign_off_subject_object_id_step")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("sign_off")
