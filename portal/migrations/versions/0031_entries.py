"""First passwords that end, a second look at who somebody is, and what people are told of their own account.

Revision ID: 0031
Revises: 0030
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import UtcDateTime

revision: str = "0031"
down_revision: str = "0030"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


NEWS = "'new_place', 'password', 'password_given', 'factor_on', 'factor_off', 'factor_taken', 'recovery', 'code_again'"


def upgrade() -> None:
    """Go forward; passwords that are there count as their owners' own."""
    op.add_column("app_user", sa.Column("password_until", UtcDateTime(), nullable=True))
    op.add_column("staff_session", sa.Column("proved_at", UtcDateTime(), nullable=True))
    op.create_table(
        "account_news",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=120), nullable=False),
        sa.Column("known_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(f"kind IN ({NEWS})", name=op.f("ck_account_news_kind")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_account_news_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_news")),
    )
    op.create_index(
        "ix_account_news_to_tell",
        "account_news",
        ["user_id", "at"],
        sqlite_where=sa.text("known_at IS NULL"),
        postgresql_where=sa.text("known_at IS NULL"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("account_news")
    op.drop_column("staff_session", "proved_at")
    op.drop_column("app_user", "password_until")
