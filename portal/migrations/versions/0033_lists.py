"""Lists that cost the same among many: cases that are open, of a kind, resolved; the reading list's index goes by state, too.

PostgreSQL read and sorted all open cases for a page of 25, and both looked at each row to count the overdue ones; SQLite went through
all articles that were ever published.

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
OPEN, RESOLVED = sa.text("state NOT IN ('closed', 'merged')"), sa.text("state = 'resolved'")
BY_DUE = "ix_case_open_by_due"


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "case_file", columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    """Go forward."""
    op.drop_index(NAME, table_name="article")
    op.create_index(NAME, "article", ["state", "must_read", "published_at", "id"])
    op.drop_index(BY_DUE, table_name="case_file")
    _index(BY_DUE, ["due_at", "number", "state", "unit_id"], OPEN)
    _index("ix_case_open_of_kind", ["kind", "due_at", "number"], OPEN)
    _index("ix_case_resolved", ["number"], RESOLVED)


def downgrade() -> None:
    """Go back."""
    for name in ("ix_case_open_of_kind", "ix_case_resolved", BY_DUE):
        op.drop_index(name, table_name="case_file")
    _index(BY_DUE, ["due_at"], OPEN)
    op.drop_index(NAME, table_name="article")
    op.create_index(NAME, "article", ["published_at", "id"], sqlite_where=BEFORE, postgresql_where=BEFORE)
