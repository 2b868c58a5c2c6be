"""Comparison of banks by dimension: our bank and others, from officers' scores of 1 to 5."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

LOWEST, HIGHEST = 1, 5
OWN = "own"
"""The code of our bank; it is always compared."""
FEWEST = 5
"""Below so many scores a gap between two banks is not called one."""


@dataclass(frozen=True)
class Cell:
    """One bank in one dimension: mean of n scores with the half width of its 95 % interval; None without scores."""

    mean: float | None
    half: float | None
    n: int


@dataclass(frozen=True)
class Line:
    """One dimension: a cell for each bank, and where our bank stands: `ahead`, `behind`, `level`, or `unknown`."""

    dimension: str
    cells: Mapping[str, Cell]
    standing: str


def table(scores: Iterable[Mapping[str, Mapping[str, int]]], dimensions: Sequence[str], banks: Sequence[str]) -> list[Line]:
    """The comparison over all accepted submissions.

    Shape   scores: for each submission, dimension → bank → 1 to 5
    """
    rows = list(scores)
    return [_line(dimension, banks, [row.get(dimension, {}) for row in rows]) for dimension in dimensions]


def _line(dimension: str, banks: Sequence[str], rows: Sequence[Mapping[str, int]]) -> Line:
    cells = {bank: _cell([row[bank] for row in rows if bank in row]) for bank in banks}
    gaps = [_gap(rows, bank) for bank in banks if bank != OWN]
    return Line(dimension, cells, _standing([gap for gap in gaps if gap is not None]))


def _cell(values: Sequence[int]) -> Cell:
    n = len(values)
    if n == 0:
        return Cell(None, None, 0)
    mean = sum(values) / n
    if n == 1:
        return Cell(mean, None, 1)
    spread = sum((one - mean) ** 2 for one in values) / (n - 1)
    return Cell(mean, 1.96 * sqrt(spread / n), n)


def _gap(rows: Sequence[Mapping[str, int]], bank: str) -> tuple[float, float] | None:
    """The interval of our bank minus another, over those who scored both; None where too few did."""
    pairs = [row[OWN] - row[bank] for row in rows if OWN in row and bank in row]
    cell = _cell(pairs)
    if cell.n < FEWEST or cell.mean is None or cell.half is None:
        return None
    return cell.mean - cell.half, cell.mean + cell.half


def _standing(gaps: Sequence[tuple[float, float]]) -> str:
    if not gaps:
        return "unknown"
    if any(high < 0 for _, high in gaps):
        return "behind"
    return "ahead" if all(low > 0 for low, _ in gaps) else "level"


def read(raw: Mapping[str, str], dimensions: Sequence[str], banks: Sequence[str]) -> dict[str, dict[str, int]]:
    """Scores from a form's fields `score.<dimension>.<bank>`; blanks are left out.

    Raises  ValueError naming the field that holds something else
    """
    found: dict[str, dict[str, int]] = {}
    for d in range(len(dimensions)):
        for b in range(len(banks)):
            name = f"score.{d}.{b}"
            value = raw.get(name, "").strip()
            if not value:
                continue
            if not (value.isascii() and value.isdigit()) or not LOWEST <= int(value) <= HIGHEST:
                raise ValueError(name)
            found.setdefault(dimensions[d], {})[banks[b]] = int(value)
    return found
