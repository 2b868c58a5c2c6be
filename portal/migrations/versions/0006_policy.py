"""Contact policy: schedules and variants of versions, lists, reminders, workload pauses, observed rates, links of persons.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime
from portal.migrations.triggers import install

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TO_REMIND = sa.text("remind_at IS NOT NULL")
TIME = UtcDateTime()


def upgrade() -> None:
    """Go forward."""
    _policy_versions()
    with op.batch_alter_table("contact_hold") as table:
        table.drop_constraint(op.f("ck_contact_hold_kind"), type_="check")
        table.create_check_constraint("kind", "kind IN ('open_case', 'list', 'bypass')")
    op.add_column("contact", sa.Column("remind_at", TIME, nullable=True))
    op.create_index("ix_contact_to_remind", "contact", ["remind_at"], sqlite_where=TO_REMIND, postgresql_where=TO_REMIND)
    op.add_column("unit_load", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column("customer", sa.Column("verified", sa.String(length=20), server_default="", nullable=False))
    _new_tables()
    install(op.get_bind())


def _policy_versions() -> None:
    with op.batch_alter_table("policy_version") as table:
        table.add_column(sa.Column("effective_from", TIME, nullable=True))
        table.add_column(sa.Column("effective_until", TIME, nullable=True))
        table.add_column(sa.Column("variant_share", sa.Float(), nullable=True))
        table.add_column(sa.Column("variant_units", Json, nullable=True))
        table.drop_constraint(op.f("ck_policy_version_state"), type_="check")
        table.create_check_constraint("state", "state IN ('draft', 'submitted', 'scheduled', 'active', 'retired')")
        table.create_check_constraint("two_people", "approved_by IS NULL OR author_id IS NULL OR approved_by <> author_id")
        table.create_check_constraint("effective_in_order", "effective_until IS NULL OR effective_until > effective_from")
        table.create_check_constraint("variant_share", "variant_share IS NULL OR (variant_share > 0 AND variant_share < 1)")


def _new_tables() -> None:
    op.create_table(
        "unit_pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("open_cases", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("reported_to", sa.Uuid(), nullable=True),
        sa.CheckConstraint("until >= from_at", name=op.f("ck_unit_pause_in_order")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_unit_pause_unit_id_org_unit")),
        sa.ForeignKeyConstraint(["reported_to"], ["org_unit.id"], name=op.f("fk_unit_pause_reported_to_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_pause")),
    )
    op.create_index("ix_unit_pause_until", "unit_pause", ["until"])
    op.create_index(op.f("ix_unit_pause_unit_id"), "unit_pause", ["unit_id"])
    op.create_table(
        "asking_rate",
        sa.Column("key", sa.String(length=110), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("reached", "fitting", "passed", "sent")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_asking_rate")),
    )
    op.create_table(
        "list_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("exempt_from", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("from_at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("approved_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('never', 'bypass', 'exempt')", name=op.f("ck_list_entry_kind")),
        sa.CheckConstraint("state IN ('proposed', 'active', 'refused', 'ended')", name=op.f("ck_list_entry_state")),
        sa.CheckConstraint("approver_id IS NULL OR approver_id <> author_id", name=op.f("ck_list_entry_two_people")),
        sa.CheckConstraint("state <> 'active' OR approver_id IS NOT NULL", name=op.f("ck_list_entry_approved")),
        sa.CheckConstraint("until IS NULL OR until > from_at", name=op.f("ck_list_entry_in_order")),
        sa.CheckConstraint("(customer_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_list_entry_of_one")),
        sa.CheckConstraint("kind = 'exempt' OR customer_id IS NOT NULL", name=op.f("ck_list_entry_of_a_customer")),
        sa.CheckConstraint("(kind = 'exempt') = (exempt_from <> '')", name=op.f("ck_list_entry_exempt_from")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_list_entry_customer_id_customer")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_list_entry_unit_id_org_unit")),
        *(
            sa.ForeignKeyConstraint([name], ["app_user.id"], name=op.f(f"fk_list_entry_{name}_app_user"))
            for name in ("owner_id", "author_id", "approver_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entry")),
    )
    op.create_index("ix_list_entry_latest", "list_entry", ["kind", "created_at"])
    op.create_index(op.f("ix_list_entry_customer_id"), "list_entry", ["customer_id"])
    op.create_table(
        "person_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_person", sa.Uuid(), nullable=False),
        sa.Column("to_person", sa.Uuid(), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("rekeyed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["from_person"], ["customer.id"], name=op.f("fk_person_link_from_person_customer")),
        sa.ForeignKeyConstraint(["to_person"], ["customer.id"], name=op.f("fk_person_link_to_person_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_link")),
    )
    op.create_index("ix_person_link_from", "person_link", ["from_person"])
    op.create_index("ix_person_link_at", "person_link", ["at"])


def downgrade() -> None:
    """Go back: what only the later schema knows is dropped, a scheduled version is a submitted one again."""
    for table in ("person_link", "list_entry", "asking_rate", "unit_pause"):
        op.drop_table(table)
    op.drop_index("ix_contact_to_remind", "contact")
    with op.batch_alter_table("contact") as table:
        table.drop_column("remind_at")
    with op.batch_alter_table("customer") as table:
        table.drop_column("verified")
    with op.batch_alter_table("unit_load") as table:
        table.drop_column("capacity")
    op.execute("DELETE FROM contact_hold WHERE kind = 'bypass'")
    with op.batch_alter_table("contact_hold") as table:
        table.drop_constraint(op.f("ck_contact_hold_kind"), type_="check")
        table.create_check_constraint("kind", "kind IN ('open_case', 'list')")
    op.execute("UPDATE policy_version SET state = 'submitted' WHERE state = 'scheduled'")
    op.execute("UPDATE policy_version SET state = 'retired' WHERE variant_share IS NOT NULL AND state = 'active'")
    with op.batch_alter_table("policy_version") as table:
        for name in ("two_people", "effective_in_order", "variant_share", "state"):
            table.drop_constraint(op.f(f"ck_policy_version_{name}"), type_="check")
        table.create_check_constraint("state", "state IN ('draft', 'submitted', 'active', 'retired')")
        for column in ("effective_from", "effective_until", "variant_share", "variant_units"):
            table.drop_column(column)
    install(op.get_bind())
