"""Answering: large text, short numbers, quotas, numbers to call back, wishes of promoters.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBERED = sa.text("number IS NOT NULL")


def upgrade() -> None:
    """Go forward. Columns are added in place: rebuilding a table of millions of answers takes long."""
    op.create_table(
        "answer_quota",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_answer_quota_not_negative")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["questionnaire_version.id"], name=op.f("fk_answer_quota_version_id_questionnaire_version")
        ),
        sa.PrimaryKeyConstraint("version_id", "code", name=op.f("pk_answer_quota")),
    )
    op.add_column("invitation", sa.Column("large", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("invitation", sa.Column("number", sa.Integer(), nullable=True))
    op.create_index("ix_invitation_by_number", "invitation", ["number"], sqlite_where=NUMBERED, postgresql_where=NUMBERED)
    op.add_column("response", sa.Column("call_enc", sa.LargeBinary(), nullable=True))
    op.execute("ALTER TABLE response ADD COLUMN wish VARCHAR(10) CONSTRAINT ck_response_wish CHECK (wish IN ('officer', 'refer'))")


def downgrade() -> None:
    """Go back."""
    op.execute("ALTER TABLE response DROP COLUMN wish")
    op.drop_column("response", "call_enc")
    op.drop_index("ix_invitation_by_number", "invitation")
    op.drop_column("invitation", "number")
    op.drop_column("invitation", "large")
    op.drop_table("answer_quota")
