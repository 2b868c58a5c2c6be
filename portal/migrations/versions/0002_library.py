"""Library and lifecycle: a draft's history, authors and readers, folders, soft launch, figures at a glance.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime
from portal.migrations.triggers import install_author_guard, remove_author_guard

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
TABLES = ("version_figures", "library_folder", "draft_presence", "draft_author", "draft_change")


def upgrade() -> None:
    """Go forward. Who wrote the drafts that are there, the audit trail knows."""
    with op.batch_alter_table("questionnaire") as table:
        table.add_column(sa.Column("soft_limit", sa.Integer(), nullable=True))
        table.add_column(sa.Column("soft_paused_at", UtcDateTime(), nullable=True))
        table.create_check_constraint(op.f("ck_questionnaire_soft_limit"), "soft_limit > 0")
    with op.batch_alter_table("approval_step") as table:
        table.create_check_constraint(op.f("ck_approval_step_not_by_who_submitted"), "decided_by <> submitted_by")
    _draft_tables()
    op.create_table(
        "library_folder",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("parent", sa.String(length=60), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_library_folder")),
    )
    op.create_table(
        "version_figures",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("started", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("scored", sa.Integer(), nullable=False),
        sa.Column("dropped", Json, nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["questionnaire_version.id"], name=op.f("fk_version_figures_version_id_questionnaire_version")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_version_figures")),
    )
    _name_authors()
    install_author_guard(op.get_bind())


def _draft_tables() -> None:
    op.create_table(
        "draft_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("parts", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_draft_change_questionnaire_id_questionnaire")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_draft_change_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_change")),
    )
    op.create_index("ix_draft_change_of_draft", "draft_change", ["questionnaire_id", "revision"])
    for name, more in (
        ("draft_author", ()),
        ("draft_presence", (sa.Column("part", sa.String(length=60), nullable=False), sa.Column("seen_at", UtcDateTime(), nullable=False))),
    ):
        op.create_table(
            name,
            sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
            sa.Column("user_id", sa.Uuid(), nullable=False),
            *more,
            sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaire.id"], name=op.f(f"fk_{name}_questionnaire_id_questionnaire")),
            sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f(f"fk_{name}_user_id_app_user")),
            sa.PrimaryKeyConstraint("questionnaire_id", "user_id", name=op.f(f"pk_{name}")),
        )


def _name_authors() -> None:
    """An object's id is text in the trail; SQLite keeps ids as 32 digits, PostgreSQL as what they are."""
    cast = "CAST({} AS uuid)" if op.get_bind().dialect.name == "postgresql" else "replace({}, '-', '')"
    op.execute(
        f"INSERT INTO draft_author (questionnaire_id, user_id) SELECT DISTINCT q.id, u.id FROM audit_entry a "
        f"JOIN questionnaire q ON q.id = {cast.format('a.object_id')} JOIN app_user u ON u.id = {cast.format('a.actor_id')} "
        "LEFT JOIN questionnaire_version v ON v.id = q.current_version_id "
        "WHERE a.object_kind = 'questionnaire' AND a.actor_kind = 'user' AND a.act IN ('questionnaire.create', 'questionnaire.save') "
        "AND (v.published_at IS NULL OR a.at > v.published_at)"
    )


def downgrade() -> None:
    """Go back."""
    remove_author_guard(op.get_bind())
    for name in TABLES:
        op.drop_table(name)
    with op.batch_alter_table("approval_step") as table:
        table.drop_constraint(op.f("ck_approval_step_not_by_who_submitted"), type_="check")
    with op.batch_alter_table("questionnaire") as table:
        table.drop_constraint(op.f("ck_questionnaire_soft_limit"), type_="check")
        table.drop_column("soft_paused_at")
        table.drop_column("soft_limit")
