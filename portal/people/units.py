"""The organisation tree: adding, renaming, moving and closing units. What follows for scopes is rebuilt with every change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.zones import zones
from portal.people import store as people
from portal.people import unit_store as store
from portal.people.models import FOREVER, UNIT_KINDS, OrgUnit
from portal.people.rules import tree
from portal.people.rules.roles import Scope
from portal.people.rules.tree import Placement

HEAD = "head"


class UnitInUse(Conflict):
    """A unit with open units below it can't be closed."""

    code = "unit_has_open_units"


@dataclass(frozen=True)
class UnitFacts:
    """What a unit is, apart from its place."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    zone: str | None = None
    calendar: str = "cn"


@dataclass(frozen=True)
class Node:
    """A unit in the order of the tree, as it stands on a day."""

    unit: OrgUnit
    depth: int
    parent_id: UUID | None
    below: int


def add(session: Session, facts: UnitFacts, parent_id: UUID | None, day: date, actor: Actor, now: datetime) -> OrgUnit:
    """Add a unit below another from a day on.

    Raises  InvalidInput naming the field at fault
    """
    store.lock_tree(session)
    _check_facts(facts)
    if store.units_by_code(session, [facts.code]):
        raise InvalidInput({"code": "code_taken"})
    if facts.kind == HEAD and people.head_id(session):
        raise InvalidInput({"kind": "second_head"})
    unit = OrgUnit(code=facts.code, name_zh=facts.name_zh, name_en=facts.name_en, kind=facts.kind, zone=facts.zone, calendar=facts.calendar)
    session.add(unit)
    session.flush()
    _place(session, unit, parent_id, day)
    trail.record(
        session, actor, "unit.add", "unit", unit.id, now, {"parent": str(parent_id) if parent_id else None, "from": day.isoformat()}
    )
    return unit


def edit(session: Session, unit_id: UUID, facts: UnitFacts, actor: Actor, now: datetime) -> OrgUnit:
    """Change names, kind, zone and calendar; the code stays, files and messages refer to it.

    Raises  NotFound, InvalidInput
    """
    unit = _unit(session, unit_id)
    _check_facts(facts)
    if (unit.kind == HEAD) != (facts.kind == HEAD):
        raise InvalidInput({"kind": "head_stays_head"})
    changed = [name for name in ("name_zh", "name_en", "kind", "zone", "calendar") if getattr(unit, name) != getattr(facts, name)]
    for name in changed:
        setattr(unit, name, getattr(facts, name))
    session.flush()
    if changed:
        trail.record(session, actor, "unit.edit", "unit", unit.id, now, {"fields": changed})
    return unit


def move(session: Session, unit_id: UUID, parent_id: UUID, day: date, actor: Actor, now: datetime) -> None:
    """Hang a unit below another from a day on; days before keep their tree, moves planned for later fall away.

    Raises  NotFound; InvalidInput for a cycle, a parent that is not there yet, or the head office
    """
    store.lock_tree(session)
    unit = _unit(session, unit_id)
    if unit.kind == HEAD:
        raise InvalidInput({"parent_id": "head_has_no_parent"})
    _place(session, unit, parent_id, day)
    trail.record(session, actor, "unit.move", "unit", unit.id, now, {"parent": str(parent_id), "from": day.isoformat()})


def close(session: Session, unit_id: UUID, actor: Actor, now: datetime) -> None:
    """Close a unit: nothing new is given to it; its past and its place stay, so that its history can still be seen.

    Raises  NotFound, UnitInUse
    """
    unit = _unit(session, unit_id)
    if unit.kind == HEAD:
        raise InvalidInput({"unit": "head_stays_head"})
    if count := store.children_open(session, unit_id, now.date()):
        raise UnitInUse(count=count)
    if unit.closed_at is None:
        unit.closed_at = now
        trail.record(session, actor, "unit.close", "unit", unit_id, now)


def reopen(session: Session, unit_id: UUID, actor: Actor, now: datetime) -> None:
    """Open a closed unit again."""
    unit = _unit(session, unit_id)
    if unit.closed_at is not None:
        unit.closed_at = None
        trail.record(session, actor, "unit.reopen", "unit", unit_id, now)


def rebuild(session: Session) -> int:
    """Derive the ancestors of all units for all days from their placements. Returns how many rows differed.

    Raises  InvalidInput for a cycle
    """
    try:
        relations = tree.ancestors(store.placements(session))
    except tree.Cycle:
        raise InvalidInput({"parent_id": "cycle"}) from None
    return store.write_ancestors(session, relations)


def nodes(session: Session, scope: Scope, now: datetime) -> list[Node]:
    """The units of a scope as a tree in reading order, those on top at depth 0."""
    units = {unit.id: unit for unit in store.units_in_scope(session, scope, now)}
    parents = store.parents_on(session, now.date())
    below: dict[UUID | None, list[OrgUnit]] = {}
    for unit in units.values():
        parent = parents.get(unit.id)
        below.setdefault(parent if parent in units else None, []).append(unit)
    found: list[Node] = []
    _walk(below, None, 0, found)
    return found


def _walk(below: dict[UUID | None, list[OrgUnit]], parent: UUID | None, depth: int, found: list[Node]) -> int:
    """Append the units below a parent; returns how many there are at any depth."""
    total = 0
    for unit in sorted(below.get(parent, ()), key=lambda one: (UNIT_KINDS.index(one.kind), one.code)):
        place = len(found)
        found.append(Node(unit, depth, parent, 0))
        count = _walk(below, unit.id, depth + 1, found)
        found[place] = Node(unit, depth, parent, count)
        total += 1 + count
    return total


def check_place(histories: Iterable[Placement], parent_id: UUID | None, kind: str, day: date) -> str | None:
    """Why a unit of a kind can't hang there from a day on; None where it can."""
    if kind == HEAD:
        return "head_has_no_parent" if parent_id else None
    if parent_id is None:
        return "needs_parent"
    parent = [one for one in histories if one.unit == parent_id]
    if not parent:
        return "unknown_parent"
    return None if tree.covered(parent, day, FOREVER) else "parent_not_there"


def _place(session: Session, unit: OrgUnit, parent_id: UUID | None, day: date) -> None:
    everything = store.placements(session)
    if problem := check_place(everything, parent_id, unit.kind, day):
        raise InvalidInput({"parent_id": problem})
    own = tree.moved([one for one in everything if one.unit == unit.id], unit.id, parent_id, day, FOREVER)
    if unit.id in tree.cyclic([one for one in everything if one.unit != unit.id] + own):
        raise InvalidInput({"parent_id": "cycle"})
    store.replace_placements(session, [unit.id], own)
    rebuild(session)


def _unit(session: Session, unit_id: UUID) -> OrgUnit:
    unit = people.unit_by_id(session, unit_id)
    if unit is None:
        raise NotFound
    return unit


def _check_facts(facts: UnitFacts) -> None:
    problems = {}
    if not facts.code or len(facts.code) > 60:
        problems["code"] = "missing" if not facts.code else "too_long"
    for name in ("name_zh", "name_en"):
        if not getattr(facts, name).strip() or len(getattr(facts, name)) > 80:
            problems[name] = "missing" if not getattr(facts, name).strip() else "too_long"
    if facts.kind not in UNIT_KINDS:
        problems["kind"] = "not_one_of_the_words"
    if facts.zone and facts.zone not in zones():
        problems["zone"] = "unknown_zone"
    if problems:
        raise InvalidInput(problems)
