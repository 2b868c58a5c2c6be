"""What deciding reads from indexes alone: what customers said, and who is due.

Customers of a batch lie far apart, so that each row spared is a page. Who is due was found by going through all that waits and
sorting it: a bank whose touchpoints wait a day before they ask has a day's candidates there.

Revision ID: 0036
Revises: 0035
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0036"
down_revision: str = "0035"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

SAID, DUE = "ix_consent_of_customer", "ix_candidate_due"
WAITING = sa.text("decided_at IS NULL")


def _due(*columns: str) -> None:
    op.drop_index(DUE, table_name="candidate")
    op.create_index(DUE, "candidate", list(columns), sqlite_where=WAITING, postgresql_where=WAITING)


def upgrade() -> None:
    """Go forward."""
    op.drop_index(SAID, table_name="consent")
    op.create_index(SAID, "consent", ["customer_id", "at", "id", "purpose", "channel", "withdrawn_at", "by_guardian"])
    _due("due_at", "shard", "person_id")


def downgrade() -> None:
    """Go back."""
    _due("shard", "due_at")
    op.drop_index(SAID, table_name="consent")
    op.create_index(SAID, "consent", ["customer_id", "at"])
