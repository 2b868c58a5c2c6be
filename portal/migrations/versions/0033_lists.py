"""The reading list's index goes by state, too: SQLite took the index of all that was ever published before the partial one.

Revision ID: 0033
Revises: 0032
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str = "0032"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NAME = "ix_article_to_read"
BEFORE = sa.text("state = 'published' AND must_read")


def upgrade() -> None:
    """Go forward."""
    op.drop_index(NAME, table_name="article")
    op.create_index(NAME, "article", ["state", "must_read", "published_at", "id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(NAME, table_name="article")
    op.create_index(NAME, "article", ["published_at", "id"], sqlite_where=BEFORE, postgresql_where=BEFORE)
