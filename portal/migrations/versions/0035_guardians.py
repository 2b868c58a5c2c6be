"""Who agreed for a customer under 14.

Consents of before say nothing of it: they count as the customer's own.

Revision ID: 0035
Revises: 0034
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0035"
down_revision: str = "0034"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("consent", sa.Column("by_guardian", sa.Boolean(), nullable=True))
    op.create_table(
        "guardian",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=10), nullable=False),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("relation IN ('parent', 'other')", name=op.f("ck_guardian_relation")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_guardian_consent_id_consent")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_guardian_customer_id_customer")),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_guardian")),
    )
    op.create_index("ix_guardian_of_customer", "guardian", ["customer_id"])


def downgrade() -> None:
    """Go back: consents stay, who agreed for whom is forgotten."""
    op.drop_table("guardian")
    op.drop_column("consent", "by_guardian")
