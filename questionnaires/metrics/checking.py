"""Count everything anew from the answers, and compare with the daily rows or replace them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from math import isclose
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from questionnaires.metrics.closing import OPEN
from questionnaires.metrics.counting import STEPS, Ancestors, Daily, by_node, crossed_of, new_steps, totals_of
from questionnaires.metrics.moving import follow_tree
from questionnaires.metrics.rules.sums import COLUMNS, LIGHT, WIDE, Sums, WeighedSums
from questionnaires.metrics.store import closing, counting, recounting
from questionnaires.metrics.store.counting import CountKey, CrossedKey, CutKey, FunnelKey, PartKey, TotalKey

SHOWN = 200  # a report of more differences helps nobody


@dataclass(frozen=True)
class Recount:
    """What the daily rows should hold."""

    counts: Mapping[CountKey, WeighedSums]
    totals: Mapping[TotalKey, Sums]
    cuts: Mapping[CutKey, Sums]
    crossed: Mapping[CrossedKey, Sums]
    parts: Mapping[PartKey, WeighedSums]
    steps: Mapping[FunnelKey, int]

    @property
    def rows(self) -> int:
        """How many rows that makes."""
        return sum(len(one) for one in (self.counts, self.totals, self.cuts, self.crossed, self.parts, self.steps))


def recount(session: Session, zone: ZoneInfo) -> Recount:
    """Count every answer and step that is marked as counted."""
    daily = Daily(zone)
    for score in recounting.counted_scores(session):
        daily.take(score.response, score.indicator, score.value, score.left_out)
    steps: dict[FunnelKey, int] = defaultdict(int)
    for step in recounting.counted_steps(session):
        for key in new_steps(step._replace(counted_steps=0), zone)[: step.counted_steps]:
            steps[key] += 1
    ancestors = Ancestors(recounting.all_placements(session))
    cuts, crossed = by_node(daily.cuts, ancestors), crossed_of(daily.counts, ancestors)
    return Recount(daily.counts, totals_of(daily.counts, ancestors), cuts, crossed, daily.parts, steps)


def differences(session: Session, zone: ZoneInfo, today: date | None = None) -> tuple[int, list[dict[str, Any]]]:
    """How many rows were compared, and those that differ from the answers.

    The session must be fresh: on PostgreSQL it is made to see one state of the database throughout.
    today  while the bank works: the funnel's last days wait up to a minute for what came in for them, and are left out
    """
    recounting.steady(session)
    truth = recount(session, zone)
    counts = _compare("daily_count", truth.counts, recounting.stored_counts(session), WIDE)
    totals = _compare("daily_total", truth.totals, recounting.stored_totals(session))
    cuts = _compare("daily_cut", truth.cuts, recounting.stored_cuts(session))
    crossed = _compare("daily_crossed", truth.crossed, recounting.stored_crossed(session))
    parts = _compare("daily_part", truth.parts, recounting.stored_parts(session), LIGHT)
    stored = recounting.stored_steps(session, STEPS)
    steps = [
        _difference("funnel_day", key, "n", truth.steps.get(key, 0), stored.get(key, 0))
        for key in sorted(truth.steps.keys() | stored.keys())
        if truth.steps.get(key, 0) != stored.get(key, 0)
    ]
    closed = [
        {"table": "funnel_total", **row, "column": "n", "counted_anew" if more > 0 else "stored": row["n"]}
        for row, more in closing.differences(session, today - OPEN if today else None)
    ]
    return truth.rows, list(islice([*counts, *totals, *cuts, *crossed, *parts, *steps, *closed], SHOWN))


def rebuild(session: Session, zone: ZoneInfo, now: datetime) -> int:
    """Replace the daily rows by a fresh count; returns the rows made."""
    follow_tree(session, zone, now)
    recounting.hold_off(session)
    truth = recount(session, zone)
    recounting.clear(session, STEPS)
    counting.add_counts(session, truth.counts)
    counting.add_totals(session, truth.totals)
    counting.add_cuts(session, truth.cuts)
    counting.add_crossed(session, truth.crossed)
    counting.add_parts(session, truth.parts)
    counting.add_funnel(session, truth.steps)
    counting.note_months(session, {key.day.replace(day=1) for key in truth.counts}, now)
    return truth.rows


def _compare(
    table: str, truth: Mapping[Any, Sums], stored: Iterable[tuple[Any, dict[str, float]]], columns: tuple[str, ...] = COLUMNS
) -> list[dict[str, Any]]:
    """Differences in either direction; a row of nothing but zeros may be missing."""
    found, missing, nothing = [], set(truth), WeighedSums()
    for key, row in stored:
        missing.discard(key)
        right = {name: getattr(truth.get(key, nothing), name) for name in columns}
        wrong = [name for name, value in row.items() if not isclose(value, right[name], rel_tol=1e-9, abs_tol=1e-9)]
        if wrong:
            found.append(_difference(table, key, wrong[0], right[wrong[0]], row[wrong[0]]))
    found += [_difference(table, key, "n", truth[key].n, 0) for key in sorted(missing) if truth[key].n]
    return found


def _difference(table: str, key: Any, column: str, right: float, stored: float) -> dict[str, Any]:
    words = {name: str(value) for name, value in key._asdict().items()}
    return {"table": table, **words, "column": column, "counted_anew": right, "stored": stored}
