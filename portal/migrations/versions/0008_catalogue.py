"""Journeys and event catalogue: versions of event types, dead letters, what a touchpoint may say more, runs of the simulator.

Revision ID: 0008
Revises: 0007
"""

import json

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.migrations import triggers

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MISFIT = sa.text("reason IN ('UNKNOWN_TYPE', 'ATTRIBUTE')")
LETTER_WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Go forward."""
    _catalogue()
    _touchpoint()
    _letters()
    _runs()
    op.create_index("ix_event_misfit", "event", ["received_at", "id"], sqlite_where=MISFIT, postgresql_where=MISFIT)
    op.create_index("ix_event_of_type", "event", ["event_type", "occurred_at"])
    op.create_index("ix_decision_by_time", "decision", ["evaluated_at", "code", "touchpoint"])
    triggers.install(op.get_bind())


def _catalogue() -> None:
    with op.batch_alter_table("event_type") as batch:
        batch.add_column(sa.Column("shape", Json, nullable=False, server_default="[]"))
        batch.add_column(sa.Column("state", sa.String(10), nullable=False, server_default="live"))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("event_type") as batch:
        for name in ("shape", "state", "version"):
            batch.alter_column(name, server_default=None)
        batch.create_check_constraint(op.f("ck_event_type_state"), "state IN ('proposed', 'live', 'retired')")
    op.create_table(
        "event_type_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.String(60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(60), nullable=False),
        sa.Column("name_en", sa.String(60), nullable=False),
        sa.Column("shape", Json, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'approved', 'past')", name=op.f("ck_event_type_version_state")),
        sa.CheckConstraint(
            "approved_by IS NULL OR author_id IS NULL OR approved_by <> author_id", name=op.f("ck_event_type_version_two_people")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted') OR author_id IS NULL OR approved_by IS NOT NULL",
            name=op.f("ck_event_type_version_approved_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["event_type"], ["event_type.code"], name=op.f("fk_event_type_version_event_type_event_type")),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"], name=op.f("fk_event_type_version_author_id_app_user")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_event_type_version_approved_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_type_version")),
        sa.UniqueConstraint("event_type", "number", name=op.f("uq_event_type_version_event_type_number")),
    )
    _first_versions()


def _first_versions() -> None:
    """What is in the catalogue already becomes the first version of itself."""
    connection = op.get_bind()
    types = sa.table("event_type", *(sa.column(name) for name in ("code", "name_zh", "name_en")), sa.column("attributes", Json),
                     sa.column("shape", Json))  # fmt: skip
    names = ("event_type", "number", "name_zh", "name_en", "state")
    versions = sa.table("event_type_version", sa.column("id", sa.Uuid()), *(sa.column(name) for name in names), sa.column("shape", Json),
                        sa.column("created_at", UtcDateTime()))  # fmt: skip
    for code, name_zh, name_en, attributes, _shape in connection.execute(sa.select(types)).all():
        held = json.loads(attributes) if isinstance(attributes, str) else attributes
        shape = [{"name": name, "type": kind, "required": False, "values": [], "zh": "", "en": ""} for name, kind in held.items()]
        connection.execute(sa.update(types).where(types.c.code == code).values(shape=shape))
        connection.execute(sa.insert(versions).values(
            id=new_id(), event_type=code, number=1, name_zh=name_zh, name_en=name_en, state="approved", shape=shape,
            created_at=sa.func.current_timestamp(),
        ))  # fmt: skip


def _touchpoint() -> None:
    with op.batch_alter_table("touchpoint") as batch:
        batch.add_column(sa.Column("expires_hours", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("units", Json, nullable=True))
        batch.add_column(sa.Column("reminders", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("reminder_hours", sa.Integer(), nullable=True))
        batch.create_check_constraint(op.f("ck_touchpoint_reminders"), "reminders IS NULL OR (reminders >= 0 AND reminders <= 2)")
        batch.create_check_constraint(op.f("ck_touchpoint_expires_hours"), "expires_hours IS NULL OR expires_hours > 0")


def _letters() -> None:
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("event_id", sa.String(100), nullable=False),
        sa.Column("event_type", sa.String(60), nullable=False),
        sa.Column("customer_index", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("field", sa.String(40), nullable=True),
        sa.Column("last_code", sa.String(40), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'dismissed')", name=op.f("ck_dead_letter_state")),
        sa.ForeignKeyConstraint(["done_by"], ["app_user.id"], name=op.f("fk_dead_letter_done_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_dead_letter_key")),
    )
    op.create_index("ix_dead_letter_waiting", "dead_letter", ["id"], sqlite_where=LETTER_WAITS, postgresql_where=LETTER_WAITS)
    op.create_index("ix_dead_letter_of_customer", "dead_letter", ["customer_index"])


def _runs() -> None:
    op.create_table(
        "simulation_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("first", UtcDateTime(), nullable=True),
        sa.Column("last", UtcDateTime(), nullable=True),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("layout", sa.String(200), nullable=False),
        sa.Column("policies", Json, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", Json, nullable=True),
        sa.Column("problem", sa.String(200), nullable=True),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("beat_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_simulation_run_state")),
        sa.CheckConstraint("source IN ('recorded', 'file')", name=op.f("ck_simulation_run_source")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_simulation_run_created_by_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulation_run")),
    )
    op.create_index("ix_simulation_run_newest", "simulation_run", ["created_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("simulation_run")
    op.drop_table("dead_letter")
    op.drop_index("ix_decision_by_time", "decision")
    op.drop_index("ix_event_of_type", "event")
    op.drop_index("ix_event_misfit", "event")
    with op.batch_alter_table("touchpoint") as batch:
        for name in ("reminders", "expires_hours"):
            batch.drop_constraint(op.f(f"ck_touchpoint_{name}"), type_="check")
        for name in ("reminder_hours", "reminders", "units", "expires_hours"):
            batch.drop_column(name)
    op.drop_table("event_type_version")
    with op.batch_alter_table("event_type") as batch:
        batch.drop_constraint(op.f("ck_event_type_state"), type_="check")
        for name in ("version", "state", "shape"):
            batch.drop_column(name)
    triggers.install(op.get_bind())
