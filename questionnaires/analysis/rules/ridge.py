"""What moves a score: ridge regression from sums alone, so that memory does not grow with the answers.

Rows are sparse: a feature that a row does not name is at its own mean (an answer not given) or 0 (a sign that is not there).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt

Matrix = list[list[float]]
PENALTY = 1.0
FEWEST = 30
"""A feature that fewer answers speak of is left out, and named."""
Z = 1.959963984540054


@dataclass
class Sums:
    """Sums of rows: n, and of every pair of features that occurred together."""

    n: int = 0
    y: float = 0.0
    yy: float = 0.0
    seen: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    x: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    xy: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    xx: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    together: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    x_given: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    y_given: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, features: Mapping[str, float], score: float) -> None:
        """One answer: its features and the score they are to explain."""
        self.n += 1
        self.y += score
        self.yy += score * score
        names = sorted(features)
        for place, name in enumerate(names):
            value = features[name]
            self.seen[name] += 1
            self.x[name] += value
            self.xy[name] += value * score
            self.y_given[name] += score
            for other in names[place:]:
                self.xx[name, other] += value * features[other]
                self.together[name, other] += 1
                if other != name:
                    self.x_given[name, other] += value
                    self.x_given[other, name] += features[other]


@dataclass(frozen=True)
class Effect:
    """A feature's own part: by how much the score differs per unit of it, all others alike; weight = share of what is explained."""

    name: str
    n: int
    value: float
    lower: float
    upper: float
    weight: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.lower > 0 or self.upper < 0


@dataclass(frozen=True)
class Drivers:
    """All effects, the surest weight first; how much of the score's variance they explain; features too rare to judge."""

    n: int
    explained: float
    effects: tuple[Effect, ...]
    too_rare: tuple[tuple[str, int], ...]


def drivers(sums: Sums, signs: frozenset[str], penalty: float = PENALTY) -> Drivers:
    """Ridge regression on standardised features.

    signs   features that are there or not; the others are scores that may not have been given, and then stand at their mean
    """
    rare = tuple(sorted(((name, n) for name, n in sums.seen.items() if n < FEWEST), key=lambda one: -one[1]))
    names = sorted(name for name, n in sums.seen.items() if n >= FEWEST and _spread(sums, name, signs) > 1e-9)
    if sums.n < 2 * FEWEST or not names:
        return Drivers(sums.n, 0.0, (), rare)
    mean = sums.y / sums.n
    total = max(sums.yy - sums.n * mean * mean, 1e-12)
    scale = [sqrt(_spread(sums, name, signs)) for name in names]
    gram = [[_product(sums, a, b, signs) / (scale[i] * scale[j]) for j, b in enumerate(names)] for i, a in enumerate(names)]
    moment = [_moment(sums, name, mean, signs) / scale[i] for i, name in enumerate(names)]
    inverse = inverted([[value + (penalty / sums.n if i == j else 0.0) for j, value in enumerate(row)] for i, row in enumerate(gram)])
    beta = [sum(inverse[i][j] * moment[j] for j in range(len(names))) for i in range(len(names))]
    explained = max(0.0, min(1.0, sum(b * m for b, m in zip(beta, moment, strict=True)) / total))
    noise = total * (1 - explained) / max(1, sums.n - len(names) - 1)
    wide = product(product(inverse, gram), inverse)
    weights = [abs(b * m) for b, m in zip(beta, moment, strict=True)]
    effects = []
    for i, name in enumerate(names):
        value, error = beta[i] / scale[i], sqrt(max(0.0, noise * wide[i][i])) / scale[i]
        effects.append(Effect(name, sums.seen[name], value, value - Z * error, value + Z * error, weights[i] / (sum(weights) or 1.0)))
    return Drivers(sums.n, explained, tuple(sorted(effects, key=lambda one: -one.weight)), rare)


def _mean(sums: Sums, name: str, signs: frozenset[str]) -> float:
    return sums.x[name] / (sums.n if name in signs else sums.seen[name])


def _product(sums: Sums, a: str, b: str, signs: frozenset[str]) -> float:
    """The sum of products of deviations; what was not given deviates by nothing."""
    first, second = min(a, b), max(a, b)
    together = sums.together.get((first, second), 0)
    mean_a, mean_b = _mean(sums, a, signs), _mean(sums, b, signs)
    if a in signs and b in signs:
        return sums.xx.get((first, second), 0.0) - sums.n * mean_a * mean_b
    if a == b:
        return sums.xx[a, a] - sums.seen[a] * mean_a * mean_a
    if a in signs or b in signs:
        sign, score = (a, b) if a in signs else (b, a)
        of_sign, of_score = _mean(sums, sign, signs), _mean(sums, score, signs)
        # A score deviates only where it was given; there the sign deviates by 1 - mean or by -mean.
        crossed = sums.xx.get((first, second), 0.0) - of_score * sums.x_given.get((sign, score), 0.0)
        return crossed - of_sign * (sums.x[score] - of_score * sums.seen[score])
    in_a, in_b = sums.x_given.get((a, b), 0.0), sums.x_given.get((b, a), 0.0)
    return sums.xx.get((first, second), 0.0) - mean_b * in_a - mean_a * in_b + together * mean_a * mean_b


def _spread(sums: Sums, name: str, signs: frozenset[str]) -> float:
    return _product(sums, name, name, signs)


def _moment(sums: Sums, name: str, mean: float, signs: frozenset[str]) -> float:
    own = _mean(sums, name, signs)
    if name in signs:
        return sums.xy[name] - own * sums.y
    return sums.xy[name] - own * sums.y_given[name] - mean * (sums.x[name] - own * sums.seen[name])


def product(a: Matrix, b: Matrix) -> Matrix:
    """The product of two square matrices."""
    columns = list(zip(*b, strict=True))
    return [[sum(x * y for x, y in zip(row, column, strict=True)) for column in columns] for row in a]


def inverted(matrix: Matrix) -> Matrix:
    """The inverse by elimination with pivots.

    Raises  ValueError for a matrix that has none
    """
    size = len(matrix)
    rows = [[*row, *(1.0 if i == j else 0.0 for j in range(size))] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        if abs(rows[pivot][column]) < 1e-14:
            raise ValueError("no inverse")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        top = rows[column][column]
        rows[column] = [value / top for value in rows[column]]
        for row in range(size):
            if row != column and rows[row][column]:
                factor = rows[row][column]
                rows[row] = [value - factor * above for value, above in zip(rows[row], rows[column], strict=True)]
    return [row[size:] for row in rows]
