"""Alert rules in versions; kinds of cases as data; what people add to cases; notices, deputies, customers' pages, incidents.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime
from portal.migrations.triggers import install

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TIME = UtcDateTime()
KINDS = "IN ('low_score', 'complaint')"
RULE_STATES = "state IN ('draft', 'submitted', 'active', 'off')"
TABLES = (
    "case_attachment_content",
    "staff_notice",
    "case_telling",
    "case_task",
    "case_member",
    "case_link",
    "case_incident",
    "case_attachment",
    "staff_absence",
    "case_words",
    "case_rota",
    "case_kind",
    "case_filter",
    "case_bulk",
)


def upgrade() -> None:
    """Go forward."""
    _alert_rules()
    _cases()
    op.create_index("ix_case_trigger_of_case", "case_trigger", ["case_id"])
    op.add_column("touchpoint", sa.Column("paused_at", TIME, nullable=True))
    _tables()
    _tables_of_cases()
    install(op.get_bind())


def _alert_rules() -> None:
    with op.batch_alter_table("alert_rule") as table:
        table.drop_constraint(op.f("ck_alert_rule_case_kind"), type_="check")
        table.drop_constraint(op.f("uq_alert_rule_code"), type_="unique")
        table.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        table.add_column(sa.Column("routing", Json, server_default="{}", nullable=False))
        table.add_column(sa.Column("state", sa.String(length=10), server_default="draft", nullable=False))
        table.add_column(sa.Column("active_until", TIME, nullable=True))
        table.alter_column("name_en", existing_type=sa.String(length=80), type_=sa.String(length=100), existing_nullable=False)
        table.alter_column("case_kind", existing_type=sa.String(length=12), type_=sa.String(length=20), existing_nullable=False)
        table.create_unique_constraint(op.f("uq_alert_rule_code_version"), ["code", "version"])
    # Who switched a rule off became its author; where that was its approver, the approval is no second person's any more.
    op.execute("UPDATE alert_rule SET approved_by = NULL WHERE approved_by = author_id")
    op.execute("UPDATE alert_rule SET state = CASE WHEN active THEN 'active' WHEN active_from IS NULL THEN 'submitted' ELSE 'off' END")
    op.execute("UPDATE alert_rule SET active_until = active_from WHERE state = 'off'")
    with op.batch_alter_table("alert_rule") as table:
        table.create_check_constraint("state", RULE_STATES)
        table.create_check_constraint("two_people", "approved_by IS NULL OR author_id IS NULL OR approved_by <> author_id")


def _cases() -> None:
    with op.batch_alter_table("case_file") as table:
        table.drop_constraint(op.f("ck_case_file_kind"), type_="check")
        table.alter_column("kind", existing_type=sa.String(length=12), type_=sa.String(length=20), existing_nullable=False)
        for column in _case_columns():
            table.add_column(column)
        table.create_index(op.f("ix_case_file_incident_id"), ["incident_id"])
        table.create_index("ix_case_of_unit_newest", ["unit_id", "number"])
        table.create_index("ix_case_opened", ["opened_at"])
    op.execute(
        "UPDATE case_file SET first_contacted_at = contacted_at, first_resolved_at = resolved_at, "
        "contact_in_time = CASE WHEN contacted_at IS NULL THEN NULL ELSE contacted_at <= contact_due_at END, "
        "resolved_in_time = CASE WHEN resolved_at IS NULL THEN NULL ELSE resolved_at <= resolve_due_at END"
    )


def _case_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("kind_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source", sa.String(length=20), server_default="answer", nullable=False),
        sa.Column("title", sa.String(length=120), server_default="", nullable=False),
        sa.Column("product", sa.String(length=60), nullable=True),
        sa.Column("topic", sa.String(length=60), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("result", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("fields", Json, server_default="{}", nullable=False),
        sa.Column("checks", Json, server_default="[]", nullable=False),
        sa.Column("first_contacted_at", TIME, nullable=True),
        sa.Column("first_resolved_at", TIME, nullable=True),
        sa.Column("contact_in_time", sa.Boolean(), nullable=True),
        sa.Column("resolved_in_time", sa.Boolean(), nullable=True),
        sa.Column("reopened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rerated_at", TIME, nullable=True),
        sa.Column("rerated_score", sa.Float(), nullable=True),
        sa.Column("recovered", sa.Boolean(), nullable=True),
    ]


def _tables() -> None:
    op.create_table(
        "case_bulk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("case_ids", Json, nullable=False),
        sa.Column("wanted", Json, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", Json, nullable=False),
        sa.CheckConstraint("act IN ('assign', 'transfer', 'note', 'close')", name=op.f("ck_case_bulk_act")),
        sa.CheckConstraint("decided_by IS NULL OR act <> 'close' OR decided_by <> asked_by", name=op.f("ck_case_bulk_two_people")),
        sa.CheckConstraint("state IN ('waiting', 'done', 'refused')", name=op.f("ck_case_bulk_state")),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"], name=op.f("fk_case_bulk_asked_by_app_user")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_case_bulk_decided_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_bulk")),
    )
    op.create_index(
        "ix_case_bulk_waiting",
        "case_bulk",
        ["asked_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "case_filter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", Json, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_case_filter_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_filter")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_case_filter_user_id_name")),
    )
    op.create_table(
        "case_kind",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("spec", Json, nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("active_from", TIME, nullable=True),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> author_id", name=op.f("ck_case_kind_two_people")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_case_kind_approved_by_app_user")),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_case_kind_author_id_app_user")),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_case_kind")),
    )
    op.create_table(
        "case_rota",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_case_rota_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_case_rota_user_id_app_user")),
        sa.PrimaryKeyConstraint("unit_id", "user_id", name=op.f("pk_case_rota")),
    )
    op.create_table(
        "case_words",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title_zh", sa.String(length=60), nullable=False),
        sa.Column("title_en", sa.String(length=80), nullable=False),
        sa.Column("body_zh", sa.String(length=600), nullable=False),
        sa.Column("body_en", sa.String(length=800), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_case_words_author_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_words")),
        sa.UniqueConstraint("code", name=op.f("uq_case_words_code")),
    )
    op.create_table(
        "staff_absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.CheckConstraint("deputy_id <> user_id", name=op.f("ck_staff_absence_somebody_else")),
        sa.CheckConstraint("until > from_at", name=op.f("ck_staff_absence_in_order")),
        sa.ForeignKeyConstraint(["deputy_id"], ["app_user.id"], name=op.f("fk_staff_absence_deputy_id_app_user")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_staff_absence_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_absence")),
    )
    op.create_index("ix_staff_absence_of_user", "staff_absence", ["user_id", "until"])


def _tables_of_cases() -> None:
    op.create_table(
        "case_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name_enc", sa.LargeBinary(), nullable=False),
        sa.Column("media", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", TIME, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'ready', 'broken')", name=op.f("ck_case_attachment_state")),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name=op.f("fk_case_attachment_added_by_app_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_attachment_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_attachment")),
    )
    op.create_index("ix_case_attachment_of_case", "case_attachment", ["case_id"])
    op.create_index(
        "ix_case_attachment_to_make",
        "case_attachment",
        ["id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "case_incident",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("attached", sa.Integer(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_case_incident_in_order")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_incident_case_id_case_file")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_incident")),
    )
    op.create_index(
        "ix_case_incident_running",
        "case_incident",
        ["touchpoint"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("link_key", sa.Integer(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_link_case_id_case_file")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_case_link_token_hash")),
    )
    op.create_table(
        "case_member",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name=op.f("fk_case_member_added_by_app_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_member_case_id_case_file")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_case_member_user_id_app_user")),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_case_member")),
    )
    op.create_index("ix_case_member_user_id", "case_member", ["user_id"])
    op.create_table(
        "case_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("promised", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_task_case_id_case_file")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_case_task_created_by_app_user")),
        sa.ForeignKeyConstraint(["done_by"], ["app_user.id"], name=op.f("fk_case_task_done_by_app_user")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_case_task_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_task")),
    )
    op.create_index("ix_case_task_of_case", "case_task", ["case_id"])
    op.create_index(
        "ix_case_task_to_do",
        "case_task",
        ["owner_id", "due_on"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "case_telling",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_telling_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_telling")),
        sa.UniqueConstraint("case_id", "what", "n", name=op.f("uq_case_telling_case_id_what_n")),
    )
    op.create_index(
        "ix_case_telling_to_do",
        "case_telling",
        ["made_at"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "staff_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("stands_in_for", sa.Uuid(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("digest_due_at", TIME, nullable=True),
        sa.Column("digested_at", TIME, nullable=True),
        sa.Column("read_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_staff_notice_case_id_case_file")),
        sa.ForeignKeyConstraint(["stands_in_for"], ["app_user.id"], name=op.f("fk_staff_notice_stands_in_for_app_user")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_staff_notice_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_staff_notice_key")),
    )
    op.create_index("ix_staff_notice_of_user", "staff_notice", ["user_id", "at"])
    op.create_index(
        "ix_staff_notice_to_digest",
        "staff_notice",
        ["digest_due_at"],
        sqlite_where=sa.text("digest_due_at IS NOT NULL"),
        postgresql_where=sa.text("digest_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_staff_notice_unread",
        "staff_notice",
        ["user_id", "at"],
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "case_attachment_content",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["case_attachment.id"], name=op.f("fk_case_attachment_content_attachment_id_case_attachment")
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_case_attachment_content")),
    )


def downgrade() -> None:
    """Go back: kinds that were not known become low scores, older versions of rules get names of their own."""
    for table_name in TABLES:
        op.drop_table(table_name)
    with op.batch_alter_table("touchpoint") as table:
        table.drop_column("paused_at")
    op.drop_index("ix_case_trigger_of_case", table_name="case_trigger")
    op.execute(f"UPDATE case_file SET kind = 'low_score' WHERE kind NOT {KINDS}")
    op.execute(f"UPDATE alert_rule SET case_kind = 'low_score' WHERE case_kind NOT {KINDS}")
    op.execute("UPDATE alert_rule SET code = code || '-' || version WHERE version > 1")
    op.execute("UPDATE alert_rule SET name_en = substr(name_en, 1, 80)")
    with op.batch_alter_table("case_file") as table:
        for index in ("ix_case_opened", "ix_case_of_unit_newest", op.f("ix_case_file_incident_id")):
            table.drop_index(index)
        for column in _case_columns():
            table.drop_column(column.name)
        table.alter_column("kind", existing_type=sa.String(length=20), type_=sa.String(length=12), existing_nullable=False)
        table.create_check_constraint("kind", f"kind {KINDS}")
    with op.batch_alter_table("alert_rule") as table:
        table.drop_constraint(op.f("ck_alert_rule_state"), type_="check")
        table.drop_constraint(op.f("ck_alert_rule_two_people"), type_="check")
        table.drop_constraint(op.f("uq_alert_rule_code_version"), type_="unique")
        for name in ("version", "routing", "state", "active_until"):
            table.drop_column(name)
        table.alter_column("name_en", existing_type=sa.String(length=100), type_=sa.String(length=80), existing_nullable=False)
        table.alter_column("case_kind", existing_type=sa.String(length=20), type_=sa.String(length=12), existing_nullable=False)
        table.create_unique_constraint(op.f("uq_alert_rule_code"), ["code"])
        table.create_check_constraint("case_kind", f"case_kind {KINDS}")
    install(op.get_bind())
