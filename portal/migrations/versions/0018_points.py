"""Points, lots, benefits.

Revision ID: 0018
Revises: 0017
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime
from portal.migrations import triggers

revision: str = "0018"
down_revision: str = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "benefit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("about_zh", sa.String(length=1000), nullable=False),
        sa.Column("about_en", sa.String(length=1000), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("placed", sa.Integer(), nullable=False),
        sa.Column("limit_each", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("sale_from", UtcDateTime(), nullable=True),
        sa.Column("sale_until", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('goods', 'code', 'voucher', 'service')", name=op.f("ck_benefit_kind")),
        sa.CheckConstraint("state IN ('draft', 'on_sale', 'paused', 'retired')", name=op.f("ck_benefit_state")),
        sa.CheckConstraint("cost > 0 AND value_cents >= 0 AND limit_each >= 0", name=op.f("ck_benefit_figures")),
        sa.CheckConstraint("sale_until IS NULL OR sale_from IS NULL OR sale_until > sale_from", name=op.f("ck_benefit_sale_window")),
        sa.CheckConstraint("stock >= 0 AND placed >= stock", name=op.f("ck_benefit_stock")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_benefit_created_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit")),
    )
    op.create_index("ix_benefit_on_sale", "benefit", ["state", "cost"], unique=False)
    op.create_table(
        "point_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("wanted_from", UtcDateTime(), nullable=True),
        sa.Column("valid_from", UtcDateTime(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'approved') = (valid_from IS NOT NULL)", name=op.f("ck_point_rules_valid_once_approved")),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'approved', 'withdrawn')", name=op.f("ck_point_rules_state")),
        sa.CheckConstraint("approved_by <> author_id", name=op.f("ck_point_rules_second_person")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_point_rules_approved_by_app_user")),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_point_rules_author_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_rules")),
        sa.UniqueConstraint("number", name=op.f("uq_point_rules_number")),
    )
    op.create_index("ix_point_rules_in_force", "point_rules", ["valid_from"], unique=False)
    op.create_table(
        "point_budget",
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= cap", name=op.f("ck_point_budget_never_exceeded")),
        sa.PrimaryKeyConstraint("scope", "period", name=op.f("pk_point_budget")),
    )
    op.create_table(
        "officer_day_use",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('points', 'submissions', 'uploads')", name=op.f("ck_officer_day_use_kind")),
        sa.CheckConstraint("used >= 0", name=op.f("ck_officer_day_use_used")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_day_use_officer_id_officer")),
        sa.PrimaryKeyConstraint("officer_id", "day", "kind", name=op.f("pk_officer_day_use")),
    )
    op.create_table(
        "point_award",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("part", sa.String(length=6), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("growth_first", sa.Integer(), nullable=False),
        sa.Column("growth_second", sa.Integer(), nullable=False),
        sa.Column("factors", Json, nullable=False),
        sa.Column("budgets", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("second_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'refused') = (code <> '')", name=op.f("ck_point_award_reason_why_not")),
        sa.CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name=op.f("ck_point_award_revoked")),
        sa.CheckConstraint("state IN ('paid', 'refused', 'revoked')", name=op.f("ck_point_award_state")),
        sa.CheckConstraint("first >= 0 AND second >= 0 AND (second_at IS NULL OR second > 0)", name=op.f("ck_point_award_parts")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_point_award_officer_id_officer")),
        sa.ForeignKeyConstraint(["version_id"], ["point_rules.id"], name=op.f("fk_point_award_version_id_point_rules")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_award")),
        sa.UniqueConstraint("key", name=op.f("uq_point_award_key")),
    )
    op.create_index("ix_point_award_of_officer", "point_award", ["officer_id", "at"], unique=False)
    op.create_index("ix_point_award_of_source", "point_award", ["source"], unique=False)
    op.create_index(
        "ix_point_award_refused",
        "point_award",
        ["at"],
        unique=False,
        sqlite_where=sa.text("state = 'refused'"),
        postgresql_where=sa.text("state = 'refused'"),
    )
    op.create_table(
        "redemption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("benefit_id", sa.Uuid(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("address_enc", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("reserved_at", UtcDateTime(), nullable=False),
        sa.Column("reserved_until", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state <> 'delivered' OR delivered_at IS NOT NULL", name=op.f("ck_redemption_delivered")),
        sa.CheckConstraint(
            "state IN ('reserved', 'fulfilling', 'delivered', 'disputed', 'cancelled', 'failed')", name=op.f("ck_redemption_state")
        ),
        sa.CheckConstraint("cost > 0", name=op.f("ck_redemption_cost")),
        sa.ForeignKeyConstraint(["benefit_id"], ["benefit.id"], name=op.f("fk_redemption_benefit_id_benefit")),
        sa.ForeignKeyConstraint(["handled_by"], ["app_user.id"], name=op.f("fk_redemption_handled_by_app_user")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_redemption_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("key", name=op.f("uq_redemption_key")),
        sa.UniqueConstraint("number", name=op.f("uq_redemption_number")),
    )
    op.create_index(
        "ix_redemption_address",
        "redemption",
        ["delivered_at"],
        unique=False,
        sqlite_where=sa.text("address_enc IS NOT NULL"),
        postgresql_where=sa.text("address_enc IS NOT NULL"),
    )
    op.create_index(
        "ix_redemption_at_work",
        "redemption",
        ["changed_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('reserved', 'fulfilling', 'disputed')"),
        postgresql_where=sa.text("state IN ('reserved', 'fulfilling', 'disputed')"),
    )
    op.create_index("ix_redemption_of_benefit", "redemption", ["benefit_id", "state"], unique=False)
    op.create_index("ix_redemption_of_officer", "redemption", ["officer_id", "reserved_at"], unique=False)
    op.create_table(
        "redeemed_year",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("used_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("used_cents >= 0", name=op.f("ck_redeemed_year_used")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_redeemed_year_officer_id_officer")),
        sa.PrimaryKeyConstraint("officer_id", "year", name=op.f("pk_redeemed_year")),
    )
    op.create_table(
        "benefit_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("benefit_id", sa.Uuid(), nullable=False),
        sa.Column("code_enc", sa.LargeBinary(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["benefit_id"], ["benefit.id"], name=op.f("fk_benefit_code_benefit_id_benefit")),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemption.id"], name=op.f("fk_benefit_code_redemption_id_redemption")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["app_user.id"], name=op.f("fk_benefit_code_uploaded_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_code")),
        sa.UniqueConstraint("code_index", name=op.f("uq_benefit_code_code_index")),
        sa.UniqueConstraint("redemption_id", name=op.f("uq_benefit_code_redemption_id")),
    )
    op.create_index(
        "ix_benefit_code_free",
        "benefit_code",
        ["benefit_id", "id"],
        unique=False,
        sqlite_where=sa.text("redemption_id IS NULL"),
        postgresql_where=sa.text("redemption_id IS NULL"),
    )
    op.create_table(
        "point_account",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_point_account_balance")),
        sa.CheckConstraint("held >= 0", name=op.f("ck_point_account_held")),
        sa.CheckConstraint("owed >= 0", name=op.f("ck_point_account_owed")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_point_account_officer_id_officer")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_point_account")),
    )
    op.create_table(
        "point_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("evidence", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_point_correction_decided")),
        sa.CheckConstraint("reason <> '' AND evidence <> ''", name=op.f("ck_point_correction_reason_and_evidence")),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'declined')", name=op.f("ck_point_correction_state")),
        sa.CheckConstraint("amount <> 0 AND abs(amount) <= 1000000", name=op.f("ck_point_correction_amount")),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_point_correction_second_person")),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"], name=op.f("fk_point_correction_asked_by_app_user")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_point_correction_decided_by_app_user")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_point_correction_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_correction")),
    )
    op.create_index("ix_point_correction_of_officer", "point_correction", ["officer_id"], unique=False)
    op.create_index(
        "ix_point_correction_waiting",
        "point_correction",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "point_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=140), nullable=False),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("award_id", sa.Uuid(), nullable=True),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("factors", Json, nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.String(length=60), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(kind NOT IN ('award', 'second', 'refund') OR amount > 0) AND (kind NOT IN ('redeem', 'expiry', 'settle') OR amount < 0) AND (kind <> 'claw_back' OR amount <= 0)",
            name=op.f("ck_point_entry_sign"),
        ),
        sa.CheckConstraint(
            "kind IN ('award', 'second', 'correction', 'redeem', 'refund', 'expiry', 'claw_back', 'settle')",
            name=op.f("ck_point_entry_kind"),
        ),
        sa.CheckConstraint("owed <= 0 OR kind = 'claw_back'", name=op.f("ck_point_entry_owed_by_claw_back")),
        sa.CheckConstraint("abs(amount) <= 1000000 AND abs(owed) <= 1000000", name=op.f("ck_point_entry_not_huge")),
        sa.CheckConstraint("amount <> 0 OR owed <> 0", name=op.f("ck_point_entry_moves_something")),
        sa.ForeignKeyConstraint(["award_id"], ["point_award.id"], name=op.f("fk_point_entry_award_id_point_award")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_point_entry_officer_id_officer")),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemption.id"], name=op.f("fk_point_entry_redemption_id_redemption")),
        sa.ForeignKeyConstraint(["reverses"], ["point_entry.id"], name=op.f("fk_point_entry_reverses_point_entry")),
        sa.ForeignKeyConstraint(["version_id"], ["point_rules.id"], name=op.f("fk_point_entry_version_id_point_rules")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_point_entry_key")),
    )
    op.create_index("ix_point_entry_at", "point_entry", ["at"], unique=False)
    op.create_index("ix_point_entry_of_award", "point_entry", ["award_id"], unique=False)
    op.create_index("ix_point_entry_of_officer", "point_entry", ["officer_id", "at"], unique=False)
    op.create_index("ix_point_entry_of_redemption", "point_entry", ["redemption_id"], unique=False)
    op.create_table(
        "point_lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("usable_from", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("warned", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0 AND expires_at > usable_from", name=op.f("ck_point_lot_lives")),
        sa.CheckConstraint("closed_at IS NULL OR remaining = 0", name=op.f("ck_point_lot_closed_is_empty")),
        sa.CheckConstraint("remaining >= 0 AND remaining <= amount", name=op.f("ck_point_lot_remaining")),
        sa.ForeignKeyConstraint(["award_id"], ["point_award.id"], name=op.f("fk_point_lot_award_id_point_award")),
        sa.ForeignKeyConstraint(["entry_id"], ["point_entry.id"], name=op.f("fk_point_lot_entry_id_point_entry")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_point_lot_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_lot")),
    )
    op.create_index("ix_point_lot_of_award", "point_lot", ["award_id"], unique=False)
    op.create_index("ix_point_lot_of_entry", "point_lot", ["entry_id"], unique=False)
    op.create_index("ix_point_lot_of_officer", "point_lot", ["officer_id", "expires_at"], unique=False)
    op.create_index(
        "ix_point_lot_to_expire",
        "point_lot",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("remaining > 0"),
        postgresql_where=sa.text("remaining > 0"),
    )
    op.create_index(
        "ix_point_lot_to_tell",
        "point_lot",
        ["usable_from"],
        unique=False,
        sqlite_where=sa.text("remaining > 0 AND told_at IS NULL"),
        postgresql_where=sa.text("remaining > 0 AND told_at IS NULL"),
    )
    op.create_table(
        "point_allocation",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_point_allocation_amount")),
        sa.ForeignKeyConstraint(["entry_id"], ["point_entry.id"], name=op.f("fk_point_allocation_entry_id_point_entry")),
        sa.ForeignKeyConstraint(["lot_id"], ["point_lot.id"], name=op.f("fk_point_allocation_lot_id_point_lot")),
        sa.PrimaryKeyConstraint("entry_id", "lot_id", name=op.f("pk_point_allocation")),
    )
    op.create_index("ix_point_allocation_of_lot", "point_allocation", ["lot_id"], unique=False)
    triggers.install(op.get_bind())


def downgrade() -> None:
    """Go back."""
    op.drop_table("point_allocation")
    op.drop_table("point_lot")
    op.drop_table("point_entry")
    op.drop_table("point_correction")
    op.drop_table("point_account")
    op.drop_table("benefit_code")
    op.drop_table("redeemed_year")
    op.drop_table("redemption")
    op.drop_table("point_award")
    op.drop_table("officer_day_use")
    op.drop_table("point_budget")
    op.drop_table("point_rules")
    op.drop_table("benefit")
