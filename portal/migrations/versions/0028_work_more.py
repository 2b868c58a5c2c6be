"""What the officers' programme needs more.

Revision ID: 0028
Revises: 0027
"""

from collections.abc import Sequence

revision: str = "0028"
down_revision: str = "0027"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""


def downgrade() -> None:
    """Go back."""
