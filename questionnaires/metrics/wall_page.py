"""What the wall display shows: at most six figures, the trend, the units and one customer's words."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from questionnaires.metrics import present
from questionnaires.metrics.dashboard import Dashboard
from questionnaires.metrics.figures import Point
from questionnaires.metrics.naming import DECIMALS, RANGE, SHORT_KINDS, UNIT_OF, day_label, name_of, span

WIDTH, HEIGHT = 1000, 320
PLACES = 5
PARTS = 4
"""Into about so many parts the scale of the trend is cut; its ends are round figures."""
WORDS = 3


def values(board: Dashboard, now: datetime) -> dict[str, Any]:
    """All values of the display's template."""
    kind = board.asked.indicator
    ranked = board.breakdown.ranking.places
    shown = ranked if len(ranked) <= 2 * PLACES else (*ranked[:PLACES], *ranked[-PLACES:])
    told = [present.said(board, one) for one in board.verbatims or () if one.text]
    return {
        "board": board,
        "title": name_of(board.place.unit) if board.place.unit else "",
        "dates": span(board.period.first, board.period.last),
        "short_name": SHORT_KINDS[kind],
        "decimals": DECIMALS[kind],
        "unit": UNIT_OF[kind],
        "range": RANGE[kind],
        "line": line_of(board.trend),
        "points": [{"day": day_label(one.period.first), "estimate": one.estimate} for one in board.trend],
        "places": [present.place_row(board.tree, board.asked, one) for one in shown],
        "left_out": len(board.breakdown.exempt),
        "words": told[:WORDS],
        "now": now,
    }


def line_of(points: Sequence[Point]) -> dict[str, Any] | None:
    """A trend as paths in a box of 1000 × 320: runs of the line, bands of the intervals, and the ticks of the scale from the top.

    A point with too few answers breaks the line.
    """
    shown = [(at, one.estimate) for at, one in enumerate(points) if one.estimate.value is not None]
    if len(shown) < 2:
        return None
    ends = [end for _, one in shown for end in (one.lower, one.upper, one.value) if end is not None]
    marks = ticks(min(ends), max(ends))
    low, high = marks[-1], marks[0]
    step = WIDTH / max(1, len(points) - 1)

    def place(at: int, value: float) -> str:
        return f"{at * step:.1f} {HEIGHT * (high - value) / (high - low):.1f}"

    runs: list[list[tuple[int, Any]]] = []
    for at, one in shown:
        if runs and runs[-1][-1][0] == at - 1:
            runs[-1].append((at, one))
        else:
            runs.append([(at, one)])
    lines = ["M " + " L ".join(place(at, one.value) for at, one in run) for run in runs]
    bands = [_band(run, place) for run in runs if len(run) > 1 and all(one.lower is not None for _, one in run)]
    grid = [f"{HEIGHT * (high - one) / (high - low):.1f}" for one in marks]
    return {"lines": lines, "bands": bands, "ticks": marks, "grid": grid}


def ticks(low: float, high: float) -> list[float]:
    """Round figures at even distances around a spread, from the top down; at least two."""
    raw = (high - low) / PARTS or 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= raw)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * at for at in range(max(last, first + 1), first - 1, -1)]


def _band(run: Sequence[tuple[int, Any]], place: Any) -> str:
    above = [place(at, one.upper) for at, one in run]
    below = [place(at, one.lower) for at, one in reversed(run)]
    return "M " + " L ".join([*above, *below]) + " Z"
