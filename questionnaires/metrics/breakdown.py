"""Units beside each other: by touchpoint, and from best to weakest where the intervals allow an order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from questionnaires.metrics import exemptions
from questionnaires.metrics.asked import Asked, Place
from questionnaires.metrics.counting import WEIGHED_ANSWERS
from questionnaires.metrics.exemptions import Exemption
from questionnaires.metrics.figures import MAIN
from questionnaires.metrics.models import ALONE
from questionnaires.metrics.rules.compare import Verdict, difference, verdict
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.ranking import Ranking, rank
from questionnaires.metrics.rules.tally import Tally, figure
from questionnaires.metrics.rules.visibility import suppressed
from questionnaires.metrics.rules.weights import Weighted, enough, weighted_figure
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.store import weighing
from questionnaires.metrics.store.reading import DimensionSums

COLUMNS, ROWS = 8, 12
RANKED = frozenset({"invited", "imported"})
"""Other answers can be asked for; what a bank brings along was asked by its survey of that time."""
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
    """Everything that compares units, made of one reading (and one of weights)."""

    columns: tuple[str, ...]
    more_columns: int
    rows: tuple[Row, ...]
    more_rows: int
    ranking: Ranking[UUID]
    totals: Mapping[UUID, Tally]
    hidden: frozenset[UUID]
    touchpoints: tuple[str, ...]
    channels: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What may be chosen of each dimension that stands alone."""
    exempt: tuple[Exemption, ...] = ()
    ranked: bool = True


@dataclass(frozen=True)
class Cells:
    """What was read of a place and the units below it: sums by dimension, and the units' by touchpoint in the chosen cut."""

    of_place: Sequence[DimensionSums]
    of_children: Sequence[DimensionSums]


def read_cells(session: Session, place: Place, period: Period, indicators: Sequence[str]) -> Cells:
    """Read what breakdown and filters are made of: one statement, two where a channel, a segment or the like, or another day's tree is."""
    cut, plain = place.cut, not (place.cut.channel or place.cut.as_of or place.cut.alone)
    found = store.cells(session, cut, place.parts if plain else (), period, indicators)
    nodes, parts = set(cut.nodes), set(place.parts)
    mine = [row for row in found if row.node_id in nodes]
    if cut.as_of:
        rows = store.by_child(session, cut, place.parts, period, indicators)
        theirs = [
            DimensionSums(row.node_id, "touchpoint", row.touchpoint, row.indicator, row.tally)
            for row in rows
            if cut.channel in ("", row.channel)
        ]
    elif cut.channel:
        theirs = store.of_channel(session, cut, place.parts, period, indicators)
    elif cut.alone:
        by_node = store.node_sums(session, cut, place.parts, period, indicators)
        theirs = [row._replace(dimension="touchpoint") for row in by_node]
    else:
        theirs = [row for row in found if row.node_id in parts and row.dimension == "touchpoint"]
    chosen = cut.narrowed.get("touchpoint", ())
    return Cells(mine, [row for row in theirs if not chosen or row.value in chosen])


def read_breakdown(
    session: Session, place: Place, asked: Asked, period: Period, cells: Cells | None = None, now: datetime | None = None
) -> Breakdown:
    """Compare the units below a place (or the place itself) by touchpoint and as a whole."""
    cells = cells or read_cells(session, place, period, MAIN)
    matrix: dict[tuple[UUID, str], Tally] = defaultdict(Tally)
    weights: dict[tuple[UUID, str], Weighted] = defaultdict(Weighted)
    totals: dict[UUID, Tally] = {part: Tally() for part in place.parts}
    for row in cells.of_children:
        if row.indicator == asked.indicator:
            matrix[row.node_id, row.value] += row.tally
            weights[row.node_id, row.value] += row.weighted
            totals[row.node_id] += row.tally
    columns = _most_answered(matrix)
    rest, rests = _rests(place, asked, cells, matrix)
    hidden = suppressed({part: tally.n for part, tally in totals.items()}, rest)
    exempt = exemptions.of(session, place.parts, now) if now and place.below else ()
    left_out = {one.unit_id for one in exempt}
    ranked = place.cut.source in RANKED
    shown = {part: tally for part, tally in totals.items() if ranked and part not in hidden and part not in left_out}
    dark = _hidden_cells(place.parts, columns[:COLUMNS], matrix, rests) | {(part, column) for part in hidden for column in columns}
    rows = [row for row in _rows(asked.indicator, place.parts, columns[:COLUMNS], matrix, weights, dark) if any(row.cells)]
    top = sorted((row.unit_id for row in rows), key=lambda unit: -totals[unit].n)[:ROWS]
    return Breakdown(
        columns=columns[:COLUMNS],
        more_columns=max(0, len(columns) - COLUMNS),
        rows=tuple(row for row in rows if row.unit_id in top),
        more_rows=len(rows) - len(top),
        ranking=rank(asked.indicator, shown, weights=_weights(session, place, period, asked, shown, weights)),
        totals=totals,
        hidden=hidden,
        touchpoints=_values(cells, "touchpoint"),
        channels=_values(cells, "channel"),
        values={name: _values(cells, name) for name in ALONE},
        exempt=tuple(exempt) if ranked else (),
        ranked=ranked,
    )


def _values(cells: Cells, dimension: str) -> tuple[str, ...]:
    return tuple(sorted({row.value for row in cells.of_place if row.dimension == dimension and row.value}))


def _weights(
    session: Session,
    place: Place,
    period: Period,
    asked: Asked,
    shown: Mapping[UUID, Tally],
    cells: Mapping[tuple[UUID, str], Weighted],
) -> Mapping[UUID, Weighted]:
    """The units' weighed sums, where they cover what is shown; those of a cut from its own rows."""
    cut = place.cut
    if cut.as_of or (cut.purpose, cut.source) != WEIGHED_ANSWERS or not place.below:
        return {}
    found: Mapping[UUID, Weighted] = _by_unit(cells) if cut.narrowed else weighing.by_node(session, shown, period, asked.indicator)
    covered = all(enough(found.get(unit), tally.n) for unit, tally in shown.items() if tally.n)
    return found if covered else {}


def _by_unit(cells: Mapping[tuple[UUID, str], Weighted]) -> dict[UUID, Weighted]:
    found: dict[UUID, Weighted] = defaultdict(Weighted)
    for (unit, _), weighted in cells.items():
        found[unit] += weighted
    return found


def _rests(place: Place, asked: Asked, cells: Cells, matrix: Mapping[tuple[UUID, str], Tally]) -> tuple[int, dict[str, int]]:
    """Answers of the place that belong to none of the units beside each other: altogether and by touchpoint."""
    cut = place.cut
    if not place.below or cut.channel or cut.as_of or cut.alone:
        return 0, {}
    whole: dict[str, int] = defaultdict(int)
    for row in cells.of_place:
        if row.dimension == "touchpoint" and row.indicator == asked.indicator:
            whole[row.value] += row.tally.n
    chosen = cut.narrowed.get("touchpoint") or tuple(whole)
    below: dict[str, int] = defaultdict(int)
    for (_, touchpoint), tally in matrix.items():
        below[touchpoint] += tally.n
    rests = {touchpoint: whole[touchpoint] - below[touchpoint] for touchpoint in chosen}
    return sum(rests.values()), rests


def _most_answered(matrix: Mapping[tuple[UUID, str], Tally]) -> tuple[str, ...]:
    answers: dict[str, int] = defaultdict(int)
    for (_, touchpoint), tally in matrix.items():
        answers[touchpoint] += tally.n
    return tuple(sorted(answers, key=lambda touchpoint: (-answers[touchpoint], touchpoint)))


def _rows(
    kind: Kind,
    parts: Sequence[UUID],
    columns: Sequence[str],
    matrix: Mapping[tuple[UUID, str], Tally],
    weights: Mapping[tuple[UUID, str], Weighted],
    hidden: set[tuple[UUID, str]],
) -> tuple[Row, ...]:
    known = {key: weighted for key, tally in matrix.items() if (weighted := enough(weights.get(key), tally.n))}
    whole = sum((known[key].effective if key in known else tally for key, tally in matrix.items()), Tally())
    return tuple(
        Row(part, tuple(_cell(kind, matrix.get((part, at)), known.get((part, at)), whole, (part, at) in hidden) for at in columns))
        for part in parts
    )


def _hidden_cells(
    parts: Iterable[UUID], columns: Sequence[str], matrix: Mapping[tuple[UUID, str], Tally], rests: Mapping[str, int]
) -> set[tuple[UUID, str]]:
    """Too small ones, and those that would give them away: the sums of columns and of rows are on the page too.

    Hiding one cell may leave another of its row or column alone, so it is gone over until nothing changes.
    """
    parts = tuple(parts)
    seen = {key: tally.n for key, tally in matrix.items() if tally.n}
    hidden: set[tuple[UUID, str]] = set()
    while True:
        before = len(hidden)
        for column in columns:
            line = {(part, column): seen[part, column] for part in parts if (part, column) in seen}
            hidden |= _hidden_of_line(line, hidden, rests.get(column, 0))
        for part in parts:
            hidden |= _hidden_of_line({(part, column): n for (unit, column), n in seen.items() if unit == part}, hidden, 0)
        if len(hidden) == before:
            return hidden


def _hidden_of_line(line: Mapping[tuple[UUID, str], int], hidden: set[tuple[UUID, str]], rest: int) -> set[tuple[UUID, str]]:
    """What a row or column must hide, given what is hidden in it already: one alone could be worked out from the others."""
    found = set(suppressed(line, rest)) | (hidden & line.keys())
    if len(found) == 1 and rest <= 0:
        spare = sorted((key for key in line if key not in found), key=lambda key: (line[key], str(key)))
        found |= set(spare[:1])
    return found


def _cell(kind: Kind, tally: Tally | None, weighted: Weighted | None, whole: Tally, hidden: bool) -> Cell | None:
    if tally is None or tally.n == 0:
        return None
    if hidden:
        return Cell(tally, Estimate.nothing(tally.n), True, 0)
    here = weighted.effective if weighted else tally
    estimate = weighted_figure(kind, weighted) if weighted else figure(kind, tally)
    return Cell(tally, estimate, False, _level(kind, here, whole - here))


def _level(kind: Kind, here: Tally, rest: Tally) -> int:
    """How far a cell stands from all the others; 0 unless the interval of the difference says it does."""
    gap = difference(kind, here, rest)
    found = verdict(gap)
    if found not in (Verdict.BETTER, Verdict.WORSE):
        return 0
    strength = 2 if abs(gap.value or 0) >= FAR[kind] else 1
    return strength if found is Verdict.BETTER else -strength
