"""Cuts by product and by version of the questionnaire.

Revision ID: 0037
Revises: 0036
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0037"
down_revision: str = "0036"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

CHECKS = {
    "daily_cut": ("'touchpoint', 'channel', 'segment', 'staff'", "'touchpoint', 'channel', 'segment', 'product', 'version', 'staff'"),
    "daily_part": ("'segment', 'staff'", "'segment', 'product', 'staff'"),
}
"""What `dimension` may be, before and after."""
WHOLE = ("n", "low", "mid", "high")
SUMS = ("sum", "sum2")


def upgrade() -> None:
    """Go forward: versions from the daily counts; products of days gone by come with the next `soundings metrics rebuild`."""
    _check(after=True)
    _versions()


def downgrade() -> None:
    """Go back."""
    for table in CHECKS:
        op.execute(f"DELETE FROM {table} WHERE dimension IN ('product', 'version')")
    _check(after=False)


def _check(*, after: bool) -> None:
    for name, values in CHECKS.items():
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"ck_{name}_dimension"), type_="check")
            table.create_check_constraint("dimension", f"dimension IN ({values[after]})")


def _versions() -> None:
    """The nodes' rows by version, summed as the roll-up does; their weights are made with the next look at their months."""
    names = [f"{half}{name}" for half in ("", "adj_") for name in (*WHOLE, *SUMS)]
    sums = ", ".join(f"SUM(c.{name})" for name in names)
    hung = "JOIN counted_placement a ON a.unit_id = c.unit_id AND a.valid_from <= c.day AND c.day < a.valid_to"
    nowhere = "0" * 32
    bank = f"CAST('{nowhere}' AS uuid)" if _postgresql() else f"'{nowhere}'"
    version = "replace(CAST(c.version_id AS varchar), '-', '')"
    for node, join, of_node in (("a.ancestor_id", hung, "a.ancestor_id, "), (bank, "", "")):
        key = "c.purpose, c.source, c.indicator"
        op.execute(
            f"INSERT INTO daily_cut (day, node_id, purpose, source, indicator, dimension, value, {', '.join(names)}) "
            f"SELECT c.day, {node}, {key}, 'version', {version}, {sums} FROM daily_count c {join} "
            f"GROUP BY c.day, {of_node}{key}, c.version_id"
        )
    month = "CAST(date_trunc('month', day) AS date)" if _postgresql() else "date(day, 'start of month')"
    op.execute(
        f"INSERT INTO month_to_weigh (month, changed_at) SELECT DISTINCT {month}, CURRENT_TIMESTAMP FROM daily_count WHERE true "
        "ON CONFLICT (month) DO UPDATE SET changed_at = excluded.changed_at"
    )


def _postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")
