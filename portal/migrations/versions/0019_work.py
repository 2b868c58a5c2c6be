"""Tasks, claims, submissions, reviews.

Revision ID: 0019
Revises: 0018
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime
from portal.migrations import triggers, work_guards

revision: str = "0019"
down_revision: str = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = (
    "task",
    "task_cell",
    "task_claim",
    "submission",
    "submission_review",
    "submission_appeal",
    "unit_comment",
    "review_reason",
    "officer_photo",
    "officer_photo_content",
    "officer_photo_match",
)
"""In the order of what refers to what."""


def upgrade() -> None:
    """Go forward."""
    _task()
    _task_cell()
    _task_claim()
    _submission()
    _submission_review()
    _submission_appeal()
    _unit_comment()
    _review_reason()
    _officer_photo()
    _officer_photo_content()
    _officer_photo_match()
    triggers.install(op.get_bind())
    work_guards.install(op.get_bind())


def downgrade() -> None:
    """Go back."""
    work_guards.remove(op.get_bind())
    for table in reversed(TABLES):
        op.drop_table(table)


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("title_zh", sa.String(length=80), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("about_zh", sa.String(length=2000), nullable=False),
        sa.Column("about_en", sa.String(length=2000), nullable=False),
        sa.Column("steps", Json, nullable=False),
        sa.Column("evidence_zh", sa.String(length=500), nullable=False),
        sa.Column("evidence_en", sa.String(length=500), nullable=False),
        sa.Column("photos_min", sa.Integer(), nullable=False),
        sa.Column("photos_max", sa.Integer(), nullable=False),
        sa.Column("banks", Json, nullable=False),
        sa.Column("dimensions", Json, nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("audience", Json, nullable=True),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("budget", sa.Integer(), nullable=True),
        sa.Column("automatic", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=True),
        sa.Column("closes_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('visit', 'usability', 'competitor', 'journey', 'interview', 'survey', 'crowd')", name=op.f("ck_task_kind")
        ),
        sa.CheckConstraint("state IN ('draft', 'in_approval', 'cancelled') OR approved_by IS NOT NULL", name=op.f("ck_task_approved")),
        sa.CheckConstraint(
            "state IN ('draft', 'in_approval', 'published', 'paused', 'closed', 'settled', 'cancelled')", name=op.f("ck_task_state")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR (approved_by <> created_by AND approved_by <> asked_by)", name=op.f("ck_task_two_people")
        ),
        sa.CheckConstraint("automatic = false OR photos_max = 0", name=op.f("ck_task_photos_need_a_person")),
        sa.CheckConstraint("budget > 0", name=op.f("ck_task_budget")),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_task_closes_after_opening")),
        sa.CheckConstraint("hours BETWEEN 1 AND 720", name=op.f("ck_task_hours")),
        sa.CheckConstraint("photos_min >= 0 AND photos_min <= photos_max AND photos_max <= 20", name=op.f("ck_task_photos")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_task_approved_by_app_user")),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"], name=op.f("fk_task_asked_by_app_user")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_task_created_by_app_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_task_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["version_id"], ["questionnaire_version.id"], name=op.f("fk_task_version_id_questionnaire_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_by_state", "task", ["state", "closes_at"], unique=False)


def _task_cell() -> None:
    op.create_table(
        "task_cell",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("condition", Json, nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("cap BETWEEN 1 AND 100000", name=op.f("ck_task_cell_cap")),
        sa.CheckConstraint("used >= 0 AND used <= cap", name=op.f("ck_task_cell_never_exceeded")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_cell_task_id_task")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_task_cell_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_cell")),
        sa.UniqueConstraint("task_id", "position", name=op.f("uq_task_cell_task_id_position")),
    )


def _task_claim() -> None:
    op.create_table(
        "task_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("extended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(state IN ('released', 'expired')) = (ended_at IS NOT NULL)", name=op.f("ck_task_claim_ended")),
        sa.CheckConstraint("state IN ('reserved', 'submitted', 'released', 'expired')", name=op.f("ck_task_claim_state")),
        sa.CheckConstraint("due_at > claimed_at", name=op.f("ck_task_claim_due_after_claim")),
        sa.ForeignKeyConstraint(["cell_id"], ["task_cell.id"], name=op.f("fk_task_claim_cell_id_task_cell")),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_task_claim_invitation_id_invitation")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_task_claim_officer_id_officer")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_claim_task_id_task")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_task_claim_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_claim")),
    )
    op.create_index("ix_task_claim_of_officer", "task_claim", ["officer_id", "claimed_at"], unique=False)
    op.create_index("ix_task_claim_of_task", "task_claim", ["task_id", "claimed_at"], unique=False)
    op.create_index(
        "ix_task_claim_to_expire",
        "task_claim",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'reserved'"),
        postgresql_where=sa.text("state = 'reserved'"),
    )
    op.create_index(
        "uq_task_claim_live",
        "task_claim",
        ["task_id", "officer_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('reserved', 'submitted')"),
        postgresql_where=sa.text("state IN ('reserved', 'submitted')"),
    )


def _submission() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=3000), nullable=False),
        sa.Column("steps", Json, nullable=False),
        sa.Column("scores", Json, nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("review_from", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("escalate_at", UtcDateTime(), nullable=True),
        sa.Column("escalated_at", UtcDateTime(), nullable=True),
        sa.Column("comment_until", UtcDateTime(), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("question", sa.String(length=500), nullable=False),
        sa.Column("info_due_at", UtcDateTime(), nullable=True),
        sa.Column("reply", sa.String(length=2000), nullable=False),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=True),
        sa.Column("quality", sa.Integer(), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("second_wanted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=300), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name=op.f("ck_submission_submitted")),
        sa.CheckConstraint("kind IN ('nuisance', 'pain_point', 'blind_spot')", name=op.f("ck_submission_kind")),
        sa.CheckConstraint("state <> 'duplicate' OR duplicate_of IS NOT NULL", name=op.f("ck_submission_duplicate_of")),
        sa.CheckConstraint("state <> 'rejected' OR reason <> ''", name=op.f("ck_submission_reason_why_not")),
        sa.CheckConstraint("state <> 'revoked' OR (revoked_by IS NOT NULL AND revoke_reason <> '')", name=op.f("ck_submission_revoked")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'in_review', 'need_info', 'approved', 'rejected', 'duplicate', 'appealed', 'upheld', 'overturned', 'revoked')",
            name=op.f("ck_submission_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'overturned') OR (quality IS NOT NULL AND severity IS NOT NULL)", name=op.f("ck_submission_graded")
        ),
        sa.CheckConstraint("duplicate_of <> id", name=op.f("ck_submission_not_its_own_duplicate")),
        sa.CheckConstraint("quality BETWEEN 1 AND 4", name=op.f("ck_submission_quality")),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name=op.f("ck_submission_severity")),
        sa.ForeignKeyConstraint(["claim_id"], ["task_claim.id"], name=op.f("fk_submission_claim_id_task_claim")),
        sa.ForeignKeyConstraint(["duplicate_of"], ["submission.id"], name=op.f("fk_submission_duplicate_of_submission")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_submission_issue_id_issue")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_submission_officer_id_officer")),
        sa.ForeignKeyConstraint(["revoked_by"], ["app_user.id"], name=op.f("fk_submission_revoked_by_app_user")),
        sa.ForeignKeyConstraint(["taken_by"], ["app_user.id"], name=op.f("fk_submission_taken_by_app_user")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_submission_task_id_task")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_submission_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_submission_claim_id")),
    )
    op.create_index("ix_submission_duplicates", "submission", ["duplicate_of"], unique=False)
    op.create_index("ix_submission_of_officer", "submission", ["officer_id", "decided_at"], unique=False)
    op.create_index("ix_submission_of_task", "submission", ["task_id", "state"], unique=False)
    op.create_index("ix_submission_of_unit", "submission", ["unit_id", "submitted_at"], unique=False)
    op.create_index(
        "ix_submission_to_answer",
        "submission",
        ["info_due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'need_info'"),
        postgresql_where=sa.text("state = 'need_info'"),
    )
    op.create_index(
        "ix_submission_to_review",
        "submission",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('submitted', 'in_review')"),
        postgresql_where=sa.text("state IN ('submitted', 'in_review')"),
    )
    op.create_index(
        "ix_submission_to_settle",
        "submission",
        ["decided_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('rejected', 'upheld', 'duplicate') AND settled_at IS NULL"),
        postgresql_where=sa.text("state IN ('rejected', 'upheld', 'duplicate') AND settled_at IS NULL"),
    )


def _submission_review() -> None:
    op.create_table(
        "submission_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.String(length=10), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "reviewer_id IS NOT NULL OR (round = 'first' AND verdict = 'approve')", name=op.f("ck_submission_review_a_person")
        ),
        sa.CheckConstraint("round IN ('first', 'second', 'appeal')", name=op.f("ck_submission_review_round")),
        sa.CheckConstraint("verdict <> 'need_info' OR round = 'first'", name=op.f("ck_submission_review_info_once")),
        sa.CheckConstraint("verdict IN ('approve', 'reject', 'duplicate', 'need_info')", name=op.f("ck_submission_review_verdict")),
        sa.CheckConstraint("quality BETWEEN 1 AND 4", name=op.f("ck_submission_review_quality")),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name=op.f("ck_submission_review_severity")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["app_user.id"], name=op.f("fk_submission_review_reviewer_id_app_user")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_submission_review_submission_id_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_review")),
    )
    op.create_index("ix_submission_review_of_reviewer", "submission_review", ["reviewer_id", "at"], unique=False)
    op.create_index(
        "uq_submission_review_info",
        "submission_review",
        ["submission_id"],
        unique=True,
        sqlite_where=sa.text("verdict = 'need_info'"),
        postgresql_where=sa.text("verdict = 'need_info'"),
    )
    op.create_index(
        "uq_submission_review_person",
        "submission_review",
        ["submission_id", "reviewer_id"],
        unique=True,
        sqlite_where=sa.text("verdict <> 'need_info'"),
        postgresql_where=sa.text("verdict <> 'need_info'"),
    )
    op.create_index(
        "uq_submission_review_round",
        "submission_review",
        ["submission_id", "round"],
        unique=True,
        sqlite_where=sa.text("verdict <> 'need_info'"),
        postgresql_where=sa.text("verdict <> 'need_info'"),
    )


def _submission_appeal() -> None:
    op.create_table(
        "submission_appeal",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("filed_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("outcome IN ('upheld', 'overturned')", name=op.f("ck_submission_appeal_outcome")),
        sa.CheckConstraint("(outcome IS NOT NULL) = (decided_at IS NOT NULL)", name=op.f("ck_submission_appeal_decided")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_submission_appeal_officer_id_officer")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_submission_appeal_submission_id_submission")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission_appeal")),
    )
    op.create_index("ix_submission_appeal_of_officer", "submission_appeal", ["officer_id", "filed_at"], unique=False)
    op.create_index(
        "ix_submission_appeal_open",
        "submission_appeal",
        ["filed_at"],
        unique=False,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )


def _unit_comment() -> None:
    op.create_table(
        "unit_comment",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_unit_comment_submission_id_submission")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_unit_comment_user_id_app_user")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_unit_comment")),
    )


def _review_reason() -> None:
    op.create_table(
        "review_reason",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("for_verdict", sa.String(length=10), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("advice_zh", sa.String(length=300), nullable=False),
        sa.Column("advice_en", sa.String(length=300), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint("for_verdict IN ('reject', 'need_info')", name=op.f("ck_review_reason_for_verdict")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_review_reason")),
        sa.UniqueConstraint("position", name=op.f("uq_review_reason_position")),
    )


def _officer_photo() -> None:
    op.create_table(
        "officer_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(length=50), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("hash64", sa.BigInteger(), nullable=True),
        sa.Column("b0", sa.Integer(), nullable=True),
        sa.Column("b1", sa.Integer(), nullable=True),
        sa.Column("b2", sa.Integer(), nullable=True),
        sa.Column("b3", sa.Integer(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.Integer(), nullable=False),
        sa.Column("screened", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'ready', 'broken')", name=op.f("ck_officer_photo_state")),
        sa.CheckConstraint("(hash64 IS NULL) = (b0 IS NULL)", name=op.f("ck_officer_photo_hash64")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_photo_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_photo")),
    )
    op.create_index("ix_officer_photo_b0", "officer_photo", ["b0"], unique=False)
    op.create_index("ix_officer_photo_b1", "officer_photo", ["b1"], unique=False)
    op.create_index("ix_officer_photo_b2", "officer_photo", ["b2"], unique=False)
    op.create_index("ix_officer_photo_b3", "officer_photo", ["b3"], unique=False)
    op.create_index("ix_officer_photo_of_officer", "officer_photo", ["officer_id", "created_at"], unique=False)
    op.create_index("ix_officer_photo_of_owner", "officer_photo", ["owner"], unique=False)
    op.create_index("ix_officer_photo_same_file", "officer_photo", ["sha256"], unique=False)
    op.create_index(
        "ix_officer_photo_to_make",
        "officer_photo",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _officer_photo_content() -> None:
    op.create_table(
        "officer_photo_content",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('original', 'shown', 'thumb')", name=op.f("ck_officer_photo_content_kind")),
        sa.ForeignKeyConstraint(["photo_id"], ["officer_photo.id"], name=op.f("fk_officer_photo_content_photo_id_officer_photo")),
        sa.PrimaryKeyConstraint("photo_id", "kind", name=op.f("pk_officer_photo_content")),
    )


def _officer_photo_match() -> None:
    op.create_table(
        "officer_photo_match",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("likeness", sa.String(length=10), nullable=False),
        sa.Column("bits", sa.Integer(), nullable=False),
        sa.CheckConstraint("likeness IN ('same_file', 'very_alike', 'alike')", name=op.f("ck_officer_photo_match_likeness")),
        sa.CheckConstraint("photo_id <> other_id", name=op.f("ck_officer_photo_match_another")),
        sa.ForeignKeyConstraint(["other_id"], ["officer_photo.id"], name=op.f("fk_officer_photo_match_other_id_officer_photo")),
        sa.ForeignKeyConstraint(["photo_id"], ["officer_photo.id"], name=op.f("fk_officer_photo_match_photo_id_officer_photo")),
        sa.PrimaryKeyConstraint("photo_id", "other_id", name=op.f("pk_officer_photo_match")),
    )
    op.create_index("ix_officer_photo_match_other", "officer_photo_match", ["other_id"], unique=False)
