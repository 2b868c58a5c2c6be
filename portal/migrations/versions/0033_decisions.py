"""What deciding needs more.

Revision ID: 0033
Revises: 0032
"""

from collections.abc import Sequence

revision: str = "0033"
down_revision: str = "0032"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""


def downgrade() -> None:
    """Go back."""
