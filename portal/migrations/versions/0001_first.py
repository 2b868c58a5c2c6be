"""The first tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from portal.foundation.clock import SystemClock
from portal.foundation.db import Json, UtcDateTime
from portal.migrations.partitions import ensure_partitions
from portal.migrations.triggers import install, remove

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )
    op.create_table(
        "approval_route",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=30), nullable=False),
        sa.Column("subject_class", sa.String(length=30), nullable=False),
        sa.Column("steps", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_route")),
        sa.UniqueConstraint("subject", "subject_class", name=op.f("uq_approval_route_subject_subject_class")),
    )
    op.create_table(
        "attribute_kind",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.CheckConstraint("type IN ('text', 'number', 'date', 'flag', 'choice')", name=op.f("ck_attribute_kind_type")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_attribute_kind")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=100), nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_of_object", ["object_kind", "object_id"], unique=False)
        batch_op.create_index("ix_audit_entry_to_search", ["at"], unique=False)

    op.create_table(
        "audit_mark",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("seal_n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_mark")),
    )
    op.create_table(
        "audit_seal",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_ids", Json, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_audit_seal")),
    )
    op.create_table(
        "budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
        sa.UniqueConstraint("channel", "period", name=op.f("uq_budget_channel_period")),
    )
    op.create_table(
        "candidate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_row", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("class", sa.String(length=10), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("deferrals", sa.Integer(), nullable=False),
        sa.Column("deferred_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        postgresql_partition_by="RANGE (id)",
    )
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidate_due",
            ["shard", "due_at"],
            unique=False,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.create_index("ix_candidate_of_event", ["event_row"], unique=False)
        batch_op.create_index(
            "ix_candidate_waiting_of_person",
            ["person_id"],
            unique=False,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "case_number",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_case_number")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=True),
        sa.Column("group", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("counts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("reserved_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("failed_at", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("declined_at", UtcDateTime(), nullable=True),
        sa.Column("abandoned_at", UtcDateTime(), nullable=True),
        sa.Column("expired_at", UtcDateTime(), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.CheckConstraint("kind IN ('invite', 'reminder', 'rerate', 'panel', 'notice')", name=op.f("ck_contact_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_contact_decision_id")),
        sa.UniqueConstraint("parent_id", "kind", "n", name=op.f("uq_contact_parent_id_kind_n")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_history", ["person_id", "counts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_invitation_id"), ["invitation_id"], unique=False)

    op.create_table(
        "daily_count",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sum", sa.Float(), nullable=False),
        sa.Column("sum2", sa.Float(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("mid", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("adj_n", sa.Integer(), nullable=False),
        sa.Column("adj_sum", sa.Float(), nullable=False),
        sa.Column("adj_sum2", sa.Float(), nullable=False),
        sa.Column("adj_low", sa.Integer(), nullable=False),
        sa.Column("adj_mid", sa.Integer(), nullable=False),
        sa.Column("adj_high", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "unit_id", "purpose", "source", "indicator", "touchpoint", "channel", "version_id", name=op.f("pk_daily_count")
        ),
    )
    with op.batch_alter_table("daily_count", schema=None) as batch_op:
        batch_op.create_index("ix_daily_count_by_unit", ["unit_id", "indicator", "day"], unique=False)

    op.create_table(
        "daily_total",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sum", sa.Float(), nullable=False),
        sa.Column("sum2", sa.Float(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("mid", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("adj_n", sa.Integer(), nullable=False),
        sa.Column("adj_sum", sa.Float(), nullable=False),
        sa.Column("adj_sum2", sa.Float(), nullable=False),
        sa.Column("adj_low", sa.Integer(), nullable=False),
        sa.Column("adj_mid", sa.Integer(), nullable=False),
        sa.Column("adj_high", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("day", "node_id", "purpose", "source", "indicator", name=op.f("pk_daily_total")),
    )
    with op.batch_alter_table("daily_total", schema=None) as batch_op:
        batch_op.create_index("ix_daily_total_of_node", ["node_id", "indicator", "day"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("policy_version_id", sa.Uuid(), nullable=False),
        sa.Column("evaluated_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("winner_id", sa.Uuid(), nullable=True),
        sa.Column("overridden_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        postgresql_partition_by="RANGE (id)",
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index("ix_decision_of_person", ["person_id", "evaluated_at"], unique=False)

    op.create_table(
        "erased_ref",
        sa.Column("ref_hash", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ref_hash", name=op.f("pk_erased_ref")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.String(length=100), nullable=False),
        sa.Column("event_type", sa.String(length=60), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_ref", sa.String(length=100), nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("account_unit_id", sa.Uuid(), nullable=True),
        sa.Column("counter", sa.String(length=40), nullable=True),
        sa.Column("staff", sa.String(length=40), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=True),
        sa.Column("attributes", Json, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        postgresql_partition_by="RANGE (id)",
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_by_event_id", ["event_id"], unique=False)
        batch_op.create_index("ix_event_of_person", ["person_id", "occurred_at"], unique=False)

    op.create_table(
        "event_type",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("attributes", Json, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_event_type")),
    )
    op.create_table(
        "funnel_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "unit_id", "touchpoint", "channel", "step", "code", name=op.f("pk_funnel_day")),
    )
    with op.batch_alter_table("funnel_day", schema=None) as batch_op:
        batch_op.create_index("ix_funnel_day_by_unit", ["unit_id", "day"], unique=False)

    op.create_table(
        "job_run",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_run")),
    )
    op.create_table(
        "journey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey")),
        sa.UniqueConstraint("code", name=op.f("uq_journey_code")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("provider_ref", sa.String(length=100), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("taken_over_at", UtcDateTime(), nullable=True),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'accepted', 'refused', 'unknown')", name=op.f("ck_message_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("channel", "provider_ref", name=op.f("uq_message_channel_provider_ref")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_in_flight",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index("ix_message_of_contact", ["contact_id"], unique=False)
        batch_op.create_index(
            "ix_message_to_send",
            ["shard", "due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index(
            "ix_message_to_take_over",
            ["done_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NOT NULL AND taken_over_at IS NULL"),
            postgresql_where=sa.text("done_at IS NOT NULL AND taken_over_at IS NULL"),
        )

    op.create_table(
        "message_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
        sa.UniqueConstraint("code", "channel", "language", "version", name=op.f("uq_message_template_code_channel_language_version")),
    )
    op.create_table(
        "org_unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=True),
        sa.Column("calendar", sa.String(length=20), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('head', 'department', 'centre', 'branch', 'sub_branch', 'outlet')", name=op.f("ck_org_unit_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_org_unit_code")),
    )
    op.create_table(
        "quota",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        sa.UniqueConstraint("scope", "day", name=op.f("uq_quota_scope_day")),
    )
    op.create_table(
        "seen_key",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("event_row", sa.Uuid(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_seen_key")),
    )
    with op.batch_alter_table("seen_key", schema=None) as batch_op:
        batch_op.create_index("ix_seen_key_to_purge", ["seen_on"], unique=False)

    op.create_table(
        "app_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_app_user_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("login", name=op.f("uq_app_user_login")),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_company_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("ref", name=op.f("uq_company_ref")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("zone", sa.String(length=40), nullable=True),
        sa.Column("customer_since", sa.Date(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("segment", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("large_text", sa.Boolean(), nullable=True),
        sa.Column("staff", sa.Boolean(), nullable=False),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.Column("phone_enc", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("email_enc", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("openid_enc", sa.LargeBinary(), nullable=True),
        sa.Column("openid_index", sa.LargeBinary(), nullable=True),
        sa.Column("attributes", Json, server_default="{}", nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("origin IN ('bank', 'stub', 'replay', 'sample')", name=op.f("ck_customer_origin")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_customer_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("ref", name=op.f("uq_customer_ref")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index("ix_customer_by_email", ["email_index"], unique=False)
        batch_op.create_index("ix_customer_by_openid", ["openid_index"], unique=False)
        batch_op.create_index("ix_customer_by_phone", ["phone_index"], unique=False)
        batch_op.create_index("ix_customer_of_person", ["person_id"], unique=False)

    op.create_table(
        "stage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_stage_journey_id_journey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sa.UniqueConstraint("code", name=op.f("uq_stage_code")),
    )
    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_journey_id"), ["journey_id"], unique=False)

    op.create_table(
        "unit_ancestor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("ancestor_id", sa.Uuid(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["ancestor_id"], ["org_unit.id"], name=op.f("fk_unit_ancestor_ancestor_id_org_unit")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_unit_ancestor_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_ancestor")),
        sa.UniqueConstraint("unit_id", "ancestor_id", "valid_from", name=op.f("uq_unit_ancestor_unit_id_ancestor_id_valid_from")),
    )
    with op.batch_alter_table("unit_ancestor", schema=None) as batch_op:
        batch_op.create_index("ix_unit_ancestor_below", ["ancestor_id", "unit_id"], unique=False)

    op.create_table(
        "unit_load",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("open_cases", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_unit_load_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit_load")),
    )
    op.create_table(
        "unit_parent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_unit_parent_days_in_order")),
        sa.ForeignKeyConstraint(["parent_id"], ["org_unit.id"], name=op.f("fk_unit_parent_parent_id_org_unit")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_unit_parent_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_parent")),
        sa.UniqueConstraint("unit_id", "valid_from", name=op.f("uq_unit_parent_unit_id_valid_from")),
    )
    op.create_table(
        "alert_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("condition", Json, nullable=False),
        sa.Column("touchpoints", Json, nullable=False),
        sa.Column("case_kind", sa.String(length=12), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("active_from", UtcDateTime(), nullable=True),
        sa.CheckConstraint("case_kind IN ('low_score', 'complaint')", name=op.f("ck_alert_rule_case_kind")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_alert_rule_approved_by_app_user")),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_alert_rule_author_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_rule")),
        sa.UniqueConstraint("code", name=op.f("uq_alert_rule_code")),
    )
    op.create_table(
        "bank_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("tags", Json, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_bank_question_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_question")),
        sa.UniqueConstraint("code", name=op.f("uq_bank_question_code")),
    )
    with op.batch_alter_table("bank_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bank_question_category"), ["category"], unique=False)

    op.create_table(
        "channel_switch",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["app_user.id"], name=op.f("fk_channel_switch_changed_by_app_user")),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_switch")),
    )
    op.create_table(
        "company_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_company_contact_company_id_company")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_company_contact_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_contact")),
        sa.UniqueConstraint("company_id", "customer_id", name=op.f("uq_company_contact_company_id_customer_id")),
    )
    with op.batch_alter_table("company_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_company_contact_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_consent_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index("ix_consent_of_customer", ["customer_id", "at"], unique=False)

    op.create_table(
        "contact_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind IN ('open_case', 'list')", name=op.f("ck_contact_hold_kind")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_contact_hold_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_hold")),
        sa.UniqueConstraint("kind", "source_id", name=op.f("uq_contact_hold_kind_source_id")),
    )
    with op.batch_alter_table("contact_hold", schema=None) as batch_op:
        batch_op.create_index("ix_contact_hold_of_person", ["person_id", "until"], unique=False)

    op.create_table(
        "customer_tag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("source IN ('hand', 'rule', 'import')", name=op.f("ck_customer_tag_source")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_tag_customer_id_customer")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_customer_tag_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_tag")),
        sa.UniqueConstraint("customer_id", "tag", name=op.f("uq_customer_tag_customer_id_tag")),
    )
    with op.batch_alter_table("customer_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_tag_tag"), ["tag"], unique=False)

    op.create_table(
        "opt_out",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_opt_out_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_out")),
    )
    with op.batch_alter_table("opt_out", schema=None) as batch_op:
        batch_op.create_index(
            "ix_opt_out_in_force",
            ["customer_id"],
            unique=False,
            sqlite_where=sa.text("taken_back_at IS NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL"),
        )

    op.create_table(
        "policy_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("policy", Json, nullable=False),
        sa.Column("salt", sa.String(length=40), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("active_from", UtcDateTime(), nullable=True),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'active', 'retired')", name=op.f("ck_policy_version_state")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_policy_version_approved_by_app_user")),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_policy_version_author_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("number", name=op.f("uq_policy_version_number")),
    )
    op.create_table(
        "questionnaire",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("title_zh", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("folder", sa.String(length=60), nullable=False),
        sa.Column("subject_class", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("draft", Json, nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("current_version_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'approved', 'returned', 'published', 'paused', 'retired')",
            name=op.f("ck_questionnaire_status"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_questionnaire_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
        sa.UniqueConstraint("code", name=op.f("uq_questionnaire_code")),
    )
    op.create_table(
        "user_role",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_user_role_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_role_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_role")),
        sa.UniqueConstraint("user_id", "role", "unit_id", name=op.f("uq_user_role_user_id_role_unit_id")),
    )
    with op.batch_alter_table("user_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_role_user_id"), ["user_id"], unique=False)

    op.create_table(
        "approval_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_approval_step_decided_by_app_user")),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_approval_step_questionnaire_id_questionnaire")),
        sa.ForeignKeyConstraint(["submitted_by"], ["app_user.id"], name=op.f("fk_approval_step_submitted_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_step")),
        sa.UniqueConstraint(
            "questionnaire_id", "draft_revision", "step", name=op.f("uq_approval_step_questionnaire_id_draft_revision_step")
        ),
    )
    op.create_table(
        "bank_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_bank_revision_author_id_app_user")),
        sa.ForeignKeyConstraint(["question_id"], ["bank_question.id"], name=op.f("fk_bank_revision_question_id_bank_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_revision")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_bank_revision_question_id_number")),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("rated_staff", sa.String(length=40), nullable=True),
        sa.Column("may_call", sa.Boolean(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("indicator", sa.String(length=40), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("accept_due_at", UtcDateTime(), nullable=False),
        sa.Column("contact_due_at", UtcDateTime(), nullable=False),
        sa.Column("resolve_due_at", UtcDateTime(), nullable=False),
        sa.Column("clock_from", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("next_mark_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("contacted_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("clock_mark", sa.Integer(), nullable=False),
        sa.Column("root_cause", sa.String(length=60), nullable=True),
        sa.Column("remedy", sa.String(length=1000), nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('low_score', 'complaint')", name=op.f("ck_case_file_kind")),
        sa.CheckConstraint(
            "state IN ('new', 'assigned', 'contacted', 'in_progress', 'resolved', 'closed', 'reopened', 'merged')",
            name=op.f("ck_case_file_state"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_case_file_owner_id_app_user")),
        sa.ForeignKeyConstraint(["rule_id"], ["alert_rule.id"], name=op.f("fk_case_file_rule_id_alert_rule")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_case_file_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("number", name=op.f("uq_case_file_number")),
    )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_file_response_id"), ["response_id"], unique=False)
        batch_op.create_index(
            "ix_case_next_mark",
            ["next_mark_at"],
            unique=False,
            sqlite_where=sa.text("next_mark_at IS NOT NULL"),
            postgresql_where=sa.text("next_mark_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_case_of_owner",
            ["owner_id", "due_at"],
            unique=False,
            sqlite_where=sa.text("state NOT IN ('closed', 'merged')"),
            postgresql_where=sa.text("state NOT IN ('closed', 'merged')"),
        )
        batch_op.create_index("ix_case_of_person", ["person_id"], unique=False)
        batch_op.create_index("ix_case_of_unit", ["unit_id", "state", "due_at"], unique=False)
        batch_op.create_index(
            "ix_case_open_by_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state NOT IN ('closed', 'merged')"),
            postgresql_where=sa.text("state NOT IN ('closed', 'merged')"),
        )

    op.create_table(
        "poster_code",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("counter", sa.String(length=40), nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_poster_code_questionnaire_id_questionnaire")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_poster_code_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_poster_code")),
        sa.UniqueConstraint("questionnaire_id", "touchpoint", "unit_id", "counter", "staff", name="uq_poster_code_place"),
    )
    with op.batch_alter_table("poster_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poster_code_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "questionnaire_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["published_by"], ["app_user.id"], name=op.f("fk_questionnaire_version_published_by_app_user")),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_questionnaire_version_questionnaire_id_questionnaire")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_version")),
        sa.UniqueConstraint("questionnaire_id", "number", name=op.f("uq_questionnaire_version_questionnaire_id_number")),
    )
    op.create_table(
        "touchpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("short_zh", sa.String(length=20), nullable=False),
        sa.Column("short_en", sa.String(length=24), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("event_type", sa.String(length=60), nullable=False),
        sa.Column("filter", Json, nullable=True),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=True),
        sa.Column("class", sa.String(length=10), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), nullable=False),
        sa.Column("channels", Json, nullable=False),
        sa.Column("in_charge", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("tenure_days", sa.Integer(), nullable=True),
        sa.Column("cooldown", Json, nullable=True),
        sa.Column("avoid_holidays", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("class IN ('service', 'high', 'normal', 'panel', 'staff')", name=op.f("ck_touchpoint_class")),
        sa.CheckConstraint("in_charge <> 'department' OR department_id IS NOT NULL", name=op.f("ck_touchpoint_department_named")),
        sa.CheckConstraint("in_charge IN ('event_unit', 'account_unit', 'department')", name=op.f("ck_touchpoint_in_charge")),
        sa.CheckConstraint("priority BETWEEN 0 AND 100", name=op.f("ck_touchpoint_priority")),
        sa.CheckConstraint("rate IS NULL OR (rate >= 0 AND rate <= 1)", name=op.f("ck_touchpoint_rate")),
        sa.ForeignKeyConstraint(["department_id"], ["org_unit.id"], name=op.f("fk_touchpoint_department_id_org_unit")),
        sa.ForeignKeyConstraint(["event_type"], ["event_type.code"], name=op.f("fk_touchpoint_event_type_event_type")),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_touchpoint_questionnaire_id_questionnaire")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_touchpoint_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touchpoint")),
        sa.UniqueConstraint("code", name=op.f("uq_touchpoint_code")),
    )
    with op.batch_alter_table("touchpoint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_touchpoint_event_type"), ["event_type"], unique=False)

    op.create_table(
        "case_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=30), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_step_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.create_index("ix_case_step_of_case", ["case_id", "at"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("link_key", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("account_unit_id", sa.Uuid(), nullable=True),
        sa.Column("counter", sa.String(length=40), nullable=True),
        sa.Column("staff", sa.String(length=40), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("product", sa.String(length=40), nullable=True),
        sa.Column("segment", sa.String(length=40), nullable=True),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("happened_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("declined_at", UtcDateTime(), nullable=True),
        sa.Column("touched_at", UtcDateTime(), nullable=True),
        sa.Column("taken_over_at", UtcDateTime(), nullable=True),
        sa.Column("counted_steps", sa.Integer(), server_default="0", nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.CheckConstraint("purpose IN ('customer', 'officer', 'staff')", name=op.f("ck_invitation_purpose")),
        sa.ForeignKeyConstraint(["version_id"], ["questionnaire_version.id"], name=op.f("fk_invitation_version_id_questionnaire_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index("ix_invitation_of_person", ["person_id"], unique=False)
        batch_op.create_index(
            "ix_invitation_steps_to_count",
            ["id"],
            unique=False,
            sqlite_where=sa.text(
                "opened_at IS NOT NULL AND counted_steps < 1 OR started_at IS NOT NULL AND counted_steps < 2 OR submitted_at IS NOT NULL AND counted_steps < 3"
            ),
            postgresql_where=sa.text(
                "opened_at IS NOT NULL AND counted_steps < 1 OR started_at IS NOT NULL AND counted_steps < 2 OR submitted_at IS NOT NULL AND counted_steps < 3"
            ),
        )
        batch_op.create_index(
            "ix_invitation_to_expire",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("submitted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invitation_to_take_over",
            ["touched_at"],
            unique=False,
            sqlite_where=sa.text("taken_over_at IS NULL"),
            postgresql_where=sa.text("taken_over_at IS NULL"),
        )

    op.create_table(
        "response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("poster_code", sa.String(length=20), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("account_unit_id", sa.Uuid(), nullable=True),
        sa.Column("counter", sa.String(length=40), nullable=True),
        sa.Column("staff", sa.String(length=40), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("product", sa.String(length=40), nullable=True),
        sa.Column("segment", sa.String(length=40), nullable=True),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("happened_at", UtcDateTime(), nullable=True),
        sa.Column("answers", Json, nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("flags", Json, nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("counted_at", UtcDateTime(), nullable=True),
        sa.Column("followed_up_at", UtcDateTime(), nullable=True),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "source IN ('invited', 'self_chosen', 'assisted', 'imported', 'officer', 'rerate')", name=op.f("ck_response_source")
        ),
        sa.CheckConstraint("submitted_at IS NULL OR submitted_at >= started_at", name=op.f("ck_response_submitted_after_start")),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_response_invitation_id_invitation")),
        sa.ForeignKeyConstraint(["version_id"], ["questionnaire_version.id"], name=op.f("fk_response_version_id_questionnaire_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_response_invitation_id")),
    )
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.create_index("ix_response_latest", ["submitted_at"], unique=False)
        batch_op.create_index("ix_response_of_customer", ["customer_id"], unique=False)
        batch_op.create_index("ix_response_of_unit", ["unit_id", "submitted_at"], unique=False)
        batch_op.create_index("ix_response_of_version", ["version_id", "submitted_at"], unique=False)
        batch_op.create_index(
            "ix_response_to_count",
            ["submitted_at"],
            unique=False,
            sqlite_where=sa.text("submitted_at IS NOT NULL AND counted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NOT NULL AND counted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_response_to_follow_up",
            ["submitted_at"],
            unique=False,
            sqlite_where=sa.text("submitted_at IS NOT NULL AND followed_up_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NOT NULL AND followed_up_at IS NULL"),
        )

    op.create_table(
        "case_trigger",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.CheckConstraint("(case_id IS NULL) <> (reason IS NULL)", name=op.f("ck_case_trigger_case_or_reason")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_trigger_case_id_case_file")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_case_trigger_response_id_response")),
        sa.ForeignKeyConstraint(["rule_id"], ["alert_rule.id"], name=op.f("fk_case_trigger_rule_id_alert_rule")),
        sa.PrimaryKeyConstraint("response_id", "rule_id", name=op.f("pk_case_trigger")),
    )
    op.create_table(
        "score",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("left_out_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_score_response_id_response")),
        sa.PrimaryKeyConstraint("response_id", "indicator", name=op.f("pk_score")),
    )
    connection = op.get_bind()
    ensure_partitions(connection, SystemClock().now())
    install(connection)


def downgrade() -> None:
    """Go back."""
    remove(op.get_bind())
    op.drop_table("score")
    op.drop_table("case_trigger")
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_response_to_follow_up",
            sqlite_where=sa.text("submitted_at IS NOT NULL AND followed_up_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NOT NULL AND followed_up_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_response_to_count",
            sqlite_where=sa.text("submitted_at IS NOT NULL AND counted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NOT NULL AND counted_at IS NULL"),
        )
        batch_op.drop_index("ix_response_of_version")
        batch_op.drop_index("ix_response_of_unit")
        batch_op.drop_index("ix_response_of_customer")
        batch_op.drop_index("ix_response_latest")

    op.drop_table("response")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_invitation_to_take_over", sqlite_where=sa.text("taken_over_at IS NULL"), postgresql_where=sa.text("taken_over_at IS NULL")
        )
        batch_op.drop_index(
            "ix_invitation_to_expire", sqlite_where=sa.text("submitted_at IS NULL"), postgresql_where=sa.text("submitted_at IS NULL")
        )
        batch_op.drop_index(
            "ix_invitation_steps_to_count",
            sqlite_where=sa.text(
                "opened_at IS NOT NULL AND counted_steps < 1 OR started_at IS NOT NULL AND counted_steps < 2 OR submitted_at IS NOT NULL AND counted_steps < 3"
            ),
            postgresql_where=sa.text(
                "opened_at IS NOT NULL AND counted_steps < 1 OR started_at IS NOT NULL AND counted_steps < 2 OR submitted_at IS NOT NULL AND counted_steps < 3"
            ),
        )
        batch_op.drop_index("ix_invitation_of_person")

    op.drop_table("invitation")
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.drop_index("ix_case_step_of_case")

    op.drop_table("case_step")
    with op.batch_alter_table("touchpoint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_touchpoint_event_type"))

    op.drop_table("touchpoint")
    op.drop_table("questionnaire_version")
    with op.batch_alter_table("poster_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poster_code_unit_id"))

    op.drop_table("poster_code")
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_case_open_by_due",
            sqlite_where=sa.text("state NOT IN ('closed', 'merged')"),
            postgresql_where=sa.text("state NOT IN ('closed', 'merged')"),
        )
        batch_op.drop_index("ix_case_of_unit")
        batch_op.drop_index("ix_case_of_person")
        batch_op.drop_index(
            "ix_case_of_owner",
            sqlite_where=sa.text("state NOT IN ('closed', 'merged')"),
            postgresql_where=sa.text("state NOT IN ('closed', 'merged')"),
        )
        batch_op.drop_index(
            "ix_case_next_mark", sqlite_where=sa.text("next_mark_at IS NOT NULL"), postgresql_where=sa.text("next_mark_at IS NOT NULL")
        )
        batch_op.drop_index(batch_op.f("ix_case_file_response_id"))

    op.drop_table("case_file")
    op.drop_table("bank_revision")
    op.drop_table("approval_step")
    with op.batch_alter_table("user_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_role_user_id"))

    op.drop_table("user_role")
    op.drop_table("questionnaire")
    op.drop_table("policy_version")
    with op.batch_alter_table("opt_out", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_opt_out_in_force", sqlite_where=sa.text("taken_back_at IS NULL"), postgresql_where=sa.text("taken_back_at IS NULL")
        )

    op.drop_table("opt_out")
    with op.batch_alter_table("customer_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_tag_tag"))

    op.drop_table("customer_tag")
    with op.batch_alter_table("contact_hold", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_hold_of_person")

    op.drop_table("contact_hold")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_of_customer")

    op.drop_table("consent")
    with op.batch_alter_table("company_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_company_contact_customer_id"))

    op.drop_table("company_contact")
    op.drop_table("channel_switch")
    with op.batch_alter_table("bank_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bank_question_category"))

    op.drop_table("bank_question")
    op.drop_table("alert_rule")
    op.drop_table("unit_parent")
    op.drop_table("unit_load")
    with op.batch_alter_table("unit_ancestor", schema=None) as batch_op:
        batch_op.drop_index("ix_unit_ancestor_below")

    op.drop_table("unit_ancestor")
    with op.batch_alter_table("stage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_journey_id"))

    op.drop_table("stage")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_of_person")
        batch_op.drop_index("ix_customer_by_phone")
        batch_op.drop_index("ix_customer_by_openid")
        batch_op.drop_index("ix_customer_by_email")

    op.drop_table("customer")
    op.drop_table("company")
    op.drop_table("app_user")
    with op.batch_alter_table("seen_key", schema=None) as batch_op:
        batch_op.drop_index("ix_seen_key_to_purge")

    op.drop_table("seen_key")
    op.drop_table("quota")
    op.drop_table("org_unit")
    op.drop_table("message_template")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_to_take_over",
            sqlite_where=sa.text("done_at IS NOT NULL AND taken_over_at IS NULL"),
            postgresql_where=sa.text("done_at IS NOT NULL AND taken_over_at IS NULL"),
        )
        batch_op.drop_index("ix_message_to_send", sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index("ix_message_of_contact")
        batch_op.drop_index(
            "ix_message_in_flight", sqlite_where=sa.text("state = 'sending'"), postgresql_where=sa.text("state = 'sending'")
        )

    op.drop_table("message")
    op.drop_table("lease")
    op.drop_table("journey")
    op.drop_table("job_run")
    with op.batch_alter_table("funnel_day", schema=None) as batch_op:
        batch_op.drop_index("ix_funnel_day_by_unit")

    op.drop_table("funnel_day")
    op.drop_table("event_type")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_of_person")
        batch_op.drop_index("ix_event_by_event_id")

    op.drop_table("event")
    op.drop_table("erased_ref")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index("ix_decision_of_person")

    op.drop_table("decision")
    with op.batch_alter_table("daily_total", schema=None) as batch_op:
        batch_op.drop_index("ix_daily_total_of_node")

    op.drop_table("daily_total")
    with op.batch_alter_table("daily_count", schema=None) as batch_op:
        batch_op.drop_index("ix_daily_count_by_unit")

    op.drop_table("daily_count")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_invitation_id"))
        batch_op.drop_index("ix_contact_history")

    op.drop_table("contact")
    op.drop_table("case_number")
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_candidate_waiting_of_person", sqlite_where=sa.text("decided_at IS NULL"), postgresql_where=sa.text("decided_at IS NULL")
        )
        batch_op.drop_index("ix_candidate_of_event")
        batch_op.drop_index("ix_candidate_due", sqlite_where=sa.text("decided_at IS NULL"), postgresql_where=sa.text("decided_at IS NULL"))

    op.drop_table("candidate")
    op.drop_table("budget")
    op.drop_table("audit_seal")
    op.drop_table("audit_mark")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_to_search")
        batch_op.drop_index("ix_audit_entry_of_object")

    op.drop_table("audit_entry")
    op.drop_table("attribute_kind")
    op.drop_table("approval_route")
    op.drop_table("api_key")
