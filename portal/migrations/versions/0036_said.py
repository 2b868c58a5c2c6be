"""What customers said is read from its index alone, in order: it is read for each candidate, of customers who lie far apart.

Revision ID: 0036
Revises: 0035
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0036"
down_revision: str = "0035"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NAME = "ix_consent_of_customer"


def upgrade() -> None:
    """Go forward."""
    op.drop_index(NAME, table_name="consent")
    op.create_index(NAME, "consent", ["customer_id", "at", "id", "purpose", "channel", "withdrawn_at", "by_guardian"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(NAME, table_name="consent")
    op.create_index(NAME, "consent", ["customer_id", "at"])
