"""Where things stand on the drawn map of a journey: one column a touchpoint, stages as arrows above, scores as a line with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

COLUMN, EDGE = 190, 24
ARROW_TOP, ARROW_HEIGHT, ARROW_TIP, GAP = 8, 34, 12, 6
PLOT_TOP, PLOT_HEIGHT = 70, 120
NAME_AT, VALUE_AT, RANGE_AT, VOLUME_AT, HEIGHT = 220, 246, 264, 282, 296


@dataclass(frozen=True)
class Reading:
    """A score with its interval on a scale; None where nothing may be shown."""

    value: float
    lower: float
    upper: float
    minimum: float
    maximum: float


@dataclass(frozen=True)
class Node:
    """A touchpoint's place: the middle of its column, and the heights of the score and of its interval's ends."""

    x: float
    y: float | None = None
    top: float | None = None
    bottom: float | None = None


@dataclass(frozen=True)
class Arrow:
    """A stage's place: the corners of its arrow and the middle of its words."""

    points: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """A whole journey."""

    width: int
    height: int
    arrows: tuple[Arrow, ...]
    nodes: tuple[tuple[Node, ...], ...]
    line: str
    rails: tuple[float, float, float]


def draw(stages: Sequence[Sequence[Reading | None]]) -> Drawing:
    """Lay a journey out; an empty stage keeps a column of its own.

    Shape   for each stage, for each of its touchpoints, the reading or None
    """
    arrows, nodes = [], []
    left = EDGE
    for readings in stages:
        width = COLUMN * max(1, len(readings))
        arrows.append(_arrow(left, width))
        nodes.append(tuple(_node(left + COLUMN * (place + 0.5), one) for place, one in enumerate(readings)))
        left += width
    line = " ".join(f"{node.x:g},{node.y:g}" for row in nodes for node in row if node.y is not None)
    middle = PLOT_TOP + PLOT_HEIGHT / 2
    rails = (float(PLOT_TOP), middle, float(PLOT_TOP + PLOT_HEIGHT))
    return Drawing(left + EDGE, HEIGHT, tuple(arrows), tuple(nodes), line, rails)


def _arrow(left: float, width: float) -> Arrow:
    right, bottom, middle = left + width - GAP, ARROW_TOP + ARROW_HEIGHT, ARROW_TOP + ARROW_HEIGHT / 2
    corners = [
        (left, ARROW_TOP), (right - ARROW_TIP, ARROW_TOP), (right, middle), (right - ARROW_TIP, bottom), (left, bottom),
        (left + ARROW_TIP, middle),
    ]  # fmt: skip
    return Arrow(" ".join(f"{x:g},{y:g}" for x, y in corners), left + width / 2, middle + 5)


def _node(x: float, reading: Reading | None) -> Node:
    if reading is None:
        return Node(x)
    return Node(x, _height(reading.value, reading), _height(reading.upper, reading), _height(reading.lower, reading))


def _height(value: float, reading: Reading) -> float:
    span = reading.maximum - reading.minimum
    share = min(1.0, max(0.0, (value - reading.minimum) / span)) if span else 0.5
    return round(PLOT_TOP + PLOT_HEIGHT * (1 - share), 1)
