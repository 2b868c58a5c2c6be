"""Log-in, sessions, provisioning.

Revision ID: 0023
Revises: 0022
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime
from portal.migrations import work_guards

revision: str = "0023"
down_revision: str = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = (
    "staff_session",
    "log_in_try",
    "second_factor",
    "recovery_code",
    "identity",
    "group_rule",
    "bank_role",
    "break_glass",
    "service_account",
    "kept_answer",
)
ROLES = (
    "administrator", "designer", "approver", "analyst", "outlet_manager", "case_handler", "complaint_centre", "appeal_judge",
    "officer_manager", "moderator", "compliance_officer", "auditor", "executive", "api_client",
)  # fmt: skip
"""The roles that the older schema knows."""


def upgrade() -> None:
    """Go forward."""
    _tables()
    with op.batch_alter_table("api_key") as table:
        table.add_column(sa.Column("account_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("replaces", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_api_key_account_id_service_account"), "service_account", ["account_id"], ["id"])
    work_guards.remove(op.get_bind())  # they read user_role, which SQLite can't rename under them
    with op.batch_alter_table("user_role") as table:
        table.add_column(sa.Column("source", sa.String(length=10), server_default="hand", nullable=False))
        table.create_check_constraint("source", "source IN ('hand', 'groups', 'emergency')")
    work_guards.install(op.get_bind())


def _tables() -> None:
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=120), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("method IN ('password', 'sso', 'test')", name=op.f("ck_staff_session_method")),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name=op.f("fk_staff_session_ended_by_app_user")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_staff_session_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
    )
    op.create_index("ix_staff_session_of_user", "staff_session", ["user_id", "started_at"], unique=False)
    op.create_table(
        "log_in_try",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_log_in_try")),
    )
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret_enc", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_second_factor_user_id_app_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_recovery_code_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_recovery_code_user_id_code_hash")),
    )
    op.create_table(
        "identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_identity_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identity_issuer_subject")),
    )
    op.create_index(op.f("ix_identity_user_id"), "identity", ["user_id"], unique=False)
    op.create_table(
        "group_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_group_rule_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_rule")),
        sa.UniqueConstraint("group_name", "role", "unit_id", name=op.f("uq_group_rule_group_name_role_unit_id")),
    )
    op.create_table(
        "bank_role",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("permissions", Json, nullable=False),
        sa.Column("proposed", Json, nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name=op.f("ck_bank_role_two_people")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_bank_role_approved_by_app_user")),
        sa.ForeignKeyConstraint(["proposed_by"], ["app_user.id"], name=op.f("fk_bank_role_proposed_by_app_user")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_bank_role")),
    )
    op.create_table(
        "break_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("reason_enc", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.CheckConstraint("ends_at > started_at", name=op.f("ck_break_glass_in_order")),
        sa.CheckConstraint("reviewed_by IS NULL OR reviewed_by <> user_id", name=op.f("ck_break_glass_two_people")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["app_user.id"], name=op.f("fk_break_glass_reviewed_by_app_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_break_glass_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_break_glass_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
    )
    op.create_index(
        "ix_break_glass_to_review",
        "break_glass",
        ["started_at"],
        unique=False,
        sqlite_where=sa.text("reviewed_at IS NULL"),
        postgresql_where=sa.text("reviewed_at IS NULL"),
    )
    op.create_table(
        "service_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_service_account_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_account")),
        sa.UniqueConstraint("name", name=op.f("uq_service_account_name")),
    )
    op.create_table(
        "kept_answer",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("payload_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_kept_answer")),
    )
    op.create_index("ix_kept_answer_to_drop", "kept_answer", ["expires_at"], unique=False)


def downgrade() -> None:
    """Go back: what was taken in an emergency and roles of the bank's own are gone, their holders keep the rest."""
    op.execute("DELETE FROM user_role WHERE source = 'emergency'")
    op.execute(f"DELETE FROM user_role WHERE role NOT IN ({', '.join(repr(role) for role in ROLES)})")
    work_guards.remove(op.get_bind())
    with op.batch_alter_table("user_role") as table:
        table.drop_constraint(op.f("ck_user_role_source"), type_="check")
        table.drop_column("source")
    work_guards.install(op.get_bind())
    with op.batch_alter_table("api_key") as table:
        table.drop_constraint(op.f("fk_api_key_account_id_service_account"), type_="foreignkey")
        table.drop_column("replaces")
        table.drop_column("account_id")
    for table_name in reversed(TABLES):
        op.drop_table(table_name)
