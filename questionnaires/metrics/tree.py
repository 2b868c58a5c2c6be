"""The organisation as figures see it: today's tree, and the part of it that somebody may look at."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal.foundation.errors import NotFound
from portal.people.rules.roles import Scope
from questionnaires.metrics.counting import WHOLE_BANK
from questionnaires.metrics.store.reading import Unit

HEAD = "head"
OUTLET = "outlet"


@dataclass(frozen=True, slots=True)
class Branch:
    """A visible unit and how deep it hangs below what is visible."""

    unit: Unit
    depth: int


class Tree:
    """Today's units; every question about who hangs where is answered without asking the database again."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.by_id = {unit.id: unit for unit in units}
        self.by_code = {unit.code: unit for unit in self.by_id.values()}
        self._below: dict[UUID | None, list[Unit]] = defaultdict(list)
        for unit in self.by_id.values():
            self._below[unit.parent_id if unit.parent_id in self.by_id else None].append(unit)

    def children(self, unit: Unit) -> list[Unit]:
        """The units directly below."""
        return self._below[unit.id]

    def outlets(self, unit: Unit) -> list[Unit]:
        """All outlets below a unit, however deep, in the order of the tree."""
        found: list[Unit] = []
        waiting = list(reversed(self.children(unit)))
        while waiting:
            one = waiting.pop()
            if one.kind == OUTLET:
                found.append(one)
            waiting += reversed(self.children(one))
        return found

    def beside(self, unit: Unit) -> list[Unit]:
        """The other units below the same superior."""
        parent = self.by_id.get(unit.parent_id or WHOLE_BANK)
        return [one for one in (self.children(parent) if parent else []) if one.id != unit.id]

    def has_outlets_deeper(self, units: Iterable[Unit]) -> bool:
        """Whether outlets hang further below than directly."""
        return any(self.outlets(child) for unit in units for child in self.children(unit))

    def above(self, unit: Unit) -> list[Unit]:
        """The unit with all above it, nearest first."""
        line = [unit]
        while (parent := self.by_id.get(line[-1].parent_id or WHOLE_BANK)) is not None and parent not in line:
            line.append(parent)
        return line

    def roots(self, scope: Scope) -> list[Unit]:
        """The topmost visible units; a unit whose superior is visible too is no root of its own."""
        if scope.everything:
            return list(self._below[None])
        chosen = [self.by_id[key] for key in scope.unit_ids if key in self.by_id]
        return [unit for unit in chosen if not any(other in chosen for other in self.above(unit)[1:])]

    def visible(self, scope: Scope) -> list[Branch]:
        """All visible units in the order of the tree."""
        found: list[Branch] = []
        waiting = [Branch(unit, 0) for unit in reversed(self.roots(scope))]
        while waiting:
            branch = waiting.pop()
            found.append(branch)
            waiting += [Branch(child, branch.depth + 1) for child in reversed(self.children(branch.unit))]
        return found

    def find(self, code: str, scope: Scope) -> Unit:
        """A unit by its code.

        Raises  NotFound where there is none, or where it lies outside the scope: an address tells nobody what exists
        """
        unit = self.by_code.get(code)
        if unit is None or not (scope.everything or any(one.id in scope.unit_ids for one in self.above(unit))):
            raise NotFound
        return unit


def nodes_of(unit: Unit) -> tuple[UUID, ...]:
    """The nodes whose rows hold a unit's answers; the head office answers for the whole bank, answers of no unit included."""
    return (WHOLE_BANK,) if unit.kind == HEAD else (unit.id,)
