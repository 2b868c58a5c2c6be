"""Links, posters, uploads, themes.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
UNBOUND = sa.text("response_id IS NULL")
UNFINISHED = sa.text("state IN ('waiting', 'making')")
AT_POSTER = sa.text("poster_code IS NOT NULL")
PLACE = ["questionnaire_id", "touchpoint", "unit_id", "counter", "staff"]


def upgrade() -> None:
    """Go forward."""
    _extend_codes()
    _add_code_tables()
    _add_uploads()
    _add_themes()
    op.create_table(
        "assisted_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("poster_code", sa.String(length=20), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assisted_entry")),
    )
    op.create_index("ix_assisted_entry_invitation_id", "assisted_entry", ["invitation_id"])
    op.create_index("ix_assisted_entry_of_user", "assisted_entry", ["user_id", "at"])
    op.create_index("ix_response_of_poster", "response", ["poster_code", "started_at"], sqlite_where=AT_POSTER, postgresql_where=AT_POSTER)


def _extend_codes() -> None:
    """Codes hang in channels too, may rest, and may stand on a tablet. The table is small: rebuilding it is quick."""
    with op.batch_alter_table("poster_code") as table:
        table.add_column(sa.Column("channel", sa.String(length=10), server_default="poster", nullable=False))
        table.add_column(sa.Column("place", sa.String(length=60), server_default="", nullable=False))
        table.add_column(sa.Column("kiosk", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("paused_at", UtcDateTime(), nullable=True))
        table.drop_constraint("uq_poster_code_place", type_="unique")
        table.create_unique_constraint("uq_poster_code_place", [*PLACE, "channel", "place"])
        table.create_check_constraint(op.f("ck_poster_code_channel"), "channel IN ('poster', 'app', 'wechat', 'netbank')")


def _add_code_tables() -> None:
    op.create_table(
        "poster_pointing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("pointed_at", UtcDateTime(), nullable=False),
        sa.Column("pointed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["code"], ["poster_code.code"], name=op.f("fk_poster_pointing_code_poster_code")),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_poster_pointing_questionnaire_id_questionnaire")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poster_pointing")),
    )
    op.create_index("ix_poster_pointing_code", "poster_pointing", ["code"])
    op.create_table(
        "poster_day",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "day", name=op.f("pk_poster_day")),
    )
    op.create_table(
        "poster_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("layout", sa.String(length=10), nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("layout IN ('grid', 'card')", name=op.f("ck_poster_sheet_layout")),
        sa.CheckConstraint("state IN ('waiting', 'making', 'ready', 'failed')", name=op.f("ck_poster_sheet_state")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_poster_sheet_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poster_sheet")),
    )
    op.create_index("ix_poster_sheet_to_make", "poster_sheet", ["created_at"], sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
    op.create_index("ix_poster_sheet_of_maker", "poster_sheet", ["made_by", "created_at"])


def _add_uploads() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("media", sa.String(length=60), nullable=False),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('photo', 'file', 'signature')", name=op.f("ck_upload_kind")),
        sa.CheckConstraint("state IN ('waiting', 'ready', 'broken')", name=op.f("ck_upload_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index("ix_upload_of_owner", "upload", ["owner"])
    op.create_index("ix_upload_of_response", "upload", ["response_id"])
    op.create_index("ix_upload_to_make", "upload", ["id"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_upload_to_clean_up", "upload", ["created_at"], sqlite_where=UNBOUND, postgresql_where=UNBOUND)
    op.create_table(
        "upload_content",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("part IN ('original', 'picture', 'thumb')", name=op.f("ck_upload_content_part")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_content_upload_id_upload")),
        sa.PrimaryKeyConstraint("upload_id", "part", name=op.f("pk_upload_content")),
    )


def _add_themes() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media", sa.String(length=20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    op.create_index("ix_media_sha256", "media", ["sha256"])
    op.create_table(
        "theme",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_theme")),
    )
    op.create_table(
        "theme_revision",
        sa.Column("theme_code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["theme_code"], ["theme.code"], name=op.f("fk_theme_revision_theme_code_theme")),
        sa.PrimaryKeyConstraint("theme_code", "number", name=op.f("pk_theme_revision")),
    )


def downgrade() -> None:
    """Go back. Of codes at one place in several channels only the poster's stays: the older table can't hold them apart."""
    op.drop_index("ix_response_of_poster", "response")
    for name in ("assisted_entry", "theme_revision", "theme", "media", "upload_content", "upload", "poster_sheet", "poster_day"):
        op.drop_table(name)
    op.drop_table("poster_pointing")
    op.execute("DELETE FROM poster_code WHERE channel <> 'poster' OR place <> ''")
    with op.batch_alter_table("poster_code") as table:
        table.drop_constraint(op.f("ck_poster_code_channel"), type_="check")
        table.drop_constraint("uq_poster_code_place", type_="unique")
        for name in ("channel", "place", "kiosk", "paused_at"):
            table.drop_column(name)
        table.create_unique_constraint("uq_poster_code_place", PLACE)
