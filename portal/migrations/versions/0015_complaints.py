"""Complaints, appeals, evidence, the improvement register and what follows high scores.

Revision ID: 0015
Revises: 0014
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime

revision: str = "0015"
down_revision: str = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = (
    "evidence_file",
    "evidence_content",
    "score_appeal",
    "complaint_code",
    "complaint_rules",
    "complaint_model",
    "complaint",
    "complaint_extension",
    "complaint_review",
    "complaint_recusal",
    "library_entry",
    "complaint_expert",
    "expert_opinion",
    "improvement_programme",
    "improvement_meeting",
    "issue_number",
    "issue",
    "issue_link",
    "issue_step",
    "issue_action",
    "meeting_item",
    "programme_part",
    "referral_code",
    "promoter_step",
    "referral_lead",
    "referral_reward",
)
"""In the order of what refers to what."""
WISHED = sa.text("wish IS NOT NULL")


def upgrade() -> None:
    """Go forward."""
    _evidence_file()
    _evidence_content()
    _score_appeal()
    _complaint_code()
    _complaint_rules()
    _complaint_model()
    _complaint()
    _complaint_extension()
    _complaint_review()
    _complaint_recusal()
    _library_entry()
    _complaint_expert()
    _expert_opinion()
    _improvement_programme()
    _improvement_meeting()
    _issue_number()
    _issue()
    _issue_link()
    _issue_step()
    _issue_action()
    _meeting_item()
    _programme_part()
    _referral_code()
    _promoter_step()
    _referral_lead()
    _referral_reward()
    op.create_index("ix_response_wished", "response", ["id"], sqlite_where=WISHED, postgresql_where=WISHED)


def downgrade() -> None:
    """Go back: what only the later schema knows is dropped."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_response_wished", "response")


def _evidence_file() -> None:
    op.create_table(
        "evidence_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(length=50), nullable=False),
        sa.Column("media", sa.String(length=80), nullable=False),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("from_customer", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'ready', 'broken')", name=op.f("ck_evidence_file_state")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_evidence_file_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_file")),
    )
    op.create_index("ix_evidence_file_of_owner", "evidence_file", ["owner"], unique=False)
    op.create_index(
        "ix_evidence_file_to_make",
        "evidence_file",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _evidence_content() -> None:
    op.create_table(
        "evidence_content",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["evidence_file.id"], name=op.f("fk_evidence_content_file_id_evidence_file")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_evidence_content")),
    )


def _score_appeal() -> None:
    op.create_table(
        "score_appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("argument", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=False),
        sa.Column("file_until", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=True),
        sa.Column("judge_unit_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decision", sa.String(length=1000), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('upheld', 'rejected')) = (judge_id IS NOT NULL AND judge_unit_id IS NOT NULL AND decided_at IS NOT NULL)",
            name=op.f("ck_score_appeal_decided_by_somebody"),
        ),
        sa.CheckConstraint("reason IN ('wrong_unit', 'outside_control', 'abuse')", name=op.f("ck_score_appeal_reason")),
        sa.CheckConstraint("state IN ('submitted', 'upheld', 'rejected', 'withdrawn')", name=op.f("ck_score_appeal_state")),
        sa.CheckConstraint("judge_id IS NULL OR judge_id <> author_id", name=op.f("ck_score_appeal_another_person")),
        sa.CheckConstraint("judge_unit_id IS NULL OR judge_unit_id <> unit_id", name=op.f("ck_score_appeal_level_above")),
        sa.CheckConstraint("submitted_at <= file_until", name=op.f("ck_score_appeal_in_time")),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_score_appeal_author_id_app_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_score_appeal_case_id_case_file")),
        sa.ForeignKeyConstraint(["judge_id"], ["app_user.id"], name=op.f("fk_score_appeal_judge_id_app_user")),
        sa.ForeignKeyConstraint(["judge_unit_id"], ["org_unit.id"], name=op.f("fk_score_appeal_judge_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_score_appeal_response_id_response")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_score_appeal_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_appeal")),
    )
    op.create_index(op.f("ix_score_appeal_case_id"), "score_appeal", ["case_id"], unique=False)
    op.create_index("ix_score_appeal_of_unit", "score_appeal", ["unit_id", "submitted_at"], unique=False)
    op.create_index(
        "ix_score_appeal_to_decide",
        "score_appeal",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_index(
        "uq_score_appeal_standing",
        "score_appeal",
        ["response_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )


def _complaint_code() -> None:
    op.create_table(
        "complaint_code",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("parent", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("words", Json, nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('channel', 'business', 'reason')", name=op.f("ck_complaint_code_kind")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_complaint_code_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_complaint_code")),
    )


def _complaint_rules() -> None:
    op.create_table(
        "complaint_rules",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_complaint_rules_author_id_app_user")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_complaint_rules")),
    )


def _complaint_model() -> None:
    op.create_table(
        "complaint_model",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("trained_on", sa.Integer(), nullable=False),
        sa.Column("tested_on", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("right_of_three", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", "kind", name=op.f("pk_complaint_model")),
    )


def _complaint() -> None:
    op.create_table(
        "complaint",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("source_ref", sa.String(length=100), nullable=True),
        sa.Column("regulator_ref", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("link_key", sa.Integer(), nullable=False),
        sa.Column("words_enc", sa.LargeBinary(), nullable=False),
        sa.Column("wish_enc", sa.LargeBinary(), nullable=True),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.Column("phone_enc", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("email_enc", sa.LargeBinary(), nullable=True),
        sa.Column("agent_enc", sa.LargeBinary(), nullable=True),
        sa.Column("agent_checked_by", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("business", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("classified_by", sa.Uuid(), nullable=True),
        sa.Column("suggested", Json, nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("happened_unit_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("complex", sa.Boolean(), nullable=False),
        sa.Column("difficult", sa.Boolean(), nullable=False),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("decision_enc", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(stage IN ('decided', 'closed')) = (decided_at IS NOT NULL)", name=op.f("ck_complaint_decided")),
        sa.CheckConstraint("origin IN ('link', 'poster', 'staff', 'api', 'regulator')", name=op.f("ck_complaint_origin")),
        sa.CheckConstraint("outcome IN ('upheld', 'partly', 'not_upheld', 'settled')", name=op.f("ck_complaint_outcome")),
        sa.CheckConstraint(
            "stage IN ('received', 'accepted', 'decided', 'closed', 'withdrawn', 'duplicate')", name=op.f("ck_complaint_stage")
        ),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> decided_by", name=op.f("ck_complaint_two_people")),
        sa.CheckConstraint("duplicate_of IS NULL OR duplicate_of <> case_id", name=op.f("ck_complaint_not_its_own_duplicate")),
        sa.ForeignKeyConstraint(["agent_checked_by"], ["app_user.id"], name=op.f("fk_complaint_agent_checked_by_app_user")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_complaint_approved_by_app_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_complaint_case_id_case_file")),
        sa.ForeignKeyConstraint(["classified_by"], ["app_user.id"], name=op.f("fk_complaint_classified_by_app_user")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_complaint_decided_by_app_user")),
        sa.ForeignKeyConstraint(["duplicate_of"], ["complaint.case_id"], name=op.f("fk_complaint_duplicate_of_complaint")),
        sa.ForeignKeyConstraint(["happened_unit_id"], ["org_unit.id"], name=op.f("fk_complaint_happened_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_complaint")),
    )
    op.create_index("ix_complaint_alike", "complaint", ["fingerprint", "received_at"], unique=False)
    op.create_index(
        "ix_complaint_open_by_due",
        "complaint",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("stage IN ('received', 'accepted')"),
        postgresql_where=sa.text("stage IN ('received', 'accepted')"),
    )
    op.create_index(op.f("ix_complaint_phone_index"), "complaint", ["phone_index"], unique=False)
    op.create_index("ix_complaint_received", "complaint", ["received_at"], unique=False)
    op.create_index(
        "uq_complaint_source_ref",
        "complaint",
        ["source_ref"],
        unique=True,
        sqlite_where=sa.text("source_ref IS NOT NULL"),
        postgresql_where=sa.text("source_ref IS NOT NULL"),
    )
    op.create_index("uq_complaint_token", "complaint", ["token_hash"], unique=True)


def _complaint_extension() -> None:
    op.create_table(
        "complaint_extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("from_due", UtcDateTime(), nullable=False),
        sa.Column("to_due", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind = 'complex' OR state <> 'told' OR approved_by IS NOT NULL", name=op.f("ck_complaint_extension_approved")),
        sa.CheckConstraint("kind IN ('complex', 'approved')", name=op.f("ck_complaint_extension_kind")),
        sa.CheckConstraint("state IN ('told', 'asked', 'refused')", name=op.f("ck_complaint_extension_state")),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name=op.f("ck_complaint_extension_two_people")),
        sa.CheckConstraint("to_due > from_due", name=op.f("ck_complaint_extension_longer")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_complaint_extension_approved_by_app_user")),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"], name=op.f("fk_complaint_extension_asked_by_app_user")),
        sa.ForeignKeyConstraint(["case_id"], ["complaint.case_id"], name=op.f("fk_complaint_extension_case_id_complaint")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_extension")),
        sa.UniqueConstraint("case_id", "kind", name=op.f("uq_complaint_extension_case_id_kind")),
    )


def _complaint_review() -> None:
    op.create_table(
        "complaint_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("first_decider", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("grounds_enc", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decision_enc", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(state IN ('kept', 'changed')) = (reviewer_id IS NOT NULL)", name=op.f("ck_complaint_review_reviewed")),
        sa.CheckConstraint("state IN ('asked', 'kept', 'changed', 'withdrawn')", name=op.f("ck_complaint_review_state")),
        sa.CheckConstraint(
            "reviewer_id IS NULL OR first_decider IS NULL OR reviewer_id <> first_decider", name=op.f("ck_complaint_review_another_person")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["complaint.case_id"], name=op.f("fk_complaint_review_case_id_complaint")),
        sa.ForeignKeyConstraint(["first_decider"], ["app_user.id"], name=op.f("fk_complaint_review_first_decider_app_user")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["app_user.id"], name=op.f("fk_complaint_review_reviewer_id_app_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_complaint_review_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_review")),
        sa.UniqueConstraint("case_id", name=op.f("uq_complaint_review_case_id")),
    )


def _complaint_recusal() -> None:
    op.create_table(
        "complaint_recusal",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["complaint.case_id"], name=op.f("fk_complaint_recusal_case_id_complaint")),
        sa.ForeignKeyConstraint(["declared_by"], ["app_user.id"], name=op.f("fk_complaint_recusal_declared_by_app_user")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_complaint_recusal_user_id_app_user")),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_complaint_recusal")),
    )


def _library_entry() -> None:
    op.create_table(
        "library_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("root_cause", sa.String(length=60), nullable=False),
        sa.Column("business", sa.String(length=40), nullable=False),
        sa.Column("situation", sa.String(length=3000), nullable=False),
        sa.Column("handling", sa.String(length=3000), nullable=False),
        sa.Column("lesson", sa.String(length=2000), nullable=False),
        sa.Column("from_case", sa.String(length=20), nullable=False),
        sa.Column("best_of", sa.String(length=7), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('case', 'playbook')", name=op.f("ck_library_entry_kind")),
        sa.CheckConstraint("state <> 'published' OR approved_by IS NOT NULL", name=op.f("ck_library_entry_approved")),
        sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f("ck_library_entry_state")),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> author_id", name=op.f("ck_library_entry_two_people")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_library_entry_approved_by_app_user")),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_library_entry_author_id_app_user")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_library_entry_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_entry")),
    )
    op.create_index("ix_library_entry_of_cause", "library_entry", ["root_cause"], unique=False)
    op.create_index(
        "ix_library_entry_to_review",
        "library_entry",
        ["review_on"],
        unique=False,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )


def _complaint_expert() -> None:
    op.create_table(
        "complaint_expert",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("topics", sa.String(length=200), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name=op.f("fk_complaint_expert_added_by_app_user")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_complaint_expert_user_id_app_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_complaint_expert")),
    )


def _expert_opinion() -> None:
    op.create_table(
        "expert_opinion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("expert_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=1000), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("opinion", sa.String(length=3000), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(opinion = '') = (given_at IS NULL)", name=op.f("ck_expert_opinion_given")),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"], name=op.f("fk_expert_opinion_asked_by_app_user")),
        sa.ForeignKeyConstraint(["case_id"], ["complaint.case_id"], name=op.f("fk_expert_opinion_case_id_complaint")),
        sa.ForeignKeyConstraint(["expert_id"], ["app_user.id"], name=op.f("fk_expert_opinion_expert_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_opinion")),
    )
    op.create_index(op.f("ix_expert_opinion_case_id"), "expert_opinion", ["case_id"], unique=False)
    op.create_index(op.f("ix_expert_opinion_expert_id"), "expert_opinion", ["expert_id"], unique=False)


def _improvement_programme() -> None:
    op.create_table(
        "improvement_programme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("goal", sa.String(length=1000), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("target", sa.Float(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("conclusion", sa.String(length=2000), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'ended')", name=op.f("ck_improvement_programme_state")),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_improvement_programme_in_order")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_improvement_programme_owner_id_app_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_improvement_programme_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_improvement_programme_code")),
    )


def _improvement_meeting() -> None:
    op.create_table(
        "improvement_meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("chair_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("present", sa.String(length=500), nullable=False),
        sa.Column("minutes", sa.String(length=5000), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'held')", name=op.f("ck_improvement_meeting_state")),
        sa.ForeignKeyConstraint(["chair_id"], ["app_user.id"], name=op.f("fk_improvement_meeting_chair_id_app_user")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["improvement_programme.id"], name=op.f("fk_improvement_meeting_programme_id_improvement_programme")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_improvement_meeting_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_meeting")),
    )
    op.create_index("ix_improvement_meeting_held", "improvement_meeting", ["held_on"], unique=False)


def _issue_number() -> None:
    op.create_table(
        "issue_number",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_issue_number")),
    )


def _issue() -> None:
    op.create_table(
        "issue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=3000), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("turned_into", sa.String(length=12), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("root_cause", sa.String(length=60), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("touchpoint", sa.String(length=60), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("measured_unit_id", sa.Uuid(), nullable=True),
        sa.Column("analysis", sa.String(length=3000), nullable=False),
        sa.Column("plan", sa.String(length=3000), nullable=False),
        sa.Column("lasting_measure", sa.String(length=2000), nullable=False),
        sa.Column("story", sa.String(length=3000), nullable=False),
        sa.Column("wont_reason", sa.String(length=1000), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("found_by", sa.Uuid(), nullable=True),
        sa.Column("fix_due_on", sa.Date(), nullable=True),
        sa.Column("verify_on", sa.Date(), nullable=True),
        sa.Column("fixed_at", UtcDateTime(), nullable=True),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'verified') = (verified_at IS NOT NULL)", name=op.f("ck_issue_verified")),
        sa.CheckConstraint("kind IN ('nuisance', 'pain_point', 'blind_spot')", name=op.f("ck_issue_kind")),
        sa.CheckConstraint("state <> 'verified' OR verified_by <> owner_id", name=op.f("ck_issue_verified_by_another")),
        sa.CheckConstraint("state <> 'wont_fix' OR wont_reason <> ''", name=op.f("ck_issue_reason_why_not")),
        sa.CheckConstraint(
            "state IN ('found', 'analysed', 'planned', 'fixed', 'verified', 'reopened', 'wont_fix')", name=op.f("ck_issue_state")
        ),
        sa.CheckConstraint("turned_into IN ('delight', 'highlight', 'opportunity')", name=op.f("ck_issue_turned_into")),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name=op.f("ck_issue_severity")),
        sa.ForeignKeyConstraint(["found_by"], ["app_user.id"], name=op.f("fk_issue_found_by_app_user")),
        sa.ForeignKeyConstraint(["measured_unit_id"], ["org_unit.id"], name=op.f("fk_issue_measured_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_issue_owner_id_app_user")),
        sa.ForeignKeyConstraint(["programme_id"], ["improvement_programme.id"], name=op.f("fk_issue_programme_id_improvement_programme")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_issue_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["verified_by"], ["app_user.id"], name=op.f("fk_issue_verified_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
        sa.UniqueConstraint("number", name=op.f("uq_issue_number")),
    )
    op.create_index(
        "ix_issue_due",
        "issue",
        ["fix_due_on"],
        unique=False,
        sqlite_where=sa.text("state NOT IN ('verified', 'wont_fix')"),
        postgresql_where=sa.text("state NOT IN ('verified', 'wont_fix')"),
    )
    op.create_index("ix_issue_of_programme", "issue", ["programme_id"], unique=False)
    op.create_index("ix_issue_of_unit", "issue", ["unit_id", "state"], unique=False)


def _issue_link() -> None:
    op.create_table(
        "issue_link",
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('case', 'response', 'complaint', 'idea', 'submission', 'feedback', 'issue')", name=op.f("ck_issue_link_kind")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name=op.f("fk_issue_link_added_by_app_user")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_link_issue_id_issue")),
        sa.PrimaryKeyConstraint("issue_id", "kind", "object_id", name=op.f("pk_issue_link")),
    )
    op.create_index("ix_issue_link_of_object", "issue_link", ["kind", "object_id"], unique=False)


def _issue_step() -> None:
    op.create_table(
        "issue_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_step_issue_id_issue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_step")),
    )
    op.create_index("ix_issue_step_of_issue", "issue_step", ["issue_id", "at"], unique=False)


def _issue_action() -> None:
    op.create_table(
        "issue_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_action_issue_id_issue")),
        sa.ForeignKeyConstraint(["meeting_id"], ["improvement_meeting.id"], name=op.f("fk_issue_action_meeting_id_improvement_meeting")),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"], name=op.f("fk_issue_action_owner_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_action")),
    )
    op.create_index("ix_issue_action_of_issue", "issue_action", ["issue_id"], unique=False)
    op.create_index("ix_issue_action_of_owner", "issue_action", ["owner_id", "due_on"], unique=False)


def _meeting_item() -> None:
    op.create_table(
        "meeting_item",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("issue_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_meeting_item_issue_id_issue")),
        sa.ForeignKeyConstraint(["meeting_id"], ["improvement_meeting.id"], name=op.f("fk_meeting_item_meeting_id_improvement_meeting")),
        sa.PrimaryKeyConstraint("meeting_id", "issue_id", name=op.f("pk_meeting_item")),
    )


def _programme_part() -> None:
    op.create_table(
        "programme_part",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('unit', 'questionnaire', 'case')", name=op.f("ck_programme_part_kind")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["improvement_programme.id"], name=op.f("fk_programme_part_programme_id_improvement_programme")
        ),
        sa.PrimaryKeyConstraint("programme_id", "kind", "object_id", name=op.f("pk_programme_part")),
    )


def _referral_code() -> None:
    op.create_table(
        "referral_code",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_referral_code_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_referral_code")),
        sa.UniqueConstraint("person_id", name=op.f("uq_referral_code_person_id")),
    )


def _promoter_step() -> None:
    op.create_table(
        "promoter_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'held_back') = (code <> '')", name=op.f("ck_promoter_step_reason_why_not")),
        sa.CheckConstraint("kind IN ('officer', 'refer')", name=op.f("ck_promoter_step_kind")),
        sa.CheckConstraint("state IN ('offered', 'taken_up', 'done', 'declined', 'held_back')", name=op.f("ck_promoter_step_state")),
        sa.ForeignKeyConstraint(["handled_by"], ["app_user.id"], name=op.f("fk_promoter_step_handled_by_app_user")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_promoter_step_response_id_response")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_promoter_step_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promoter_step")),
        sa.UniqueConstraint("response_id", name=op.f("uq_promoter_step_response_id")),
    )
    op.create_index("ix_promoter_step_of_person", "promoter_step", ["person_id", "at"], unique=False)
    op.create_index(
        "ix_promoter_step_waiting",
        "promoter_step",
        ["unit_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('offered', 'taken_up')"),
        postgresql_where=sa.text("state IN ('offered', 'taken_up')"),
    )


def _referral_lead() -> None:
    op.create_table(
        "referral_lead",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.Column("phone_enc", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("consented_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(state = 'customer') = (customer_id IS NOT NULL)", name=op.f("ck_referral_lead_became_customer")),
        sa.CheckConstraint("state IN ('left', 'contacted', 'customer', 'declined')", name=op.f("ck_referral_lead_state")),
        sa.ForeignKeyConstraint(["code"], ["referral_code.code"], name=op.f("fk_referral_lead_code_referral_code")),
        sa.ForeignKeyConstraint(["handled_by"], ["app_user.id"], name=op.f("fk_referral_lead_handled_by_app_user")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_referral_lead_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_lead")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_referral_lead_phone_index")),
    )
    op.create_index(op.f("ix_referral_lead_code"), "referral_lead", ["code"], unique=False)
    op.create_index("ix_referral_lead_of_unit", "referral_lead", ["unit_id", "state"], unique=False)


def _referral_reward() -> None:
    op.create_table(
        "referral_reward",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("referred_person_id", sa.Uuid(), nullable=False),
        sa.Column("benefit", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("handed_out_at", UtcDateTime(), nullable=True),
        sa.Column("handed_out_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('owed', 'handed_out', 'void')", name=op.f("ck_referral_reward_state")),
        sa.CheckConstraint("referred_person_id <> person_id", name=op.f("ck_referral_reward_not_oneself")),
        sa.ForeignKeyConstraint(["handed_out_by"], ["app_user.id"], name=op.f("fk_referral_reward_handed_out_by_app_user")),
        sa.ForeignKeyConstraint(["lead_id"], ["referral_lead.id"], name=op.f("fk_referral_reward_lead_id_referral_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_reward")),
        sa.UniqueConstraint("lead_id", name=op.f("uq_referral_reward_lead_id")),
        sa.UniqueConstraint("referred_person_id", name=op.f("uq_referral_reward_referred_person_id")),
    )
    op.create_index("ix_referral_reward_of_person", "referral_reward", ["person_id"], unique=False)
