"""Precision, campaigns, pilots.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "precision_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("margin", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("floor", sa.Float(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("level IN ('all', 'branch', 'sub_branch', 'outlet')", name=op.f("ck_precision_target_level")),
        sa.CheckConstraint("period IN ('month', 'quarter')", name=op.f("ck_precision_target_period")),
        sa.CheckConstraint("confidence > 0 AND confidence < 1", name=op.f("ck_precision_target_confidence")),
        sa.CheckConstraint("floor >= 0 AND floor <= 1", name=op.f("ck_precision_target_floor")),
        sa.CheckConstraint("margin > 0 AND margin <= 100", name=op.f("ck_precision_target_margin")),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_precision_target_author_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_precision_target")),
        sa.UniqueConstraint("touchpoint", "level", "indicator", name=op.f("uq_precision_target_touchpoint_level_indicator")),
    )
    op.create_table(
        "sampling_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("targets", Json, nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_sampling_plan_made_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_plan")),
        sa.UniqueConstraint("number", name=op.f("uq_sampling_plan_number")),
    )
    op.create_table(
        "sampling_rate",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("reached", sa.Float(), nullable=True),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("lacking", sa.Float(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("inputs", Json, nullable=False),
        sa.CheckConstraint("rate >= 0 AND rate <= 1", name=op.f("ck_sampling_rate_rate")),
        sa.ForeignKeyConstraint(["plan_id"], ["sampling_plan.id"], name=op.f("fk_sampling_rate_plan_id_sampling_plan")),
        sa.PrimaryKeyConstraint("plan_id", "touchpoint", "level", "unit_id", name=op.f("pk_sampling_rate")),
    )
    op.create_table(
        "pilot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("unit_ids", Json, nullable=True),
        sa.Column("first_n", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("rest_version_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind = 'touchpoint' OR (version_id IS NOT NULL AND rest_version_id IS NOT NULL)", name=op.f("ck_pilot_versions_named")
        ),
        sa.CheckConstraint("kind IN ('touchpoint', 'version')", name=op.f("ck_pilot_kind")),
        sa.CheckConstraint("state IN ('running', 'widened', 'ended')", name=op.f("ck_pilot_state")),
        sa.CheckConstraint("first_n IS NULL OR first_n > 0", name=op.f("ck_pilot_first_n")),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name=op.f("fk_pilot_ended_by_app_user")),
        sa.ForeignKeyConstraint(
            ["rest_version_id"], ["questionnaire_version.id"], name=op.f("fk_pilot_rest_version_id_questionnaire_version")
        ),
        sa.ForeignKeyConstraint(["started_by"], ["app_user.id"], name=op.f("fk_pilot_started_by_app_user")),
        sa.ForeignKeyConstraint(["version_id"], ["questionnaire_version.id"], name=op.f("fk_pilot_version_id_questionnaire_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot")),
    )
    op.create_index(
        "ix_pilot_running",
        "pilot",
        ["touchpoint", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("channels", Json, nullable=False),
        sa.Column("audience_kind", sa.String(length=12), nullable=False),
        sa.Column("audience", Json, nullable=False),
        sa.Column("sample", sa.String(length=10), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("margin", sa.Float(), nullable=True),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("response_rate", sa.Float(), nullable=False),
        sa.Column("reminder_hours", sa.Integer(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("sample_bank", sa.Boolean(), nullable=False),
        sa.CheckConstraint("audience_kind IN ('conditions', 'list', 'staff')", name=op.f("ck_campaign_audience_kind")),
        sa.CheckConstraint("purpose IN ('relationship', 'needs', 'staff', 'other')", name=op.f("ck_campaign_purpose")),
        sa.CheckConstraint("sample <> 'n' OR n > 0", name=op.f("ck_campaign_n")),
        sa.CheckConstraint("sample <> 'precision' OR margin > 0", name=op.f("ck_campaign_margin")),
        sa.CheckConstraint("sample IN ('all', 'n', 'precision')", name=op.f("ck_campaign_sample")),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'approved', 'paused', 'stopped')", name=op.f("ck_campaign_state")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'stopped') OR approved_by IS NOT NULL", name=op.f("ck_campaign_approved_by_somebody")
        ),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> author_id", name=op.f("ck_campaign_two_people")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_campaign_approved_by_app_user")),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_campaign_author_id_app_user")),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_campaign_questionnaire_id_questionnaire")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
    )
    op.create_table(
        "campaign_wave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=True),
        sa.Column("audience", sa.Integer(), nullable=False),
        sa.Column("cutoff", sa.Float(), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'drawing', 'asking', 'done', 'stopped')", name=op.f("ck_campaign_wave_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_wave_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_wave")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_campaign_wave_campaign_id_number")),
    )
    op.create_index("ix_campaign_wave_to_do", "campaign_wave", ["state", "starts_at"], unique=False)
    op.create_table(
        "campaign_listed",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_listed_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_campaign_listed_customer_id_customer")),
        sa.PrimaryKeyConstraint("campaign_id", "customer_id", name=op.f("pk_campaign_listed")),
    )
    op.create_table(
        "campaign_member",
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_campaign_member_customer_id_customer")),
        sa.ForeignKeyConstraint(["wave_id"], ["campaign_wave.id"], name=op.f("fk_campaign_member_wave_id_campaign_wave")),
        sa.PrimaryKeyConstraint("wave_id", "person_id", name=op.f("pk_campaign_member")),
    )
    op.create_index("ix_campaign_member_in_order", "campaign_member", ["wave_id", "chance"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("campaign_member")
    op.drop_table("campaign_listed")
    op.drop_table("campaign_wave")
    op.drop_table("campaign")
    op.drop_table("pilot")
    op.drop_table("sampling_rate")
    op.drop_table("sampling_plan")
    op.drop_table("precision_target")
