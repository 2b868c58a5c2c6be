"""The officers of the programme: who they are, their way, growth, tiers, training, the panel.

Revision ID: 0017
Revises: 0016
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime
from portal.migrations.triggers import install

revision: str = "0017"
down_revision: str = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = UtcDateTime()


def upgrade() -> None:
    """Go forward."""
    for make in TABLES:
        make()
    install(op.get_bind())


def downgrade() -> None:
    """Go back."""
    for make in reversed(TABLES):
        op.drop_table(make.__name__.removeprefix("_"))


def _panel_cell() -> None:
    op.create_table(
        "panel_cell",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=20), nullable=False),
        sa.Column("age_band", sa.String(length=10), nullable=False),
        sa.Column("segment", sa.String(length=40), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.CheckConstraint("target > 0", name=op.f("ck_panel_cell_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_cell")),
        sa.UniqueConstraint("city", "device", "age_band", "segment", name=op.f("uq_panel_cell_city_device_age_band_segment")),
    )


def _officer_campaign() -> None:
    op.create_table(
        "officer_campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("quotas", Json, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("audience IN ('staff', 'customer', 'both')", name=op.f("ck_officer_campaign_audience")),
        sa.CheckConstraint("state IN ('draft', 'running', 'ended')", name=op.f("ck_officer_campaign_state")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_officer_campaign_days_in_order")),
        sa.CheckConstraint("seen >= 0", name=op.f("ck_officer_campaign_seen")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_officer_campaign_created_by_app_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_officer_campaign_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_officer_campaign_code")),
    )


def _officer_code() -> None:
    op.create_table(
        "officer_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.Column("told_at", TIME, nullable=True),
        sa.CheckConstraint("tries >= 0 AND tries <= 5", name=op.f("ck_officer_code_tries")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_officer_code_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_code")),
    )
    op.create_index("ix_officer_code_of_phone", "officer_code", ["phone_index", "at"], unique=False)
    op.create_index(
        "ix_officer_code_to_send",
        "officer_code",
        ["at"],
        unique=False,
        sqlite_where=sa.text("customer_id IS NOT NULL AND told_at IS NULL"),
        postgresql_where=sa.text("customer_id IS NOT NULL AND told_at IS NULL"),
    )


def _officer_group() -> None:
    op.create_table(
        "officer_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("conditions", Json, nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("kind IN ('hand', 'conditions')", name=op.f("ck_officer_group_kind")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_officer_group_created_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_group")),
        sa.UniqueConstraint("code", name=op.f("uq_officer_group_code")),
    )


def _officer_session() -> None:
    op.create_table(
        "officer_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.CheckConstraint("door IN ('ticket', 'code')", name=op.f("ck_officer_session_door")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_officer_session_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_session")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_officer_session_ticket_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_officer_session_token_hash")),
    )
    op.create_index("ix_officer_session_of_customer", "officer_session", ["customer_id"], unique=False)


def _tier_version() -> None:
    op.create_table(
        "tier_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scheme", Json, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("active_from", TIME, nullable=True),
        sa.Column("retired_at", TIME, nullable=True),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'active', 'retired')", name=op.f("ck_tier_version_state")),
        sa.CheckConstraint("approved_by IS NULL OR author_id IS NULL OR approved_by <> author_id", name=op.f("ck_tier_version_two_people")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_tier_version_approved_by_app_user")),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_tier_version_author_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_version")),
        sa.UniqueConstraint("number", name=op.f("uq_tier_version_number")),
    )
    op.create_index(
        "ix_tier_version_in_force",
        "tier_version",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )


def _training_version() -> None:
    op.create_table(
        "training_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("course", Json, nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_training_version_author_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_version")),
        sa.UniqueConstraint("number", name=op.f("uq_training_version_number")),
    )


def _officer() -> None:
    op.create_table(
        "officer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("tier_since", TIME, nullable=True),
        sa.Column("notice_at", TIME, nullable=True),
        sa.Column("checked_on", sa.String(length=7), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=20), nullable=False),
        sa.Column("age_band", sa.String(length=10), nullable=False),
        sa.Column("segment", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("consented_at", TIME, nullable=True),
        sa.Column("joined_at", TIME, nullable=True),
        sa.Column("applied_at", TIME, nullable=False),
        sa.Column("approved_at", TIME, nullable=True),
        sa.Column("trained_at", TIME, nullable=True),
        sa.Column("paused_at", TIME, nullable=True),
        sa.Column("back_on", TIME, nullable=True),
        sa.Column("seen_at", TIME, nullable=True),
        sa.Column("erased_at", TIME, nullable=True),
        sa.CheckConstraint("customer_id IS NULL OR kind = 'customer'", name=op.f("ck_officer_customer_is_customer")),
        sa.CheckConstraint("kind IN ('staff', 'customer')", name=op.f("ck_officer_kind")),
        sa.CheckConstraint("origin IN ('self', 'campaign', 'promoter', 'sample')", name=op.f("ck_officer_origin")),
        sa.CheckConstraint("state <> 'rejected' OR reason <> ''", name=op.f("ck_officer_rejected_why")),
        sa.CheckConstraint("state <> 'suspended' OR reason <> ''", name=op.f("ck_officer_suspended_why")),
        sa.CheckConstraint(
            "state IN ('applied', 'approved', 'training', 'active', 'paused', 'suspended', 'retired', 'rejected')",
            name=op.f("ck_officer_state"),
        ),
        sa.CheckConstraint("user_id IS NULL OR kind = 'staff'", name=op.f("ck_officer_user_is_staff")),
        sa.CheckConstraint("erased_at IS NOT NULL OR user_id IS NOT NULL OR customer_id IS NOT NULL", name=op.f("ck_officer_somebody")),
        sa.ForeignKeyConstraint(["campaign_id"], ["officer_campaign.id"], name=op.f("fk_officer_campaign_id_officer_campaign")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_officer_customer_id_customer")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_officer_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_officer_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("alias", name=op.f("uq_officer_alias")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_officer_customer_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_officer_user_id")),
    )
    op.create_index("ix_officer_by_state", "officer", ["state", "tier"], unique=False)
    op.create_index("ix_officer_of_campaign", "officer", ["campaign_id"], unique=False)
    op.create_index("ix_officer_of_unit", "officer", ["unit_id", "state"], unique=False)
    op.create_index(
        "ix_officer_to_review",
        "officer",
        ["unit_id"],
        unique=False,
        sqlite_where=sa.text("state = 'applied'"),
        postgresql_where=sa.text("state = 'applied'"),
    )


def _growth_entry() -> None:
    op.create_table(
        "growth_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("counts_at", TIME, nullable=False),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(amount > 0 AND reverses IS NULL) OR (amount < 0 AND reverses IS NOT NULL)", name=op.f("ck_growth_entry_sign")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_growth_entry_officer_id_officer")),
        sa.ForeignKeyConstraint(["reverses"], ["growth_entry.id"], name=op.f("fk_growth_entry_reverses_growth_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growth_entry")),
        sa.UniqueConstraint("officer_id", "source", name=op.f("uq_growth_entry_officer_id_source")),
        sa.UniqueConstraint("reverses", name=op.f("uq_growth_entry_reverses")),
    )
    op.create_index("ix_growth_entry_by_source", "growth_entry", ["source"], unique=False)
    op.create_index("ix_growth_entry_over_year", "growth_entry", ["officer_id", "counts_at", "amount"], unique=False)


def _officer_group_member() -> None:
    op.create_table(
        "officer_group_member",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["officer_group.id"], name=op.f("fk_officer_group_member_group_id_officer_group")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_group_member_officer_id_officer")),
        sa.PrimaryKeyConstraint("group_id", "officer_id", name=op.f("pk_officer_group_member")),
    )
    op.create_index("ix_officer_group_member_of_officer", "officer_group_member", ["officer_id"], unique=False)


def _officer_notice() -> None:
    op.create_table(
        "officer_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("url", sa.String(length=200), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("read_at", TIME, nullable=True),
        sa.Column("sending", sa.String(length=10), nullable=False),
        sa.Column("kept_why", sa.String(length=40), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(sending = 'kept') = (kept_why <> '')", name=op.f("ck_officer_notice_kept_why")),
        sa.CheckConstraint("(sending = 'sent') = (contact_id IS NOT NULL)", name=op.f("ck_officer_notice_sent_by")),
        sa.CheckConstraint("sending IN ('', 'waiting', 'sent', 'kept')", name=op.f("ck_officer_notice_sending")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_notice_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_notice")),
    )
    op.create_index("ix_officer_notice_of_officer", "officer_notice", ["officer_id", "at"], unique=False)
    op.create_index(
        "ix_officer_notice_to_send",
        "officer_notice",
        ["at"],
        unique=False,
        sqlite_where=sa.text("sending = 'waiting'"),
        postgresql_where=sa.text("sending = 'waiting'"),
    )
    op.create_index(
        "ix_officer_notice_unread",
        "officer_notice",
        ["officer_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )


def _officer_step() -> None:
    op.create_table(
        "officer_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["by"], ["app_user.id"], name=op.f("fk_officer_step_by_app_user")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_step_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_step")),
    )
    op.create_index("ix_officer_step_of_officer", "officer_step", ["officer_id", "at"], unique=False)


def _officer_task_hours() -> None:
    op.create_table(
        "officer_task_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.CheckConstraint("state IN ('asked', 'allowed', 'refused')", name=op.f("ck_officer_task_hours_state")),
        sa.CheckConstraint("hours >= 0 AND hours <= 200", name=op.f("ck_officer_task_hours_hours")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_officer_task_hours_decided_by_app_user")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_task_hours_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_task_hours")),
        sa.UniqueConstraint("officer_id", "quarter", name=op.f("uq_officer_task_hours_officer_id_quarter")),
    )


def _training_try() -> None:
    op.create_table(
        "training_try",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("right_n", sa.Integer(), nullable=False),
        sa.Column("asked_n", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.CheckConstraint("right_n >= 0 AND right_n <= asked_n", name=op.f("ck_training_try_right_of_asked")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_training_try_officer_id_officer")),
        sa.ForeignKeyConstraint(["version_id"], ["training_version.id"], name=op.f("fk_training_try_version_id_training_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_try")),
        sa.UniqueConstraint("officer_id", "n", name=op.f("uq_training_try_officer_id_n")),
    )


TABLES = (
    *(_panel_cell, _officer_campaign, _officer_code, _officer_group, _officer_session, _tier_version, _training_version),
    *(_officer, _growth_entry, _officer_group_member, _officer_notice, _officer_step, _officer_task_hours, _training_try),
)
