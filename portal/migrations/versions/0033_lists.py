"""Lists that cost the same among many: open cases of a kind and of a state; the reading list's index goes by state, too.

Without the first two PostgreSQL read and sorted all open cases for a page of 25; without the last SQLite went through all that was
ever published.

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
OPEN = sa.text("state NOT IN ('closed', 'merged')")
CASES = {"ix_case_open_of_kind": ["kind", "due_at", "number"], "ix_case_open_of_state": ["state", "number"]}


def upgrade() -> None:
    """Go forward."""
    op.drop_index(NAME, table_name="article")
    op.create_index(NAME, "article", ["state", "must_read", "published_at", "id"])
    for name, columns in CASES.items():
        op.create_index(name, "case_file", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """Go back."""
    for name in CASES:
        op.drop_index(name, table_name="case_file")
    op.drop_index(NAME, table_name="article")
    op.create_index(NAME, "article", ["published_at", "id"], sqlite_where=BEFORE, postgresql_where=BEFORE)
