"""Units beside each other: by touchpoint, and from best to weakest where the intervals allow an order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from questionnaires.metrics.asked import Asked, Place
from questionnaires.metrics.figures import MAIN
from questionnaires.metrics.rules.compare import Verdict, difference, verdict
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.ranking import Ranking, rank
from questionnaires.metrics.rules.tally import Tally, figure
from questionnaires.metrics.rules.visibility import suppressed
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.store.reading import CellSums

COLUMNS, ROWS = 8, 12
FAR = {Kind.NPS: 25.0, Kind.CSAT: 15.0, Kind.CES: 0.8}  # a distance that deserves the darker colour, on the figure's own scale


@dataclass(frozen=True)
class Cell:
    """One unit on one touchpoint; hidden where too few answered, or where they could be worked out from the rest."""

    tally: Tally
    estimate: Estimate
    hidden: bool
    level: int  # -2 far below the rest … 2 far above; 0 not distinguishable


@dataclass(frozen=True)
class Row:
    """A unit with its cells, in the order of the columns."""

    unit_id: UUID
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Breakdown:
    """Everything that compares units, made of one reading."""

    columns: tuple[str, ...]
    more_columns: int
    rows: tuple[Row, ...]
    more_rows: int
    ranking: Ranking[UUID]
    totals: Mapping[UUID, Tally]
    hidden: frozenset[UUID]
    touchpoints: tuple[str, ...]
    channels: tuple[str, ...]


def read_breakdown(session: Session, place: Place, asked: Asked, period: Period) -> Breakdown:
    """Compare the units below a place (or the place itself) by touchpoint and as a whole, one statement."""
    cells = store.by_child(session, place.cut, place.parts, period, MAIN)
    chosen = [cell for cell in cells if cell.indicator == asked.indicator and _in_cut(cell, asked)]
    matrix: dict[tuple[UUID, str], Tally] = defaultdict(Tally)
    totals: dict[UUID, Tally] = {part: Tally() for part in place.parts}
    for cell in chosen:
        matrix[cell.node_id, cell.touchpoint] += cell.tally
        totals[cell.node_id] += cell.tally
    columns = _most_answered(matrix)
    hidden = suppressed({part: tally.n for part, tally in totals.items()})
    shown = {part: tally for part, tally in totals.items() if part not in hidden}
    rows = [row for row in _rows(asked.indicator, place.parts, columns[:COLUMNS], matrix) if any(row.cells)]
    top = sorted((row.unit_id for row in rows), key=lambda unit: -totals[unit].n)[:ROWS]
    return Breakdown(
        columns=columns[:COLUMNS],
        more_columns=max(0, len(columns) - COLUMNS),
        rows=tuple(row for row in rows if row.unit_id in top),
        more_rows=len(rows) - len(top),
        ranking=rank(asked.indicator, shown),
        totals=totals,
        hidden=hidden,
        touchpoints=tuple(sorted({cell.touchpoint for cell in cells if cell.touchpoint})),
        channels=tuple(sorted({cell.channel for cell in cells if cell.channel})),
    )


def _in_cut(cell: CellSums, asked: Asked) -> bool:
    return asked.touchpoint in ("", cell.touchpoint) and asked.channel in ("", cell.channel)


def _most_answered(matrix: Mapping[tuple[UUID, str], Tally]) -> tuple[str, ...]:
    answers: dict[str, int] = defaultdict(int)
    for (_, touchpoint), tally in matrix.items():
        answers[touchpoint] += tally.n
    return tuple(sorted(answers, key=lambda touchpoint: (-answers[touchpoint], touchpoint)))


def _rows(kind: Kind, parts: Sequence[UUID], columns: Sequence[str], matrix: Mapping[tuple[UUID, str], Tally]) -> tuple[Row, ...]:
    whole = sum(matrix.values(), Tally())
    hidden = _hidden_cells(parts, columns, matrix)
    return tuple(
        Row(part, tuple(_cell(kind, matrix.get((part, column)), whole, (part, column) in hidden) for column in columns)) for part in parts
    )


def _hidden_cells(parts: Iterable[UUID], columns: Sequence[str], matrix: Mapping[tuple[UUID, str], Tally]) -> set[tuple[UUID, str]]:
    """Too small ones, and those that would give them away: the sums of columns and of rows are on the page too."""
    parts = tuple(parts)
    hidden: set[tuple[UUID, str]] = set()
    for column in columns:
        hidden |= {(part, column) for part in suppressed({part: matrix[part, column].n for part in parts if (part, column) in matrix})}
    for part in parts:
        hidden |= {
            (part, column) for column in suppressed({column: matrix[part, column].n for column in columns if (part, column) in matrix})
        }
    return hidden


def _cell(kind: Kind, tally: Tally | None, whole: Tally, hidden: bool) -> Cell | None:
    if tally is None or tally.n == 0:
        return None
    if hidden:
        return Cell(tally, Estimate.nothing(tally.n), True, 0)
    return Cell(tally, figure(kind, tally), False, _level(kind, tally, whole - tally))


def _level(kind: Kind, here: Tally, rest: Tally) -> int:
    """How far a cell stands from all the others; 0 unless the interval of the difference says it does."""
    gap = difference(kind, here, rest)
    found = verdict(gap)
    if found not in (Verdict.BETTER, Verdict.WORSE):
        return 0
    strength = 2 if abs(gap.value or 0) >= FAR[kind] else 1
    return strength if found is Verdict.BETTER else -strength
