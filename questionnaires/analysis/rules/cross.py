"""A cross table of two answers: counts, shares of each row, and no cell so small that it names somebody, also not by subtraction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

HIDDEN_BELOW = 10
Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Cell:
    """A count and its share of its row in percent; None where they are hidden."""

    n: int | None
    share: float | None


@dataclass(frozen=True)
class Cross:
    """The table; totals of rows and columns are None where they are too small. `strength` is Cramér's V, 0 to 1."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    n: int
    hidden: int
    strength: float | None


def cross(rows: Sequence[str], columns: Sequence[str], counts: Counts) -> Cross:
    """Lay counts out; rows and columns whose total is under ten are left out with all their cells."""
    total = sum(counts.values())
    rows = [row for row in rows if _enough(sum(counts.get((row, column), 0) for column in columns))]
    columns = [column for column in columns if _enough(sum(counts.get((row, column), 0) for row in rows))]
    grid = [[counts.get((row, column), 0) for column in columns] for row in rows]
    hidden = suppressed(grid)
    sums = [sum(row) for row in grid]
    cells = tuple(
        tuple(Cell(None, None) if (i, j) in hidden else Cell(n, 100 * n / sums[i]) for j, n in enumerate(row)) for i, row in enumerate(grid)
    )
    below = tuple(sum(row[j] for row in grid) for j in range(len(columns)))
    enough = _enough(total)
    return Cross(
        tuple(rows),
        tuple(columns),
        cells,
        tuple(sums),
        below,
        total if enough else 0,
        len(hidden),
        strength(grid) if enough else None,
    )


def _enough(n: int) -> bool:
    return n >= HIDDEN_BELOW


def suppressed(grid: Sequence[Sequence[int]]) -> set[tuple[int, int]]:
    """The cells to hide: those of one to nine, and enough others that none follows from its row's or column's total.

    In every line that has a hidden cell at least two are hidden, together ten or more; the smallest shown ones are taken first.
    """
    hidden = {(i, j) for i, row in enumerate(grid) for j, n in enumerate(row) if 0 < n < HIDDEN_BELOW}
    lines = [[(i, j) for j in range(len(row))] for i, row in enumerate(grid)]
    lines += [[(i, j) for i in range(len(grid))] for j in range(len(grid[0]) if grid else 0)]
    while True:
        before = len(hidden)
        for line in lines:
            _protect(line, grid, hidden)
        if len(hidden) == before:
            return hidden


def _protect(line: Sequence[tuple[int, int]], grid: Sequence[Sequence[int]], hidden: set[tuple[int, int]]) -> None:
    mine = [cell for cell in line if cell in hidden]
    if not mine:
        return
    behind = sum(grid[i][j] for i, j in mine)
    spare = sorted((cell for cell in line if cell not in hidden), key=lambda cell: (grid[cell[0]][cell[1]] == 0, grid[cell[0]][cell[1]]))
    while spare and (len(mine) < 2 or behind < HIDDEN_BELOW):
        cell = spare.pop(0)
        hidden.add(cell)
        mine.append(cell)
        behind += grid[cell[0]][cell[1]]


def strength(grid: Sequence[Sequence[int]]) -> float | None:
    """Cramér's V; None where a table has no two rows and columns."""
    rows, columns = [sum(row) for row in grid], [sum(column) for column in zip(*grid, strict=True)]
    total, least = sum(rows), min(len(rows), len(columns)) if grid else 0
    if least < 2 or not total:
        return None
    squared = 0.0
    for i, row in enumerate(grid):
        for j, n in enumerate(row):
            expected = rows[i] * columns[j] / total
            if expected:
                squared += (n - expected) ** 2 / expected
    return sqrt(squared / (total * (least - 1)))
