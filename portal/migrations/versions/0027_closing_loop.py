"""What the closed loop needs more: feedback under the alert rules, staff told outside the portal, message texts that wait for approval.

Revision ID: 0027
Revises: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime

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
    op.create_table(
        "staff_address",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address_enc", sa.LargeBinary(), nullable=False),
        sa.Column("wants", Json, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("channel IN ('email', 'wecom')", name=op.f("ck_staff_address_channel")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_staff_address_user_id_app_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff_address")),
    )
    op.add_column("message", sa.Column("to_staff", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("staff_notice", sa.Column("mail", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_staff_notice_to_mail", "staff_notice", ["at"], sqlite_where=sa.text("mail"), postgresql_where=sa.text("mail"))
    with op.batch_alter_table("message_template") as batch:
        batch.add_column(sa.Column("state", sa.String(length=10), server_default="in_force", nullable=False))
        batch.add_column(sa.Column("author_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE message_template SET state = 'given_up' WHERE NOT active")
    with op.batch_alter_table("message_template") as batch:
        batch.create_check_constraint(op.f("ck_message_template_state"), "state IN ('waiting', 'in_force', 'given_up')")
        batch.create_check_constraint(op.f("ck_message_template_active_in_force"), "(state = 'in_force') = active")
    op.add_column("case_file", sa.Column("feedback_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_case_file_feedback_id"), "case_file", ["feedback_id"])


def downgrade() -> None:
    """Go back; the cases stay, what they came of is not named any more."""
    op.drop_index(op.f("ix_case_file_feedback_id"), table_name="case_file")
    op.drop_column("case_file", "feedback_id")
    op.execute("DELETE FROM sign_off WHERE subject = 'message'")
    op.execute("DELETE FROM message_template WHERE state <> 'in_force'")
    with op.batch_alter_table("message_template") as batch:
        batch.drop_constraint(op.f("ck_message_template_active_in_force"), type_="check")
        batch.drop_constraint(op.f("ck_message_template_state"), type_="check")
        batch.drop_column("author_id")
        batch.drop_column("state")
    op.drop_index("ix_staff_notice_to_mail", table_name="staff_notice")
    op.drop_column("staff_notice", "mail")
    op.execute("DELETE FROM message WHERE to_staff")
    op.drop_column("message", "to_staff")
    op.drop_table("staff_address")
    op.drop_index("ix_feedback_trigger_of_case", table_name="feedback_trigger")
    op.drop_table("feedback_trigger")
