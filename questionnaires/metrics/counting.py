"""Count new answers and steps: they are pulled, counted and marked in one transaction, so that none is lost or counted twice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from questionnaires.metrics.closing import note_late
from questionnaires.metrics.models import NO_UNIT, PARTS
from questionnaires.metrics.rules.periods import day_of
from questionnaires.metrics.rules.sums import Sums, WeighedSums
from questionnaires.metrics.store import counting as store
from questionnaires.metrics.store import unread
from questionnaires.metrics.store.counting import CountKey, CrossedKey, CutKey, FunnelKey, PartKey, Step, TotalKey, Waiting

WHOLE_BANK = NO_UNIT
"""The node of `DailyTotal` that adds up every answer, those of no unit among them."""

STEPS = ("opened", "started", "completed")
WEIGHED_ANSWERS = ("customer", "invited")
"""Purpose and source of the answers that policy draws, so that a chance is known."""


class Ancestors:
    """Which nodes a unit's answers of a day add to."""

    def __init__(self, placements: Iterable[tuple[UUID, UUID, date, date]]) -> None:
        self._above: dict[UUID, list[tuple[UUID, date, date]]] = defaultdict(list)
        for unit, ancestor, first, end in placements:
            self._above[unit].append((ancestor, first, end))

    def nodes(self, unit: UUID, day: date) -> list[UUID]:
        """The unit with all above it on that day, and the whole bank."""
        return [WHOLE_BANK, *(ancestor for ancestor, first, end in self._above[unit] if first <= day < end)]


class Daily:
    """Daily rows in the making: taken from single scores, then written at once."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self.counts: dict[CountKey, WeighedSums] = defaultdict(WeighedSums)
        self.cuts: dict[CutKey, Sums] = defaultdict(Sums)
        """By unit, not yet by node."""
        self.parts: dict[PartKey, WeighedSums] = defaultdict(WeighedSums)

    def take(self, row: Waiting, indicator: str, value: float, left_out: bool) -> None:
        """Count one score where it belongs."""
        key = key_of(row, indicator, self._zone)
        counted = self.counts[key]
        counted.add(indicator, value, left_out)
        counted.weigh(indicator, value, row.probability)
        weighable = (key.purpose, key.source) == WEIGHED_ANSWERS
        for cut in cuts_of(key, row):
            self.cuts[cut].add(indicator, value, left_out)
            if weighable and cut.dimension in PARTS:
                part = self.parts[PartKey(key.day, key.unit_id, indicator, key.touchpoint, cut.dimension, cut.value)]
                part.n += 1
                part.weigh(indicator, value, row.probability)

    def change(self, row: Waiting, indicator: str, change: Sums) -> None:
        """Change what is counted for one score, for instance where an appeal takes it out of the adjusted half."""
        key = key_of(row, indicator, self._zone)
        self.counts[key].merge(change)
        for cut in cuts_of(key, row):
            self.cuts[cut].merge(change)

    def units(self) -> set[UUID]:
        """The units that are touched."""
        return {key.unit_id for key in self.counts}

    def months(self) -> set[date]:
        """The months whose weights are touched."""
        return {key.day.replace(day=1) for key in self.counts if (key.purpose, key.source) == WEIGHED_ANSWERS}

    def add(self, session: Session, ancestors: Ancestors) -> None:
        """Add everything to the daily rows."""
        store.add_counts(session, self.counts)
        store.add_totals(session, totals_of(self.counts, ancestors))
        store.add_cuts(session, by_node(self.cuts, ancestors))
        store.add_crossed(session, crossed_of(self.counts, ancestors))
        store.add_parts(session, self.parts)


def count_answers(session: Session, zone: ZoneInfo, now: datetime, limit: int) -> int:
    """Count up to `limit` submitted responses and mark them; returns how many were seen, test responses among them."""
    store.hold_tree(session)
    waiting = store.claim_responses(session, limit)
    if not waiting:
        return 0
    real = {row.id: row for row in waiting if not row.test}
    daily = Daily(zone)
    for response_id, indicator, value, left_out in store.scores_of(session, real):
        daily.take(real[response_id], indicator, value, left_out)
    daily.add(session, Ancestors(store.placements(session, daily.units())))
    store.note_months(session, daily.months(), now)
    store.mark_counted(session, [row.id for row in waiting], now)
    unread.note(session, real, now)
    return len(waiting)


def key_of(row: Waiting, indicator: str, zone: ZoneInfo) -> CountKey:
    """Where a score of this response is counted: on the bank's day it was submitted."""
    day = day_of(row.submitted_at, zone)
    return CountKey(day, row.unit_id or NO_UNIT, row.purpose, row.source, indicator, row.touchpoint, row.channel, row.version_id)


def cuts_of(key: CountKey, row: Waiting) -> list[CutKey]:
    """The rows by one dimension that a score adds to; staff only where they are known."""
    values = {"touchpoint": row.touchpoint, "channel": row.channel, "segment": row.segment or "", "product": row.product or ""}
    values["version"] = row.version_id.hex
    if row.staff:
        values["staff"] = row.staff
    return [CutKey(key.day, key.unit_id, key.purpose, key.source, key.indicator, name, value) for name, value in values.items()]


def by_node(cuts: Mapping[CutKey, Sums], ancestors: Ancestors) -> dict[CutKey, Sums]:
    """Cuts of units as cuts of nodes. Staff stay with their own unit: nobody above compares single persons."""
    found: dict[CutKey, Sums] = defaultdict(Sums)
    for key, sums in cuts.items():
        nodes = [key.node_id] if key.dimension == "staff" else ancestors.nodes(key.node_id, key.day)
        for node in nodes:
            found[key._replace(node_id=node)].merge(sums)
    return found


def totals_of(counts: Mapping[CountKey, Sums], ancestors: Ancestors) -> dict[TotalKey, Sums]:
    """The same scores once for every node of the tree that day."""
    totals: dict[TotalKey, Sums] = defaultdict(Sums)
    for key, sums in counts.items():
        for node in ancestors.nodes(key.unit_id, key.day):
            totals[TotalKey(key.day, node, key.purpose, key.source, key.indicator)].merge(sums)
    return totals


def crossed_of(counts: Mapping[CountKey, Sums], ancestors: Ancestors) -> dict[CrossedKey, Sums]:
    """The same scores for every node by touchpoint and channel at once."""
    found: dict[CrossedKey, Sums] = defaultdict(Sums)
    for key, sums in counts.items():
        for node in ancestors.nodes(key.unit_id, key.day):
            found[CrossedKey(key.day, node, *key[2:7])].merge(sums)
    return found


def count_steps(session: Session, zone: ZoneInfo, now: datetime, limit: int) -> int:
    """Count invitations newly opened, started or completed in the funnel; returns how many were seen."""
    waiting = store.claim_steps(session, limit)
    funnel: dict[FunnelKey, int] = defaultdict(int)
    for step in waiting:
        for key in new_steps(step, zone):
            funnel[key] += 1
    store.add_funnel(session, funnel)
    note_late(session, (key.day for key in funnel), day_of(now, zone))
    store.mark_steps(session, {step.id: reached(step) for step in waiting})
    return len(waiting)


def new_steps(step: Step, zone: ZoneInfo) -> list[FunnelKey]:
    """The funnel's rows that an invitation still owes, each on the day of its step; none for a test, staff's or officers' one."""
    if step.test or step.purpose != "customer":
        return []
    days = [day_of(at, zone) for at in instants(step)]
    owed = range(step.counted_steps, len(days))
    return [FunnelKey(days[i], step.unit_id or NO_UNIT, step.touchpoint, step.channel, STEPS[i], "") for i in owed]


def instants(step: Step) -> list[datetime]:
    """When it was opened, started, completed; a later step implies the earlier ones (a script may post without opening)."""
    opened = step.opened_at or step.started_at or step.submitted_at
    started = step.started_at or step.submitted_at
    return [at for at in (opened, started, step.submitted_at) if at is not None]


def reached(step: Step) -> int:
    """How many of the three steps it made."""
    return len(instants(step))
