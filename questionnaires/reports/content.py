"""What a report says of a unit and a period, read once, before any format is thought of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.people.rules.roles import EVERYTHING, Scope
from questionnaires.analysis import talk
from questionnaires.analysis.store import words as words_store
from questionnaires.analysis.store.words import Wanted
from questionnaires.metrics.asked import Asked
from questionnaires.metrics.report import report
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.tally import figure
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW, suppressed
from questionnaires.metrics.store import reading
from questionnaires.metrics.store.reading import Unit
from questionnaires.metrics.tree import HEAD, Tree, nodes_of
from questionnaires.reports.models import Annotation, MetricAlarm
from questionnaires.reports.store import notes as note_store
from questionnaires.reports.store import sums

MAIN = tuple(str(kind) for kind in Kind)
TOPICS, QUOTES, MOST_UNITS = 10, 5, 60


@dataclass(frozen=True)
class UnitRow:
    """A unit below with its figures; None where one is hidden."""

    unit: Unit
    figures: dict[str, Estimate | None]


@dataclass(frozen=True)
class TopicLine:
    """A topic that at least ten texts speak of."""

    zh: str
    en: str
    n: int
    bad: Estimate


@dataclass(frozen=True)
class Content:
    """Everything a report shows; `figures` and `rate` as `metrics.report` gives them."""

    unit: Unit
    first: date
    last: date
    figures: Sequence[dict[str, Any]]
    rate: dict[str, Any]
    units: Sequence[UnitRow]
    topics: Sequence[TopicLine]
    quotes: Sequence[str]
    notes: Sequence[Annotation]
    alarms: Sequence[tuple[MetricAlarm, Unit | None]]

    def name(self, language: str) -> str:
        """The unit's name."""
        return self.unit.name_zh if language == "zh" else self.unit.name_en


def gather(session: Session, unit_id: UUID, first: date, last: date, today: date, zone: ZoneInfo) -> Content | None:
    """Read a report's content; only the unit and what hangs below it. None where the unit is closed."""
    tree = Tree(reading.units(session, today))
    unit = tree.by_id.get(unit_id)
    if unit is None:
        return None
    scope = EVERYTHING if unit.kind == HEAD else Scope(unit_ids=(unit.id,))
    found = report(session, scope, Asked.model_validate({"unit": unit.code, "from": first, "to": last}), today)
    topics, quotes = _words(session, scope, first, last, zone)
    inside = {unit.id: unit} | {branch.unit.id: branch.unit for branch in tree.visible(scope)}
    return Content(
        unit,
        first,
        last,
        found["figures"],
        found["response_rate"],
        _units(session, unit, tree.children(unit), first, last),
        topics,
        quotes,
        note_store.of_days(session, first, last, [one.id for one in tree.above(unit)]),
        [(alarm, inside.get(alarm.unit_id)) for alarm in note_store.alarms(session, list(inside), first, last)],
    )


def unit_of(session: Session, unit_id: UUID, today: date) -> Unit | None:
    """An open unit."""
    return Tree(reading.units(session, today)).by_id.get(unit_id)


def _units(session: Session, unit: Unit, children: Sequence[Unit], first: date, last: date) -> list[UnitRow]:
    """The units directly below; small ones are hidden, and enough others that none follows from the whole, nor what none of them has."""
    (whole,) = nodes_of(unit)
    found = sums.of_nodes(session, [whole, *(one.id for one in children)], first, last, MAIN)
    n = {key: both.answered.n for key, both in found.items()}
    hidden = {}
    for kind in MAIN:
        counts = {one.id: n[one.id, kind] for one in children if (one.id, kind) in n}
        hidden[kind] = suppressed(counts, n.get((whole, kind), 0) - sum(counts.values()))
    rows = []
    for one in children[:MOST_UNITS]:
        figures: dict[str, Estimate | None] = {}
        for kind in MAIN:
            shown = (one.id, kind) in found and one.id not in hidden[kind]
            figures[kind] = figure(Kind(kind), found[one.id, kind].answered) if shown else None
        rows.append(UnitRow(one, figures))
    return rows


def _words(session: Session, scope: Scope, first: date, last: date, zone: ZoneInfo) -> tuple[list[TopicLine], list[str]]:
    wanted = Wanted(scope, datetime.combine(last, time(), zone), first, last)
    if words_store.count(session, wanted) < HIDDEN_BELOW:
        return [], []
    read = talk.read(session, wanted)
    lines = [TopicLine(row.topic.name_zh, row.topic.name_en, row.sums.n, row.bad) for row in read.rows if row.sums.n >= HIDDEN_BELOW]
    return lines[:TOPICS], [row.words for row in words_store.verbatims(session, wanted, None, QUOTES)]
