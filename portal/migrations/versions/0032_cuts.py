"""Cuts by touchpoint and channel at once as sums of nodes, and cuts that are weighed.

Revision ID: 0032
Revises: 0031
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str = "0031"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

WEIGHTS = ("w", "w2", "w_sum", "w_sum2", "w_low", "w_mid", "w_high")
WHOLE = ("n", "low", "mid", "high")
SUMS = ("sum", "sum2")
NEW = ("stratum_weight", "daily_part", "daily_crossed")
OF_NODE = ("node_id", "dimension", "indicator", "day")


def upgrade() -> None:
    """Go forward; segments and staff of days gone by are weighed from the next `soundings metrics rebuild` on."""
    for column in _weighed():
        op.add_column("daily_cut", column)
    op.drop_index("ix_daily_cut_of_node", "daily_cut")
    op.create_index("ix_daily_cut_of_node", "daily_cut", [*OF_NODE, "value"])
    with op.batch_alter_table("funnel_total") as table:
        table.alter_column("value", existing_type=sa.String(60), type_=sa.String(81), existing_nullable=False)
    # Every day is summed anew, by touchpoint and channel at once too.
    op.execute("DELETE FROM funnel_total")
    op.execute("DELETE FROM funnel_closed")
    _crossed()
    _weights()
    _crossed_of_what_is_there()


def downgrade() -> None:
    """Go back."""
    op.execute("DELETE FROM funnel_total WHERE dimension = 'crossed'")
    with op.batch_alter_table("funnel_total") as table:
        table.alter_column("value", existing_type=sa.String(81), type_=sa.String(60), existing_nullable=False)
    for name in NEW:
        op.drop_table(name)
    op.drop_index("ix_daily_cut_of_node", "daily_cut")
    op.create_index("ix_daily_cut_of_node", "daily_cut", list(OF_NODE))
    for name in (*WEIGHTS, "w_n"):
        op.drop_column("daily_cut", name)


def _weighed() -> list[sa.Column[Any]]:
    weights: list[sa.Column[Any]] = [sa.Column(name, sa.Float(), server_default="0", nullable=False) for name in WEIGHTS]
    return [*weights, sa.Column("w_n", sa.Integer(), server_default="0", nullable=False)]


def _crossed() -> None:
    numbers: list[sa.Column[Any]] = [sa.Column(f"{half}{name}", sa.Integer(), nullable=False) for half in ("", "adj_") for name in WHOLE]
    numbers += [sa.Column(f"{half}{name}", sa.Float(), nullable=False) for half in ("", "adj_") for name in SUMS]
    key = ("day", "node_id", "purpose", "source", "indicator", "touchpoint", "channel")
    op.create_table(
        "daily_crossed",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("touchpoint", sa.String(60), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        *numbers,
        *_weighed(),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_daily_crossed")),
    )
    op.create_index("ix_daily_crossed_of_node", "daily_crossed", ["node_id", "indicator", "day", "channel", "touchpoint"])


def _weights() -> None:
    op.create_table(
        "daily_part",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("touchpoint", sa.String(60), nullable=False),
        sa.Column("dimension", sa.String(12), nullable=False),
        sa.Column("value", sa.String(60), nullable=False),
        *(sa.Column(name, sa.Float(), server_default="0", nullable=False) for name in WEIGHTS),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("dimension IN ('segment', 'staff')", name=op.f("ck_daily_part_dimension")),
        sa.PrimaryKeyConstraint("day", "unit_id", "indicator", "touchpoint", "dimension", "value", name=op.f("pk_daily_part")),
    )
    op.create_table(
        "stratum_weight",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.String(60), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("factor", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("month", "unit_id", "touchpoint", "indicator", name=op.f("pk_stratum_weight")),
    )


def _crossed_of_what_is_there() -> None:
    names = [f"{half}{name}" for half in ("", "adj_") for name in (*WHOLE, *SUMS)]
    sums = ", ".join(f"SUM(c.{name})" for name in names)
    hung = "JOIN counted_placement a ON a.unit_id = c.unit_id AND a.valid_from <= c.day AND c.day < a.valid_to"
    nowhere = "0" * 32
    bank = f"CAST('{nowhere}' AS uuid)" if _postgresql() else f"'{nowhere}'"
    for node, join, of_node in (("a.ancestor_id", hung, "a.ancestor_id, "), (bank, "", "")):
        key = "c.purpose, c.source, c.indicator, c.touchpoint, c.channel"
        op.execute(
            f"INSERT INTO daily_crossed (day, node_id, purpose, source, indicator, touchpoint, channel, {', '.join(names)}) "
            f"SELECT c.day, {node}, {key}, {sums} FROM daily_count c {join} GROUP BY c.day, {of_node}{key}"
        )
    month = "CAST(date_trunc('month', day) AS date)" if _postgresql() else "date(day, 'start of month')"
    op.execute(
        f"INSERT INTO month_to_weigh (month, changed_at) SELECT DISTINCT {month}, CURRENT_TIMESTAMP FROM daily_count WHERE true "
        "ON CONFLICT (month) DO UPDATE SET changed_at = excluded.changed_at"
    )


def _postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")
