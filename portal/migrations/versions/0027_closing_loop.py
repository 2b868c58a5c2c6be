"""What the closed loop needs more.

Revision ID: 0027
Revises: 0026
"""

from collections.abc import Sequence

revision: str = "0027"
down_revision: str = "0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""


def downgrade() -> None:
    """Go back."""
