"""The totals follow the organisation: where a unit is moved, also for days gone by, its answers leave the old nodes for the new."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from questionnaires.metrics.counting import Ancestors, Daily
from questionnaires.metrics.rules.sums import Sums
from questionnaires.metrics.store import closing, counting, recounting
from questionnaires.metrics.store import moving as store
from questionnaires.metrics.store.counting import CrossedKey, CutKey, TotalKey
from questionnaires.metrics.store.moving import Placement


@dataclass(frozen=True)
class Moved:
    """Units whose place changed, and the days for which it did."""

    units: frozenset[UUID]
    first: date
    end: date


def follow_tree(session: Session, zone: ZoneInfo, now: datetime) -> int:
    """Bring the totals in step with the organisation's tree; returns how many units had moved. Safe to run twice."""
    if not any(store.differences(session)):
        return 0
    store.hold_tree_alone(session)
    fresh, stale = store.differences(session)
    moved = moved_by((*fresh, *stale))
    if moved is None:
        return 0
    before = store.counted(session, moved.units)
    after = store.actual(session, moved.units)
    _move(session, _answers(session, moved, zone), Ancestors(before), Ancestors(after), now)
    store.replace(session, moved.units, after)
    closing.note_between(session, moved.first, moved.end)
    return len(moved.units)


def moved_by(changed: Iterable[Placement]) -> Moved | None:
    """Whom and which days a set of changed placements concerns."""
    rows = list(changed)
    if not rows:
        return None
    return Moved(frozenset(row[0] for row in rows), min(row[2] for row in rows), max(row[3] for row in rows))


def _answers(session: Session, moved: Moved, zone: ZoneInfo) -> Daily:
    daily = Daily(zone)
    for score in recounting.counted_scores(session, moved.units):
        daily.take(score.response, score.indicator, score.value, score.left_out)
    return daily


def _move(session: Session, daily: Daily, before: Ancestors, after: Ancestors, now: datetime) -> None:
    totals: dict[TotalKey, Sums] = {}
    cuts: dict[CutKey, Sums] = {}
    crossed: dict[CrossedKey, Sums] = {}
    months: set[date] = set()
    for key, sums in daily.counts.items():
        for node, sign in changed_nodes(before, after, key.unit_id, key.day):
            total = TotalKey(key.day, node, key.purpose, key.source, key.indicator)
            totals.setdefault(total, Sums()).merge(sums, sign)
            crossed.setdefault(CrossedKey(key.day, node, *key[2:7]), Sums()).merge(sums, sign)
            months.add(key.day.replace(day=1))
    for cut, own in daily.cuts.items():
        if cut.dimension != "staff":
            for node, sign in changed_nodes(before, after, cut.node_id, cut.day):
                cuts.setdefault(cut._replace(node_id=node), Sums()).merge(own, sign)
    counting.add_totals(session, totals)
    counting.add_cuts(session, cuts)
    counting.add_crossed(session, crossed)
    counting.note_months(session, months, now)


def changed_nodes(before: Ancestors, after: Ancestors, unit: UUID, day: date) -> list[tuple[UUID, int]]:
    """Nodes that gain (+1) or lose (-1) a unit's answers of a day."""
    old, new = set(before.nodes(unit, day)), set(after.nodes(unit, day))
    return [*((node, 1) for node in new - old), *((node, -1) for node in old - new)]
