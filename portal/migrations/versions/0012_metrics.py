"""Index trees, indicators and targets; daily rows by segment and staff, weighed by the chance of being asked; the tree as counted.

Revision ID: 0012
Revises: 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from portal.foundation.db import Json, UtcDateTime

revision: str = "0012"
down_revision: str = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

WEIGHED = ("w", "w2", "w_sum", "w_sum2", "w_low", "w_mid", "w_high")
WHOLE, SUMS = ("n", "low", "mid", "high"), ("sum", "sum2")
NEW = ("metric_target", "imported_figure", "indicator", "index_tree", "counted_placement", "month_to_weigh", "weighted_day", "daily_cut")


def upgrade() -> None:
    """Go forward. What was answered before is weighed as if everybody had been asked; the rebuild fills the new rows."""
    for table in ("invitation", "response"):
        op.add_column(table, sa.Column("probability", sa.Float(), nullable=True))
    for name in WEIGHED:
        op.add_column("daily_count", sa.Column(name, sa.Float(), nullable=False, server_default="0"))
    same = ", ".join(f"{name} = {old}" for name, old in zip(WEIGHED, ("n", "n", "sum", "sum2", "low", "mid", "high"), strict=True))
    op.execute(sa.text(f"UPDATE daily_count SET {same}"))  # our own column names
    _daily()
    _index()
    op.execute(
        "INSERT INTO counted_placement (unit_id, ancestor_id, valid_from, valid_to) "
        "SELECT unit_id, ancestor_id, valid_from, valid_to FROM unit_ancestor"
    )
    _cuts_of_what_is_there()


def _daily() -> None:
    numbers = [sa.Column(f"{half}{name}", sa.Integer(), nullable=False) for half in ("", "adj_") for name in WHOLE]
    numbers += [sa.Column(f"{half}{name}", sa.Float(), nullable=False) for half in ("", "adj_") for name in SUMS]
    op.create_table(
        "daily_cut",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("dimension", sa.String(12), nullable=False),
        sa.Column("value", sa.String(60), nullable=False),
        *numbers,
        sa.CheckConstraint("dimension IN ('touchpoint', 'channel', 'segment', 'staff')", name=op.f("ck_daily_cut_dimension")),
        sa.PrimaryKeyConstraint("day", "node_id", "purpose", "source", "indicator", "dimension", "value", name=op.f("pk_daily_cut")),
    )
    op.create_index("ix_daily_cut_of_node", "daily_cut", ["node_id", "dimension", "indicator", "day"])
    op.create_table(
        "weighted_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in WEIGHED),
        sa.PrimaryKeyConstraint("day", "node_id", "indicator", name=op.f("pk_weighted_day")),
    )
    op.create_index("ix_weighted_day_of_node", "weighted_day", ["node_id", "indicator", "day"])
    op.create_table(
        "month_to_weigh",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_month_to_weigh")),
    )
    op.create_table(
        "counted_placement",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("ancestor_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "ancestor_id", "valid_from", name=op.f("pk_counted_placement")),
    )


def _index() -> None:
    op.create_table(
        "index_tree",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_index_tree_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_tree")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_index_tree_code_version")),
    )
    op.create_table(
        "indicator",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name_zh", sa.String(80), nullable=False),
        sa.Column("name_en", sa.String(80), nullable=False),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("better", sa.String(10), nullable=False),
        sa.Column("lowest", sa.Float(), nullable=True),
        sa.Column("highest", sa.Float(), nullable=True),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("origin IN ('answered', 'imported')", name=op.f("ck_indicator_origin")),
        sa.CheckConstraint("better IN ('higher', 'lower')", name=op.f("ck_indicator_better")),
        sa.CheckConstraint("lowest < highest", name=op.f("ck_indicator_in_order")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_indicator")),
    )
    op.create_table(
        "imported_figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(120), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_imported_figure_in_order")),
        sa.ForeignKeyConstraint(["indicator"], ["indicator.code"], name=op.f("fk_imported_figure_indicator_indicator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_figure")),
        sa.UniqueConstraint("indicator", "unit_id", "first", "last", name=op.f("uq_imported_figure_indicator_unit_id_first_last")),
    )
    op.create_index("ix_imported_figure_of_unit", "imported_figure", ["unit_id", "indicator", "last"])
    op.create_table(
        "metric_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_metric_target_in_order")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_metric_target_unit_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_target")),
        sa.UniqueConstraint("unit_id", "indicator", "first", name=op.f("uq_metric_target_unit_id_indicator_first")),
    )


def _cuts_of_what_is_there() -> None:
    """Touchpoints and channels from the daily counts; segments and staff come with the next `soundings metrics rebuild`."""
    names = [f"{half}{name}" for half in ("", "adj_") for name in (*WHOLE, *SUMS)]
    into, sums = ", ".join(names), ", ".join(f"SUM(c.{name})" for name in names)
    nodes = (
        ("a.ancestor_id", "JOIN unit_ancestor a ON a.unit_id = c.unit_id AND a.valid_from <= c.day AND c.day < a.valid_to"),
        (":bank", ""),
    )
    for dimension in ("touchpoint", "channel"):
        for node, join in nodes:
            grouped = f"c.day, {'' if node == ':bank' else node + ', '}c.purpose, c.source, c.indicator, c.{dimension}"
            statement = sa.text(
                f"INSERT INTO daily_cut (day, node_id, purpose, source, indicator, dimension, value, {into}) "  # our own names
                f"SELECT c.day, {node}, c.purpose, c.source, c.indicator, '{dimension}', c.{dimension}, {sums} "
                f"FROM daily_count c {join} GROUP BY {grouped}"
            )
            op.get_bind().execute(statement, {"bank": _zero()} if node == ":bank" else {})
    op.execute("INSERT INTO month_to_weigh (month, changed_at) SELECT DISTINCT " + _month() + ", CURRENT_TIMESTAMP FROM daily_count")


def _zero() -> str:
    return "0" * 32 if op.get_bind().dialect.name == "sqlite" else "00000000-0000-0000-0000-000000000000"


def _month() -> str:
    return "date(day, 'start of month')" if op.get_bind().dialect.name == "sqlite" else "CAST(date_trunc('month', day) AS date)"


def downgrade() -> None:
    """Go back."""
    for table in NEW:
        op.drop_table(table)
    for name in WEIGHED:
        op.drop_column("daily_count", name)
    for table in ("response", "invitation"):
        op.drop_column(table, "probability")
