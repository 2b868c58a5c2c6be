"""Deciding reads the ledger from one index.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

HISTORY = (
    *("person_id", "counts_at", "kind", "channel", "touchpoint", "group", "weight"),
    *("answered_at", "declined_at", "abandoned_at", "expired_at", "released_at", "failed_at"),
)


def upgrade() -> None:
    """Go forward."""
    op.drop_index("ix_contact_history", "contact")
    op.create_index("ix_contact_history", "contact", list(HISTORY))


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_contact_history", "contact")
    op.create_index("ix_contact_history", "contact", ["person_id", "counts_at"])
