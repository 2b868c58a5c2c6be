"""What the closed loop needs more: feedback without a questionnaire under the alert rules.

Revision ID: 0027
Revises: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str = "0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward; feedback that is there is followed up by the clock: what is older than a month leaves a reason and no case."""
    op.create_table(
        "feedback_trigger",
        sa.Column("feedback_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.CheckConstraint("(case_id IS NULL) <> (reason IS NULL)", name=op.f("ck_feedback_trigger_case_or_reason")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_feedback_trigger_case_id_case_file")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_trigger_feedback_id_feedback")),
        sa.ForeignKeyConstraint(["rule_id"], ["alert_rule.id"], name=op.f("fk_feedback_trigger_rule_id_alert_rule")),
        sa.PrimaryKeyConstraint("feedback_id", "rule_id", name=op.f("pk_feedback_trigger")),
    )
    op.create_index("ix_feedback_trigger_of_case", "feedback_trigger", ["case_id"])
    op.add_column("case_file", sa.Column("feedback_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_case_file_feedback_id"), "case_file", ["feedback_id"])


def downgrade() -> None:
    """Go back; the cases stay, what they came of is not named any more."""
    op.drop_index(op.f("ix_case_file_feedback_id"), table_name="case_file")
    op.drop_column("case_file", "feedback_id")
    op.drop_index("ix_feedback_trigger_of_case", table_name="feedback_trigger")
    op.drop_table("feedback_trigger")
