"""The tree of experience problems: nodes never go away; a merged one points at where it went, so that history stays comparable.

merge   the node ends and its history counts for another
split   the node stays as the head of its parts: its own history and theirs add up; only the parts can be chosen
retire  the node can't be chosen any more; its history stays where it was
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field, model_validator

from questionnaires.metrics.rules.visibility import suppressed

CODE = re.compile(r"^[a-z][a-z0-9_.]*$")
MOST, DEEPEST = 1000, 5
OTHER = "other"
"""The node for what fits nowhere; its share tells how well the tree fits."""


class Node(BaseModel):
    """One node; `into` names the node that a merged one became part of."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    code: str = Field(pattern=CODE.pattern, max_length=40)
    parent: str = Field(default="", max_length=40)
    name_zh: str = Field(min_length=1, max_length=40)
    name_en: str = Field(min_length=1, max_length=60)
    retired: bool = False
    into: str = Field(default="", max_length=40)


@dataclass(frozen=True)
class Choice:
    """A node as something to choose: `leaf` where nothing hangs below it, only then it is chosen."""

    code: str
    name_zh: str
    name_en: str
    depth: int
    leaf: bool


class Taxonomy(BaseModel):
    """The whole tree in the order it is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nodes: tuple[Node, ...] = Field(max_length=MOST)

    @model_validator(mode="after")
    def _sound(self) -> "Taxonomy":
        codes = {node.code for node in self.nodes}
        if len(codes) < len(self.nodes):
            raise ValueError("code_twice")
        for node in self.nodes:
            if (node.parent and node.parent not in codes) or (node.into and node.into not in codes):
                raise ValueError("no_such_node")
            self._walk(node.code, "parent")
            self._walk(node.code, "into")
        return self

    def _walk(self, code: str, link: str) -> int:
        """How many links lead on from a node.

        Raises  ValueError for a circle, or a tree that is too deep
        """
        steps, seen = 0, {code}
        while code := getattr(self.by_code[code], link):
            if code in seen:
                raise ValueError("circle")
            seen.add(code)
            steps += 1
            if link == "parent" and steps >= DEEPEST:
                raise ValueError("too_deep")
        return steps

    @cached_property
    def by_code(self) -> dict[str, Node]:
        """The nodes."""
        return {node.code: node for node in self.nodes}

    @cached_property
    def below(self) -> dict[str, list[Node]]:
        """The live nodes directly below each, those of the root under the empty code."""
        found: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes:
            if not node.retired and not node.into:
                found[node.parent].append(node)
        return found

    def choices(self) -> list[Choice]:
        """The live nodes in the order of the tree."""
        found: list[Choice] = []
        waiting = [(node, 0) for node in reversed(self.below[""])]
        while waiting:
            node, depth = waiting.pop()
            below = self.below.get(node.code, [])
            found.append(Choice(node.code, node.name_zh, node.name_en, depth, not below))
            waiting += [(child, depth + 1) for child in reversed(below)]
        return found

    def today(self, code: str) -> str:
        """The node whose history a code counts for today; itself where it is unknown."""
        while code in self.by_code and self.by_code[code].into:
            code = self.by_code[code].into
        return code

    def totals(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Counts by code, old codes too, added up to every node of today's tree; unknown codes count as other."""
        found: dict[str, int] = defaultdict(int)
        for code, n in counts.items():
            node = self.by_code.get(self.today(code))
            if node is None:
                found[OTHER] += n
            while node is not None:
                found[node.code] += n
                node = self.by_code.get(self.today(node.parent)) if node.parent else None
        return dict(found)

    def unused(self, counts: Mapping[str, int]) -> list[Node]:
        """Live leaves that nothing pointed to."""
        totals = self.totals(counts)
        return [
            self.by_code[choice.code] for choice in self.choices() if choice.leaf and not totals.get(choice.code) and choice.code != OTHER
        ]


def shown(tree: Taxonomy, totals: Mapping[str, int]) -> dict[str, int | None]:
    """Totals of the live nodes as they may be shown: None for those under ten, and for others that would give them away.

    A head is the sum of what is below it and the whole of its heads, so that a small node could be found by subtracting.
    """
    found: dict[str, int | None] = {}
    for head in ("", *(choice.code for choice in tree.choices())):
        below = {node.code: totals.get(node.code, 0) for node in tree.below.get(head, ())}
        whole = found.get(head, 0) if head else sum(below.values())
        rest = max(0, whole - sum(below.values())) if whole is not None else 0
        hidden = below.keys() if head and whole is None else suppressed(below, rest)
        found |= {code: None if n and code in hidden else n for code, n in below.items()}
    return found


def merged(tree: Taxonomy, codes: Iterable[str], into: str) -> Taxonomy:
    """Nodes that end in another, with all below them.

    Raises  ValueError: no_such_node, circle, nothing_chosen
    """
    gone = set(codes)
    if not gone:
        raise ValueError("nothing_chosen")
    if into not in tree.by_code or gone - tree.by_code.keys():
        raise ValueError("no_such_node")
    if into in gone or any(_is_below(tree, into, code) for code in gone):
        raise ValueError("circle")
    rows = []
    for node in tree.nodes:
        ends = node.code in gone or any(_is_below(tree, node.code, code) for code in gone)
        rows.append(node.model_copy(update={"into": into}) if ends and not node.into else node)
    return Taxonomy(nodes=tuple(rows))


def split(tree: Taxonomy, code: str, parts: Iterable[Node]) -> Taxonomy:
    """New nodes below a leaf, which from then on is only their head.

    Raises  ValueError: no_such_node, not_a_leaf, too_few_parts, code_twice
    """
    made = [part.model_copy(update={"parent": code}) for part in parts]
    if code not in tree.by_code:
        raise ValueError("no_such_node")
    if tree.below.get(code):
        raise ValueError("not_a_leaf")
    if len(made) < 2:
        raise ValueError("too_few_parts")
    if {part.code for part in made} & tree.by_code.keys():
        raise ValueError("code_twice")
    place = next(n for n, node in enumerate(tree.nodes) if node.code == code) + 1
    return Taxonomy(nodes=(*tree.nodes[:place], *made, *tree.nodes[place:]))


def retired(tree: Taxonomy, code: str) -> Taxonomy:
    """A node that can't be chosen any more, with all below it.

    Raises  ValueError: no_such_node
    """
    if code not in tree.by_code:
        raise ValueError("no_such_node")
    ends = {node.code for node in tree.nodes if node.code == code or _is_below(tree, node.code, code)}
    return Taxonomy(nodes=tuple(node.model_copy(update={"retired": True}) if node.code in ends else node for node in tree.nodes))


def _is_below(tree: Taxonomy, code: str, head: str) -> bool:
    while code := tree.by_code[code].parent:
        if code == head:
            return True
    return False
