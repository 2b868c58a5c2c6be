"""Topics, taxonomy, feedback and bank figures of customers; reports, exports, frozen figures and alarms.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime
from portal.migrations import triggers

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _words()
    _reports()
    _figures()
    triggers.install(op.get_bind())


def _words() -> None:
    op.create_table(
        "taxonomy_version",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_taxonomy_version")),
    )
    op.create_table(
        "taxonomy_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("figures", Json, nullable=False),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_taxonomy_review_done_by_somebody")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_taxonomy_review_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_review")),
        sa.UniqueConstraint("quarter", name=op.f("uq_taxonomy_review_quarter")),
    )
    op.create_table(
        "topic_dictionary",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_topic_dictionary")),
    )
    op.create_table(
        "unread_response",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_unread_response")),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("taken_by", sa.String(length=4), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("followed_up_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("taken_by IN ('api', 'file')", name=op.f("ck_feedback_taken_by")),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_feedback_stars")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_feedback_customer_id_customer")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_feedback_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("channel", "ref", name=op.f("uq_feedback_channel_ref")),
    )
    op.create_index("ix_feedback_latest", "feedback", ["said_at"], unique=False)
    op.create_index("ix_feedback_of_customer", "feedback", ["customer_id"], unique=False)
    op.create_index(
        "ix_feedback_to_follow_up",
        "feedback",
        ["id"],
        unique=False,
        sqlite_where=sa.text("followed_up_at IS NULL"),
        postgresql_where=sa.text("followed_up_at IS NULL"),
    )
    op.create_index(
        "ix_feedback_to_read",
        "feedback",
        ["id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "verbatim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("feedback_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("mood", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("band", sa.Integer(), nullable=True),
        sa.Column("read_with", sa.Integer(), nullable=False),
        sa.CheckConstraint("(response_id IS NULL) <> (feedback_id IS NULL)", name=op.f("ck_verbatim_one_origin")),
        sa.CheckConstraint("band * band <= 1", name=op.f("ck_verbatim_band")),
        sa.CheckConstraint("mood * mood <= 1", name=op.f("ck_verbatim_mood")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_verbatim_feedback_id_feedback")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_verbatim_response_id_response")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verbatim")),
        sa.UniqueConstraint("feedback_id", name=op.f("uq_verbatim_feedback_id")),
        sa.UniqueConstraint("response_id", "question", name=op.f("uq_verbatim_response_id_question")),
    )
    op.create_index("ix_verbatim_by_day", "verbatim", ["day", "unit_id"], unique=False)
    op.create_index("ix_verbatim_to_read_again", "verbatim", ["read_with", "day"], unique=False)
    op.create_table(
        "verbatim_topic",
        sa.Column("verbatim_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("mood", sa.Integer(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["verbatim_id"], ["verbatim.id"], name=op.f("fk_verbatim_topic_verbatim_id_verbatim")),
        sa.PrimaryKeyConstraint("verbatim_id", "topic", name=op.f("pk_verbatim_topic")),
    )
    op.create_index("ix_verbatim_topic_by_day", "verbatim_topic", ["day", "topic"], unique=False)
    op.create_index("ix_verbatim_topic_of", "verbatim_topic", ["topic", "day"], unique=False)
    # ### end Alembic commands ###
    op.create_table(
        "word_week",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("week", "language", "word", name=op.f("pk_word_week")),
    )
    op.create_table(
        "customer_value",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=True),
        sa.Column("products", sa.Integer(), nullable=True),
        sa.Column("stayed", sa.Boolean(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("band BETWEEN 0 AND 99", name=op.f("ck_customer_value_band")),
        sa.CheckConstraint("products BETWEEN 0 AND 999", name=op.f("ck_customer_value_products")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_value_customer_id_customer")),
        sa.PrimaryKeyConstraint("month", "customer_id", name=op.f("pk_customer_value")),
    )
    op.create_index("ix_customer_value_of_customer", "customer_value", ["customer_id", "month"], unique=False)


def _reports() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=600), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_saved_view_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_view_owner_id_name")),
    )
    op.create_table(
        "annotation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(length=80), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_annotation_made_by_app_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_annotation_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotation")),
    )
    op.create_index("ix_annotation_by_day", "annotation", ["day"], unique=False)
    op.create_table(
        "report_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("rhythm", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("addresses_enc", sa.LargeBinary(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_report_plan_language")),
        sa.CheckConstraint("rhythm IN ('weekly', 'monthly')", name=op.f("ck_report_plan_rhythm")),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_report_plan_made_by_app_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_report_plan_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_plan")),
    )
    op.create_index("ix_report_plan_due", "report_plan", ["next_on"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("sheet", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_report_language")),
        sa.CheckConstraint("state IN ('waiting', 'making', 'ready', 'failed')", name=op.f("ck_report_state")),
        sa.CheckConstraint("first <= last", name=op.f("ck_report_days_in_order")),
        sa.ForeignKeyConstraint(["plan_id"], ["report_plan.id"], name=op.f("fk_report_plan_id_report_plan")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_report_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("plan_id", "first", name=op.f("uq_report_plan_id_first")),
    )
    op.create_index("ix_report_of_unit", "report", ["unit_id", "created_at"], unique=False)
    op.create_index(
        "ix_report_to_make",
        "report",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'making')"),
        postgresql_where=sa.text("state IN ('waiting', 'making')"),
    )
    op.create_table(
        "report_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("address_enc", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'refused', 'unknown', 'off')", name=op.f("ck_report_mail_state")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_mail_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mail")),
    )
    op.create_index("ix_report_mail_of_report", "report_mail", ["report_id"], unique=False)
    op.create_index(
        "ix_report_mail_to_send",
        "report_mail",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=10), nullable=False),
        sa.Column("format", sa.String(length=5), nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("format IN ('csv', 'xlsx', 'sav', 'jsonl')", name=op.f("ck_export_format")),
        sa.CheckConstraint("state IN ('waiting', 'making', 'ready', 'failed', 'stopped')", name=op.f("ck_export_state")),
        sa.CheckConstraint("subject IN ('responses', 'verbatims')", name=op.f("ck_export_subject")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_export_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_of_owner", "export", ["owner_id", "created_at"], unique=False)
    op.create_index(
        "ix_export_to_make",
        "export",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'making')"),
        postgresql_where=sa.text("state IN ('waiting', 'making')"),
    )
    op.create_table(
        "export_chunk",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["export.id"], name=op.f("fk_export_chunk_export_id_export")),
        sa.PrimaryKeyConstraint("export_id", "n", name=op.f("pk_export_chunk")),
    )


def _figures() -> None:
    op.create_table(
        "frozen_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_frozen_period_days_in_order")),
        sa.ForeignKeyConstraint(["proposed_by"], ["app_user.id"], name=op.f("fk_frozen_period_proposed_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_period")),
        sa.UniqueConstraint("first", "last", "version", name=op.f("uq_frozen_period_first_last_version")),
    )
    op.create_table(
        "frozen_figure",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("lower", sa.Float(), nullable=True),
        sa.Column("upper", sa.Float(), nullable=True),
        sa.Column("adjusted_n", sa.Integer(), nullable=False),
        sa.Column("adjusted_value", sa.Float(), nullable=True),
        sa.Column("adjusted_lower", sa.Float(), nullable=True),
        sa.Column("adjusted_upper", sa.Float(), nullable=True),
        sa.Column("appeals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["frozen_period.id"], name=op.f("fk_frozen_figure_period_id_frozen_period")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_frozen_figure_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("period_id", "unit_id", "indicator", name=op.f("pk_frozen_figure")),
    )
    op.create_table(
        "frozen_decision",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.CheckConstraint("outcome IN ('signed', 'refused')", name=op.f("ck_frozen_decision_outcome")),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("ck_frozen_decision_second_person")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_frozen_decision_decided_by_app_user")),
        sa.ForeignKeyConstraint(["period_id"], ["frozen_period.id"], name=op.f("fk_frozen_decision_period_id_frozen_period")),
        sa.ForeignKeyConstraint(["proposed_by"], ["app_user.id"], name=op.f("fk_frozen_decision_proposed_by_app_user")),
        sa.PrimaryKeyConstraint("period_id", name=op.f("pk_frozen_decision")),
    )
    op.create_table(
        "metric_alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("lower", sa.Float(), nullable=True),
        sa.Column("upper", sa.Float(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("before", sa.Float(), nullable=False),
        sa.Column("before_n", sa.Integer(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("followed_up_at", UtcDateTime(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('drop', 'rate', 'flood')", name=op.f("ck_metric_alarm_kind")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_metric_alarm_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_alarm")),
        sa.UniqueConstraint("kind", "unit_id", "indicator", "first", "last", name="uq_metric_alarm_once"),
    )
    op.create_index("ix_metric_alarm_of_unit", "metric_alarm", ["unit_id", "raised_at"], unique=False)
    op.create_index(
        "ix_metric_alarm_to_follow_up",
        "metric_alarm",
        ["id"],
        unique=False,
        sqlite_where=sa.text("followed_up_at IS NULL"),
        postgresql_where=sa.text("followed_up_at IS NULL"),
    )


def downgrade() -> None:
    """Go back."""
    for name in (
        "metric_alarm",
        "frozen_decision",
        "frozen_figure",
        "frozen_period",
        "export_chunk",
        "export",
        "report_mail",
        "report",
        "report_plan",
        "annotation",
        "saved_view",
        "customer_value",
        "word_week",
        "verbatim_topic",
        "verbatim",
        "feedback",
        "unread_response",
        "topic_dictionary",
        "taxonomy_review",
        "taxonomy_version",
    ):
        op.drop_table(name)
