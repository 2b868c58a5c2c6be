"""Activities, board, articles, badges, leaderboards.

Revision ID: 0021
Revises: 0020
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime

revision: str = "0021"
down_revision: str = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = (
    "activity",
    "activity_place",
    "calendar_feed",
    "club_member",
    "badge_rule",
    "badge",
    "standing",
    "board_topic",
    "post",
    "post_like",
    "post_report",
    "post_mention",
    "board_ban",
    "board_word",
    "article",
    "article_reading",
)
"""In the order of what refers to what."""


def upgrade() -> None:
    """Go forward."""
    _activity()
    _activity_place()
    _calendar_feed()
    _club_member()
    _badge_rule()
    _badge()
    _standing()
    _board_topic()
    _post()
    _post_like()
    _post_report()
    _post_mention()
    _board_ban()
    _board_word()
    _article()
    _article_reading()


def downgrade() -> None:
    """Go back."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _activity() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("sign_up_until", UtcDateTime(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("waiting_most", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("only_kind", sa.String(length=8), nullable=False),
        sa.Column("min_rank", sa.Integer(), nullable=False),
        sa.Column("only_unit_id", sa.Uuid(), nullable=True),
        sa.Column("code_kind", sa.String(length=8), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("early_minutes", sa.Integer(), nullable=False),
        sa.Column("late_minutes", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=True),
        sa.Column("pays", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("code_kind IN ('fixed', 'rotating')", name=op.f("ck_activity_code_kind")),
        sa.CheckConstraint("only_kind IN ('', 'staff', 'customer')", name=op.f("ck_activity_only_kind")),
        sa.CheckConstraint("state IN ('draft', 'published', 'cancelled', 'settled')", name=op.f("ck_activity_state")),
        sa.CheckConstraint("way IN ('online', 'branch')", name=op.f("ck_activity_way")),
        sa.CheckConstraint("capacity > 0 AND taken >= 0 AND taken <= capacity", name=op.f("ck_activity_seats")),
        sa.CheckConstraint("early_minutes BETWEEN 0 AND 1440 AND late_minutes BETWEEN 0 AND 1440", name=op.f("ck_activity_door")),
        sa.CheckConstraint("ends_at > starts_at AND sign_up_until <= ends_at", name=op.f("ck_activity_in_order")),
        sa.CheckConstraint("waiting_most >= 0 AND waiting >= 0 AND waiting <= waiting_most", name=op.f("ck_activity_waiting_list")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_activity_created_by_app_user")),
        sa.ForeignKeyConstraint(["only_unit_id"], ["org_unit.id"], name=op.f("fk_activity_only_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_activity_questionnaire_id_questionnaire")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_activity_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index(
        "ix_activity_coming",
        "activity",
        ["ends_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index("ix_activity_of_unit", "activity", ["unit_id", "starts_at"], unique=False)


def _activity_place() -> None:
    op.create_table(
        "activity_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("behind", sa.Boolean(), nullable=False),
        sa.Column("signed_up_at", UtcDateTime(), nullable=False),
        sa.Column("moved_up_at", UtcDateTime(), nullable=True),
        sa.Column("checked_in_at", UtcDateTime(), nullable=True),
        sa.Column("checked_in_by", sa.String(length=8), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('enrolled', 'waiting', 'checked_in', 'awarded', 'no_show', 'cancelled')", name=op.f("ck_activity_place_state")
        ),
        sa.CheckConstraint("state NOT IN ('checked_in', 'awarded') OR checked_in_at IS NOT NULL", name=op.f("ck_activity_place_came")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_activity_place_activity_id_activity")),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_activity_place_invitation_id_invitation")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_activity_place_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_place")),
        sa.UniqueConstraint("activity_id", "officer_id", name=op.f("uq_activity_place_activity_id_officer_id")),
    )
    op.create_index("ix_activity_place_of_officer", "activity_place", ["officer_id", "state", "settled_at"], unique=False)
    op.create_index(
        "ix_activity_place_waiting",
        "activity_place",
        ["activity_id", "behind", "signed_up_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _calendar_feed() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("link_key", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_calendar_feed_officer_id_officer")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )


def _club_member() -> None:
    op.create_table(
        "club_member",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("off_board", sa.Boolean(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("longest", sa.Integer(), nullable=False),
        sa.CheckConstraint("streak >= 0 AND longest >= streak", name=op.f("ck_club_member_streak")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_club_member_officer_id_officer")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_club_member")),
    )


def _badge_rule() -> None:
    op.create_table(
        "badge_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("measure", sa.String(length=12), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("icon", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "measure IN ('submissions', 'ideas', 'activities', 'streak', 'growth', 'articles', 'verified')",
            name=op.f("ck_badge_rule_measure"),
        ),
        sa.CheckConstraint("least > 0", name=op.f("ck_badge_rule_least")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_rule")),
        sa.UniqueConstraint("code", name=op.f("uq_badge_rule_code")),
    )


def _badge() -> None:
    op.create_table(
        "badge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("awarded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_badge_officer_id_officer")),
        sa.ForeignKeyConstraint(["rule_id"], ["badge_rule.id"], name=op.f("fk_badge_rule_id_badge_rule")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
        sa.UniqueConstraint("officer_id", "rule_id", name=op.f("uq_badge_officer_id_rule_id")),
    )
    op.create_index("ix_badge_of_rule", "badge", ["rule_id"], unique=False)


def _standing() -> None:
    op.create_table(
        "standing",
        sa.Column("board", sa.String(length=60), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.String(length=40), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("growth", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_standing_officer_id_officer")),
        sa.PrimaryKeyConstraint("board", "row_number", name=op.f("pk_standing")),
    )
    op.create_index("ix_standing_of_officer", "standing", ["officer_id"], unique=False)


def _board_topic() -> None:
    op.create_table(
        "board_topic",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_topic")),
        sa.UniqueConstraint("code", name=op.f("uq_board_topic_code")),
    )


def _post() -> None:
    op.create_table(
        "post",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("held_for", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("likes", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("held_for IN ('', 'first', 'word', 'banned_word', 'report')", name=op.f("ck_post_held_for")),
        sa.CheckConstraint("parent_id IS NOT NULL OR title <> ''", name=op.f("ck_post_title")),
        sa.CheckConstraint("state <> 'hidden' OR reason <> ''", name=op.f("ck_post_reason_why")),
        sa.CheckConstraint("state IN ('waiting', 'shown', 'hidden')", name=op.f("ck_post_state")),
        sa.CheckConstraint("likes >= 0 AND comments >= 0 AND reports >= 0", name=op.f("ck_post_counts")),
        sa.ForeignKeyConstraint(["author_id"], ["officer.id"], name=op.f("fk_post_author_id_officer")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_post_decided_by_app_user")),
        sa.ForeignKeyConstraint(["parent_id"], ["post.id"], name=op.f("fk_post_parent_id_post")),
        sa.ForeignKeyConstraint(["topic_id"], ["board_topic.id"], name=op.f("fk_post_topic_id_board_topic")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index(
        "ix_post_comments",
        "post",
        ["parent_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'shown'"),
        postgresql_where=sa.text("state = 'shown'"),
    )
    op.create_index(
        "ix_post_newest",
        "post",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'shown' AND parent_id IS NULL"),
        postgresql_where=sa.text("state = 'shown' AND parent_id IS NULL"),
    )
    op.create_index("ix_post_of_author", "post", ["author_id", "id"], unique=False)
    op.create_index(
        "ix_post_of_topic",
        "post",
        ["topic_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'shown' AND parent_id IS NULL"),
        postgresql_where=sa.text("state = 'shown' AND parent_id IS NULL"),
    )
    op.create_index(
        "ix_post_to_moderate",
        "post",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting' OR reports > 0"),
        postgresql_where=sa.text("state = 'waiting' OR reports > 0"),
    )


def _post_like() -> None:
    op.create_table(
        "post_like",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_post_like_officer_id_officer")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_like_post_id_post")),
        sa.PrimaryKeyConstraint("post_id", "officer_id", name=op.f("pk_post_like")),
    )
    op.create_index("ix_post_like_of_officer", "post_like", ["officer_id"], unique=False)


def _post_report() -> None:
    op.create_table(
        "post_report",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_post_report_officer_id_officer")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_report_post_id_post")),
        sa.PrimaryKeyConstraint("post_id", "officer_id", name=op.f("pk_post_report")),
    )
    op.create_index("ix_post_report_of_officer", "post_report", ["officer_id"], unique=False)


def _post_mention() -> None:
    op.create_table(
        "post_mention",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_post_mention_officer_id_officer")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_mention_post_id_post")),
        sa.PrimaryKeyConstraint("post_id", "officer_id", name=op.f("pk_post_mention")),
    )
    op.create_index("ix_post_mention_of_officer", "post_mention", ["officer_id"], unique=False)


def _board_ban() -> None:
    op.create_table(
        "board_ban",
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by_user_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_user_id"], ["app_user.id"], name=op.f("fk_board_ban_by_user_id_app_user")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_board_ban_officer_id_officer")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_board_ban")),
    )


def _board_word() -> None:
    op.create_table(
        "board_word",
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name=op.f("fk_board_word_added_by_app_user")),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_board_word")),
    )


def _article() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(length=40000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("must_read", sa.Boolean(), nullable=False),
        sa.Column("pinned_until", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('news', 'article', 'practice')", name=op.f("ck_article_kind")),
        sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name=op.f("ck_article_published")),
        sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f("ck_article_state")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_article_created_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
    )
    op.create_index("ix_article_listed", "article", ["state", "published_at", "id"], unique=False)


def _article_reading() -> None:
    op.create_table(
        "article_reading",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_reading_article_id_article")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_article_reading_officer_id_officer")),
        sa.PrimaryKeyConstraint("article_id", "officer_id", name=op.f("pk_article_reading")),
    )
    op.create_index("ix_article_reading_of_officer", "article_reading", ["officer_id"], unique=False)
