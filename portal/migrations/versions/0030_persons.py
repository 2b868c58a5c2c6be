"""What the protection of persons needs more: answers that are telephone numbers and addresses have a sealed place of their own.

A revision has no keys: answers of before are sealed by the job `answering.seal_old`, which is safe to run again. On the way back what
was sealed goes with its column.

Revision ID: 0030
Revises: 0029
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str = "0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("response", sa.Column("private_enc", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("response", "private_enc")
