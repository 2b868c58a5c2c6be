"""Ideas, votes, campaigns.

Revision ID: 0020
Revises: 0019
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime

revision: str = "0020"
down_revision: str = "0019"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = (
    "idea_number",
    "idea_campaign",
    "issue_news",
    "idea",
    "issue_told",
    "jury_member",
    "contest_prize",
    "excellence_award",
    "idea_comment",
    "idea_gram",
    "idea_step",
    "idea_vote",
    "jury_score",
)

VISIBLE = sa.text("screened_at IS NOT NULL AND hidden_at IS NULL AND state <> 'merged'")


def upgrade() -> None:
    """Go forward."""
    _idea_number()
    _idea_campaign()
    _issue_news()
    _idea()
    _issue_told()
    _jury_member()
    _contest_prize()
    _excellence_award()
    _idea_comment()
    _idea_gram()
    _idea_step()
    _idea_vote()
    _jury_score()


def downgrade() -> None:
    """Go back."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _idea_number() -> None:
    op.create_table(
        "idea_number",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_idea_number")),
    )


def _idea_campaign() -> None:
    op.create_table(
        "idea_campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("theme", sa.String(length=2000), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("for_customers", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("result", sa.String(length=3000), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=True),
        sa.Column("criteria", Json, nullable=False),
        sa.Column("prizes", Json, nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(kind = 'expectation') = (survey_id IS NOT NULL)", name=op.f("ck_idea_campaign_survey")),
        sa.CheckConstraint("kind IN ('call', 'gripe', 'expectation', 'contest')", name=op.f("ck_idea_campaign_kind")),
        sa.CheckConstraint("state <> 'published' OR result <> ''", name=op.f("ck_idea_campaign_result")),
        sa.CheckConstraint("state IN ('draft', 'running', 'ended', 'published')", name=op.f("ck_idea_campaign_state")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_idea_campaign_days_in_order")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_idea_campaign_owner_id_app_user")),
        sa.ForeignKeyConstraint(["survey_id"], ["campaign.id"], name=op.f("fk_idea_campaign_survey_id_campaign")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_idea_campaign_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_idea_campaign_code")),
    )
    op.create_index("ix_idea_campaign_in_time", "idea_campaign", ["ends_on", "id"], unique=False)


def _issue_news() -> None:
    op.create_table(
        "issue_news",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_news_issue_id_issue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_news")),
    )
    op.create_index(
        "ix_issue_news_to_tell",
        "issue_news",
        ["at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )


def _idea() -> None:
    op.create_table(
        "idea",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.String(length=3000), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("author_kind", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("phone_enc", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("link_key", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("pilot_units", Json, nullable=False),
        sa.Column("pilot_from", sa.Date(), nullable=True),
        sa.Column("pilot_to", sa.Date(), nullable=True),
        sa.Column("pilot_result", sa.String(length=2000), nullable=False),
        sa.Column("result", sa.String(length=2000), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("screened_at", UtcDateTime(), nullable=True),
        sa.Column("screened_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("implemented_at", UtcDateTime(), nullable=True),
        sa.Column("hidden_at", UtcDateTime(), nullable=True),
        sa.Column("hidden_by", sa.Uuid(), nullable=True),
        sa.Column("hidden_reason", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name=op.f("ck_idea_merged")),
        sa.CheckConstraint("author_kind IN ('staff', 'customer', 'guest')", name=op.f("ck_idea_author_kind")),
        sa.CheckConstraint("grade IS NULL OR grade IN ('A', 'B', 'C', 'D')", name=op.f("ck_idea_grade")),
        sa.CheckConstraint("state <> 'declined' OR reason <> ''", name=op.f("ck_idea_reason_why_not")),
        sa.CheckConstraint(
            "state IN ('submitted', 'screened', 'review', 'adopted', 'piloting', 'in_progress', 'implemented', 'declined', 'merged')",
            name=op.f("ck_idea_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('adopted', 'piloting', 'in_progress', 'implemented') OR grade IS NOT NULL", name=op.f("ck_idea_graded")
        ),
        sa.CheckConstraint("decided_by IS NULL OR user_id IS NULL OR decided_by <> user_id", name=op.f("ck_idea_decided_by_another")),
        sa.CheckConstraint("merged_into IS NULL OR merged_into <> id", name=op.f("ck_idea_merged_elsewhere")),
        sa.CheckConstraint("pilot_to IS NULL OR pilot_to >= pilot_from", name=op.f("ck_idea_pilot_days")),
        sa.CheckConstraint("screened_by IS NULL OR user_id IS NULL OR screened_by <> user_id", name=op.f("ck_idea_screened_by_another")),
        sa.CheckConstraint("votes >= 0", name=op.f("ck_idea_votes")),
        sa.ForeignKeyConstraint(["campaign_id"], ["idea_campaign.id"], name=op.f("fk_idea_campaign_id_idea_campaign")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_idea_customer_id_customer")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_idea_decided_by_app_user")),
        sa.ForeignKeyConstraint(["hidden_by"], ["app_user.id"], name=op.f("fk_idea_hidden_by_app_user")),
        sa.ForeignKeyConstraint(["merged_into"], ["idea.id"], name=op.f("fk_idea_merged_into_idea")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_idea_officer_id_officer")),
        sa.ForeignKeyConstraint(["screened_by"], ["app_user.id"], name=op.f("fk_idea_screened_by_app_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_idea_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_idea_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea")),
        sa.UniqueConstraint("number", name=op.f("uq_idea_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_idea_token_hash")),
    )
    op.create_index("ix_idea_in_state", "idea", ["state", "submitted_at", "id"], unique=False)
    op.create_index(
        "ix_idea_merged_into",
        "idea",
        ["merged_into"],
        unique=False,
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index("ix_idea_newest", "idea", ["submitted_at", "id"], unique=False, sqlite_where=VISIBLE, postgresql_where=VISIBLE)
    op.create_index(
        "ix_idea_newest_in_state", "idea", ["state", "submitted_at", "id"], unique=False, sqlite_where=VISIBLE, postgresql_where=VISIBLE
    )
    op.create_index(
        "ix_idea_newest_of_campaign",
        "idea",
        ["campaign_id", "submitted_at", "id"],
        unique=False,
        sqlite_where=VISIBLE,
        postgresql_where=VISIBLE,
    )
    op.create_index("ix_idea_of_author", "idea", ["who", "submitted_at", "id"], unique=False)
    op.create_index(
        "ix_idea_to_screen",
        "idea",
        ["submitted_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'submitted' AND hidden_at IS NULL"),
        postgresql_where=sa.text("state = 'submitted' AND hidden_at IS NULL"),
    )
    op.create_index("ix_idea_top", "idea", ["votes", "id"], unique=False, sqlite_where=VISIBLE, postgresql_where=VISIBLE)
    op.create_index("ix_idea_top_in_state", "idea", ["state", "votes", "id"], unique=False, sqlite_where=VISIBLE, postgresql_where=VISIBLE)
    op.create_index(
        "ix_idea_top_of_campaign", "idea", ["campaign_id", "votes", "id"], unique=False, sqlite_where=VISIBLE, postgresql_where=VISIBLE
    )


def _issue_told() -> None:
    op.create_table(
        "issue_told",
        sa.Column("news_id", sa.Uuid(), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["news_id"], ["issue_news.id"], name=op.f("fk_issue_told_news_id_issue_news")),
        sa.PrimaryKeyConstraint("news_id", "who", name=op.f("pk_issue_told")),
    )


def _jury_member() -> None:
    op.create_table(
        "jury_member",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["idea_campaign.id"], name=op.f("fk_jury_member_campaign_id_idea_campaign")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_jury_member_user_id_app_user")),
        sa.PrimaryKeyConstraint("campaign_id", "user_id", name=op.f("pk_jury_member")),
    )


def _contest_prize() -> None:
    op.create_table(
        "contest_prize",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("idea_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["idea_campaign.id"], name=op.f("fk_contest_prize_campaign_id_idea_campaign")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_contest_prize_idea_id_idea")),
        sa.PrimaryKeyConstraint("campaign_id", "idea_id", name=op.f("pk_contest_prize")),
    )


def _excellence_award() -> None:
    op.create_table(
        "excellence_award",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("team", sa.String(length=120), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("idea_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("nominated_by", sa.Uuid(), nullable=False),
        sa.Column("nominated_at", UtcDateTime(), nullable=False),
        sa.Column("first_by", sa.Uuid(), nullable=True),
        sa.Column("second_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("why_not", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("(kind = 'staff') = (user_id IS NOT NULL)", name=op.f("ck_excellence_award_whom")),
        sa.CheckConstraint("(state = 'given') = (second_by IS NOT NULL)", name=op.f("ck_excellence_award_two_people")),
        sa.CheckConstraint("kind <> 'team' OR team <> ''", name=op.f("ck_excellence_award_team")),
        sa.CheckConstraint("kind IN ('team', 'staff')", name=op.f("ck_excellence_award_kind")),
        sa.CheckConstraint("state <> 'declined' OR why_not <> ''", name=op.f("ck_excellence_award_why_not")),
        sa.CheckConstraint("state IN ('nominated', 'confirmed', 'given', 'declined')", name=op.f("ck_excellence_award_state")),
        sa.CheckConstraint("first_by IS NULL OR first_by <> nominated_by", name=op.f("ck_excellence_award_first_is_another")),
        sa.CheckConstraint(
            "second_by IS NULL OR (second_by <> nominated_by AND second_by <> first_by)", name=op.f("ck_excellence_award_second_is_another")
        ),
        sa.CheckConstraint(
            "user_id IS NULL OR ((first_by IS NULL OR first_by <> user_id) AND (second_by IS NULL OR second_by <> user_id))",
            name=op.f("ck_excellence_award_not_oneself"),
        ),
        sa.ForeignKeyConstraint(["first_by"], ["app_user.id"], name=op.f("fk_excellence_award_first_by_app_user")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_excellence_award_idea_id_idea")),
        sa.ForeignKeyConstraint(["nominated_by"], ["app_user.id"], name=op.f("fk_excellence_award_nominated_by_app_user")),
        sa.ForeignKeyConstraint(["second_by"], ["app_user.id"], name=op.f("fk_excellence_award_second_by_app_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_excellence_award_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_excellence_award_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excellence_award")),
    )
    op.create_index("ix_excellence_award_in_state", "excellence_award", ["state", "nominated_at", "id"], unique=False)


def _idea_comment() -> None:
    op.create_table(
        "idea_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("idea_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.String(length=1000), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("author_kind", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("hidden_at", UtcDateTime(), nullable=True),
        sa.Column("hidden_by", sa.Uuid(), nullable=True),
        sa.Column("hidden_reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("author_kind IN ('staff', 'customer', 'guest')", name=op.f("ck_idea_comment_author_kind")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_idea_comment_customer_id_customer")),
        sa.ForeignKeyConstraint(["hidden_by"], ["app_user.id"], name=op.f("fk_idea_comment_hidden_by_app_user")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_comment_idea_id_idea")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_idea_comment_officer_id_officer")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_idea_comment_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_comment")),
    )
    op.create_index("ix_idea_comment_of_author", "idea_comment", ["who"], unique=False)
    op.create_index("ix_idea_comment_of_idea", "idea_comment", ["idea_id", "at", "id"], unique=False)


def _idea_gram() -> None:
    op.create_table(
        "idea_gram",
        sa.Column("idea_id", sa.Uuid(), nullable=False),
        sa.Column("gram", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_gram_idea_id_idea")),
        sa.PrimaryKeyConstraint("idea_id", "gram", name=op.f("pk_idea_gram")),
    )
    op.create_index(op.f("ix_idea_gram_gram"), "idea_gram", ["gram"], unique=False)


def _idea_step() -> None:
    op.create_table(
        "idea_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("idea_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_step_idea_id_idea")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_step")),
    )
    op.create_index("ix_idea_step_of_idea", "idea_step", ["idea_id", "at"], unique=False)
    op.create_index(
        "ix_idea_step_to_tell",
        "idea_step",
        ["at"],
        unique=False,
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )


def _idea_vote() -> None:
    op.create_table(
        "idea_vote",
        sa.Column("idea_id", sa.Uuid(), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_idea_vote_customer_id_customer")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_vote_idea_id_idea")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_idea_vote_officer_id_officer")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_idea_vote_user_id_app_user")),
        sa.PrimaryKeyConstraint("idea_id", "who", name=op.f("pk_idea_vote")),
    )
    op.create_index("ix_idea_vote_of_person", "idea_vote", ["who"], unique=False)


def _jury_score() -> None:
    op.create_table(
        "jury_score",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("idea_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=20), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("points BETWEEN 1 AND 10", name=op.f("ck_jury_score_points")),
        sa.ForeignKeyConstraint(["campaign_id"], ["idea_campaign.id"], name=op.f("fk_jury_score_campaign_id_idea_campaign")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_jury_score_idea_id_idea")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_jury_score_user_id_app_user")),
        sa.PrimaryKeyConstraint("campaign_id", "idea_id", "user_id", "criterion", name=op.f("pk_jury_score")),
    )
    op.create_index("ix_jury_score_of_entry", "jury_score", ["idea_id"], unique=False)
