"""Touchpoints kept to a circle of customers, second parts that wait for their first, raised budgets of tasks.

Revision ID: 0028
Revises: 0027
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import UtcDateTime

revision: str = "0028"
down_revision: str = "0027"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Go forward; no touchpoint is kept to a circle, no award waits, no raise is asked for."""
    op.add_column("touchpoint", sa.Column("circle", sa.String(length=60), nullable=True))
    op.add_column("point_award", sa.Column("verified_at", UtcDateTime(), nullable=True))
    op.create_table(
        "task_raise",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("was", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'declined')", name=op.f("ck_task_raise_state")),
        sa.CheckConstraint("budget > was", name=op.f("ck_task_raise_more")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_task_raise_reason")),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_task_raise_second_person")),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_task_raise_decided")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_raise_task_id_task")),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"], name=op.f("fk_task_raise_asked_by_app_user")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_task_raise_decided_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_raise")),
    )
    op.create_index("uq_task_raise_waiting", "task_raise", ["task_id"], unique=True, sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_task_raise_of_task", "task_raise", ["task_id", "asked_at"])


def downgrade() -> None:
    """Go back: what was raised stays raised, circles are forgotten."""
    op.drop_table("task_raise")
    op.drop_column("point_award", "verified_at")
    op.drop_column("touchpoint", "circle")
