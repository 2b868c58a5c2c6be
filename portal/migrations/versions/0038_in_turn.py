"""The index of due times is for those who ask for times: PostgreSQL looked for each person's candidates in all of it.

It does so when far more waits than at its last count, as after an outage: each batch then took as long as all that waited was.

Revision ID: 0038
Revises: 0037
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0038"
down_revision: str = "0037"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

DUE = "ix_candidate_due"


def _due(where: str) -> None:
    op.drop_index(DUE, table_name="candidate")
    which = sa.text(where)
    op.create_index(DUE, "candidate", ["due_at", "shard", "person_id"], sqlite_where=which, postgresql_where=which)


def upgrade() -> None:
    """Go forward."""
    _due("decided_at IS NULL AND due_at IS NOT NULL")


def downgrade() -> None:
    """Go back."""
    _due("decided_at IS NULL")
