"""An index: a tree of indicators whose leaves are mapped to 0-100 and whose weights sum to 1 at each node.

Leaves that are missing (no answers, nothing imported) are left out, and the weights of those beside them grow to sum to 1
again; the result says which. NPS, CSAT %, minutes and rates add up because each leaf brings its own map.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isclose, sqrt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from questionnaires.metrics.rules.estimate import Estimate

LEAST, MOST = 0.0, 100.0
DEEPEST = 6
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Linear(_Strict):
    """A straight line: `zero` gives 0 and `hundred` gives 100; the direction is which of them is larger."""

    kind: Literal["linear"] = "linear"
    zero: float
    hundred: float

    @model_validator(mode="after")
    def _apart(self) -> "Linear":
        if self.zero == self.hundred:
            raise PydanticCustomError("map_without_width", "the ends of a map differ")
        return self

    def points(self, value: float) -> float:
        """0-100, also for values beyond the ends."""
        return min(MOST, max(LEAST, 100 * (value - self.zero) / (self.hundred - self.zero)))


class Bin(_Strict):
    """Values up to and including `to` give `points`; the last bin of all has no end."""

    to: float | None = None
    points: Annotated[float, Field(ge=LEAST, le=MOST)]


class Bins(_Strict):
    """Steps, such as "up to 5 minutes 100, up to 10 minutes 80, else 40"."""

    kind: Literal["bins"] = "bins"
    bins: Annotated[tuple[Bin, ...], Field(min_length=2, max_length=20)]

    @model_validator(mode="after")
    def _in_order(self) -> "Bins":
        ends = [one.to for one in self.bins]
        if ends[-1] is not None or any(end is None for end in ends[:-1]):
            raise PydanticCustomError("bins_without_end", "every bin but the last has an end")
        known = [end for end in ends if end is not None]
        if known != sorted(set(known)):
            raise PydanticCustomError("bins_out_of_order", "bins rise")
        return self

    def points(self, value: float) -> float:
        """The points of the first bin that reaches the value."""
        return next(one.points for one in self.bins if one.to is None or value <= one.to)


class Percentile(_Strict):
    """Where a value stands among `marks`, the values at equal shares of a reference group from the lowest to the highest."""

    kind: Literal["percentile"] = "percentile"
    marks: Annotated[tuple[float, ...], Field(min_length=2, max_length=101)]
    better: Literal["higher", "lower"] = "higher"

    @model_validator(mode="after")
    def _rise(self) -> "Percentile":
        if any(b <= a for a, b in zip(self.marks, self.marks[1:], strict=False)):
            raise PydanticCustomError("marks_out_of_order", "marks rise")
        return self

    def points(self, value: float) -> float:
        """0-100 by the share of the reference group below, between marks by a straight line."""
        share = self._share(value)
        return 100 * share if self.better == "higher" else 100 * (1 - share)

    def _share(self, value: float) -> float:
        if value <= self.marks[0]:
            return 0.0
        for at, (low, high) in enumerate(zip(self.marks, self.marks[1:], strict=False)):
            if value <= high:
                return (at + (value - low) / (high - low)) / (len(self.marks) - 1)
        return 1.0


Map = Annotated[Linear | Bins | Percentile, Field(discriminator="kind")]


class Node(_Strict):
    """A leaf with its indicator and map, or a node with children whose weights sum to 1."""

    code: Code
    name_zh: Name
    name_en: Name
    weight: Annotated[float, Field(gt=0, le=1)] = 1.0
    indicator: Code | None = None
    map: Map | None = None
    children: Annotated[tuple["Node", ...], Field(max_length=40)] = ()

    @model_validator(mode="after")
    def _leaf_or_node(self) -> "Node":
        if bool(self.children) == (self.indicator is not None) or (self.indicator is None) != (self.map is None):
            raise PydanticCustomError("leaf_or_node", "a leaf has an indicator and a map, a node has children")
        if self.children and not isclose(sum(child.weight for child in self.children), 1.0, abs_tol=1e-6):
            raise PydanticCustomError("weights_do_not_sum", "the weights of a node's children sum to 1")
        return self

    def walk(self, depth: int = 0) -> Iterator[tuple["Node", int]]:
        """The node with all below it in reading order, each with its depth."""
        yield self, depth
        for child in self.children:
            yield from child.walk(depth + 1)


class Tree(_Strict):
    """All of an index. Codes differ, so that no node stands below itself or twice."""

    code: Code
    name_zh: Name
    name_en: Name
    root: Node

    @model_validator(mode="after")
    def _codes_differ(self) -> "Tree":
        codes = [node.code for node, _ in self.root.walk()]
        if len(codes) != len(set(codes)):
            raise PydanticCustomError("code_twice", "each code stands once")
        if max(depth for _, depth in self.root.walk()) > DEEPEST:
            raise PydanticCustomError("tree_too_deep", "a tree has at most six levels below its root")
        return self

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators of its leaves, each once."""
        return tuple(dict.fromkeys(node.indicator for node, _ in self.root.walk() if node.indicator))


@dataclass(frozen=True, slots=True)
class Scored:
    """A node's points with their interval, how they came about, and which leaves are missing."""

    node: Node
    depth: int
    points: Estimate
    raw: Estimate | None
    share: float
    """Its weight beside its siblings after the missing ones were left out; 0 where it is missing itself."""
    missing: tuple[str, ...]
    children: tuple["Scored", ...] = ()

    def walk(self) -> Iterator["Scored"]:
        """The node with all below it in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


def score(node: Node, figures: Mapping[str, Estimate], depth: int = 0) -> Scored:
    """Points of a node from the figures of its leaves' indicators; n is the smallest of the leaves' n that have one.

    The interval of a node adds up those of its children as independent errors, each by its share.
    """
    if node.map is not None and node.indicator is not None:
        raw = figures.get(node.indicator)
        if raw is None or raw.value is None:
            return Scored(node, depth, Estimate.nothing(raw.n if raw else 0), raw, 0.0, (node.code,))
        ends = [node.map.points(end) for end in (raw.lower, raw.upper) if end is not None]
        lower, upper = (min(ends), max(ends)) if len(ends) == 2 else (None, None)
        return Scored(node, depth, Estimate(node.map.points(raw.value), lower, upper, raw.n), raw, 1.0, ())
    parts = [score(child, figures, depth + 1) for child in node.children]
    there = sum(part.node.weight for part in parts if part.points.value is not None)
    shared = tuple(_shared(part, part.node.weight / there if there and part.points.value is not None else 0.0) for part in parts)
    missing = tuple(code for part in parts for code in part.missing)
    return Scored(node, depth, _together(shared), None, 1.0 if there else 0.0, missing, shared)


def _shared(part: Scored, share: float) -> Scored:
    return Scored(part.node, part.depth, part.points, part.raw, share, part.missing, part.children)


def _together(parts: tuple[Scored, ...]) -> Estimate:
    there = [part for part in parts if part.share > 0]
    if not there:
        return Estimate.nothing()
    value = sum(part.share * (part.points.value or 0.0) for part in there)
    n = min((part.points.n for part in there if part.points.n), default=0)
    ends = [(part.share, part.points) for part in there if part.points.lower is not None and part.points.upper is not None]
    if not ends:
        return Estimate(value, None, None, n)
    below = sqrt(sum((share * ((one.value or 0.0) - (one.lower or 0.0))) ** 2 for share, one in ends))
    above = sqrt(sum((share * ((one.upper or 0.0) - (one.value or 0.0))) ** 2 for share, one in ends))
    return Estimate(value, max(LEAST, value - below), min(MOST, value + above), n)
