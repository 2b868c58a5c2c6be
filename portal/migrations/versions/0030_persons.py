"""What the protection of persons needs more: a sealed place for numbers and addresses in answers, whose records are held.

A revision has no keys: answers of before are sealed by the job `answering.seal_old`, which is safe to run again. On the way back what
was sealed goes with its column.

Revision ID: 0030
Revises: 0029
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.migrations import triggers

revision: str = "0030"
down_revision: str = "0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("response", sa.Column("private_enc", sa.LargeBinary(), nullable=True))
    op.add_column("held_record", sa.Column("subject", sa.Uuid(), nullable=True))
    _find_subjects()
    triggers.install(op.get_bind())  # a reviewer's note may be made empty now
    _empty_notes()


def downgrade() -> None:
    """Go back."""
    op.drop_column("held_record", "subject")
    op.drop_column("response", "private_enc")


def _find_subjects() -> None:
    """Officers who were erased are found once more by the moment of it, which the held record has too."""
    same = "FROM officer o WHERE o.erased_at = held_record.held_at"
    op.execute(
        f"UPDATE held_record SET subject = (SELECT o.id {same}) "
        f"WHERE part = 'points_ledger' AND released_at IS NULL AND (SELECT COUNT(*) {same}) = 1"
    )


def _empty_notes() -> None:
    """Of officers who were forgotten reviewers' notes go too."""
    theirs = "SELECT s.id FROM submission s JOIN officer o ON o.id = s.officer_id WHERE o.erased_at IS NOT NULL"
    op.execute(f"UPDATE submission_review SET note = '' WHERE note <> '' AND submission_id IN ({theirs})")
