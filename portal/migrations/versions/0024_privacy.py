"""Notices, requests, holds, periods, the register of processing, keys on their way; switches and documents of the house.

Revision ID: 0024
Revises: 0023
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime
from portal.migrations.triggers import install

revision: str = "0024"
down_revision: str = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "privacy_purpose",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("basis IN ('consent', 'contract', 'duty', 'interest')", name=op.f("ck_privacy_purpose_basis")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_privacy_purpose")),
    )
    op.create_table(
        "privacy_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("title_zh", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("body_zh", sa.String(length=20000), nullable=False),
        sa.Column("body_en", sa.String(length=20000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name=op.f("ck_privacy_notice_published")),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'published')", name=op.f("ck_privacy_notice_state")),
        sa.CheckConstraint("published_by IS NULL OR published_by <> made_by", name=op.f("ck_privacy_notice_two_people")),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_privacy_notice_made_by_app_user")),
        sa.ForeignKeyConstraint(["published_by"], ["app_user.id"], name=op.f("fk_privacy_notice_published_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_notice")),
        sa.UniqueConstraint("version", name=op.f("uq_privacy_notice_version")),
    )
    op.create_table(
        "privacy_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("link_key", sa.Integer(), nullable=False),
        sa.Column("words_enc", sa.LargeBinary(), nullable=True),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.Column("contact_enc", sa.LargeBinary(), nullable=True),
        sa.Column("reply_enc", sa.LargeBinary(), nullable=True),
        sa.Column("copy_enc", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("checked_how", sa.String(length=20), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("proof", Json, nullable=False),
        sa.Column("proof_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(state IN ('received', 'identified')) = (ended_at IS NULL)", name=op.f("ck_privacy_request_ended")),
        sa.CheckConstraint("kind IN ('access', 'correction', 'deletion', 'copy')", name=op.f("ck_privacy_request_kind")),
        sa.CheckConstraint("origin IN ('page', 'staff', 'hotline', 'letter')", name=op.f("ck_privacy_request_origin")),
        sa.CheckConstraint("state IN ('received', 'identified', 'done', 'refused', 'withdrawn')", name=op.f("ck_privacy_request_state")),
        sa.CheckConstraint("state NOT IN ('identified', 'done') OR checked_at IS NOT NULL", name=op.f("ck_privacy_request_identity_first")),
        sa.ForeignKeyConstraint(["checked_by"], ["app_user.id"], name=op.f("fk_privacy_request_checked_by_app_user")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_privacy_request_customer_id_customer")),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name=op.f("fk_privacy_request_ended_by_app_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_privacy_request_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_request")),
        sa.UniqueConstraint("number", name=op.f("uq_privacy_request_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_privacy_request_token_hash")),
    )
    op.create_index("ix_privacy_request_of_customer", "privacy_request", ["customer_id"], unique=False)
    op.create_index(
        "ix_privacy_request_open",
        "privacy_request",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('received', 'identified')"),
        postgresql_where=sa.text("state IN ('received', 'identified')"),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("lift_asked_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'lifted') = (lifted_by IS NOT NULL)", name=op.f("ck_legal_hold_lifted")),
        sa.CheckConstraint("state IN ('asked', 'in_force', 'lifting', 'lifted', 'refused')", name=op.f("ck_legal_hold_state")),
        sa.CheckConstraint(
            "state NOT IN ('in_force', 'lifting', 'lifted') OR approved_by IS NOT NULL", name=op.f("ck_legal_hold_approved")
        ),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name=op.f("ck_legal_hold_two_people")),
        sa.CheckConstraint("lifted_by IS NULL OR lifted_by <> lift_asked_by", name=op.f("ck_legal_hold_two_to_lift")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_legal_hold_approved_by_app_user")),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"], name=op.f("fk_legal_hold_asked_by_app_user")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_legal_hold_customer_id_customer")),
        sa.ForeignKeyConstraint(["lift_asked_by"], ["app_user.id"], name=op.f("fk_legal_hold_lift_asked_by_app_user")),
        sa.ForeignKeyConstraint(["lifted_by"], ["app_user.id"], name=op.f("fk_legal_hold_lifted_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index("ix_legal_hold_of_customer", "legal_hold", ["customer_id"], unique=False)
    op.create_table(
        "held_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=30), nullable=False),
        sa.Column("basis", sa.String(length=30), nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_held_record_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_record")),
        sa.UniqueConstraint("customer_id", "part", name=op.f("uq_held_record_customer_id_part")),
    )
    op.create_index(
        "ix_held_record_due",
        "held_record",
        ["until"],
        unique=False,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "retention_period",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("done", sa.String(length=80), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("months BETWEEN 1 AND 600", name=op.f("ck_retention_period_months")),
        sa.ForeignKeyConstraint(["changed_by"], ["app_user.id"], name=op.f("fk_retention_period_changed_by_app_user")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_period")),
    )
    op.create_table(
        "processing_activity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("words", Json, nullable=False),
        sa.Column("retention", sa.String(length=30), nullable=False),
        sa.Column("risk", sa.String(length=10), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("risk IN ('low', 'middle', 'high')", name=op.f("ck_processing_activity_risk")),
        sa.ForeignKeyConstraint(["changed_by"], ["app_user.id"], name=op.f("fk_processing_activity_changed_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processing_activity")),
        sa.UniqueConstraint("code", name=op.f("uq_processing_activity_code")),
    )
    op.create_table(
        "key_progress",
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("generation", sa.String(length=32), nullable=False),
        sa.Column("after", sa.String(length=200), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_key_progress")),
    )
    op.create_table(
        "feature_switch",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["app_user.id"], name=op.f("fk_feature_switch_changed_by_app_user")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_feature_switch")),
    )
    op.create_table(
        "policy_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("body_zh", sa.String(length=40000), nullable=False),
        sa.Column("body_en", sa.String(length=40000), nullable=False),
        sa.Column("audience", Json, nullable=False),
        sa.Column("sign_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state IN ('published', 'replaced')) = (published_at IS NOT NULL)", name=op.f("ck_policy_document_published")),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'published', 'replaced')", name=op.f("ck_policy_document_state")),
        sa.CheckConstraint("published_by IS NULL OR published_by <> made_by", name=op.f("ck_policy_document_two_people")),
        sa.CheckConstraint("sign_days BETWEEN 0 AND 365", name=op.f("ck_policy_document_sign_days")),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_policy_document_made_by_app_user")),
        sa.ForeignKeyConstraint(["published_by"], ["app_user.id"], name=op.f("fk_policy_document_published_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_document")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_policy_document_code_version")),
    )
    op.create_table(
        "document_reading",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["policy_document.id"], name=op.f("fk_document_reading_document_id_policy_document")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_document_reading_user_id_app_user")),
        sa.PrimaryKeyConstraint("document_id", "user_id", name=op.f("pk_document_reading")),
    )
    op.create_index(op.f("ix_document_reading_user_id"), "document_reading", ["user_id"], unique=False)
    install(op.get_bind())  # the guards let free words of an erased person be emptied


def downgrade() -> None:
    """Go back."""
    op.drop_table("document_reading")
    op.drop_table("policy_document")
    op.drop_table("feature_switch")
    op.drop_table("key_progress")
    op.drop_table("processing_activity")
    op.drop_table("retention_period")
    op.drop_table("held_record")
    op.drop_table("legal_hold")
    op.drop_table("privacy_request")
    op.drop_table("privacy_notice")
    op.drop_table("privacy_purpose")
