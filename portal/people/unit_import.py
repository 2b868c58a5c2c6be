"""Units from and to a CSV file: first a plan that writes nothing, then all its rows in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.ids import new_id
from portal.foundation.zones import zones
from portal.people import sheets, units
from portal.people import unit_store as store
from portal.people.models import FOREVER, OrgUnit
from portal.people.rules import tree
from portal.people.rules.roles import Scope
from portal.people.rules.tree import Placement
from portal.people.sheets import Line, Rejected

KINDS = {
    "总行": "head",
    "部门": "department",
    "中心": "centre",
    "分行": "branch",
    "支行": "sub_branch",
    "网点": "outlet",
}
COLUMNS = {
    "机构号": "code",
    "机构代码": "code",
    "中文名称": "name_zh",
    "机构名称": "name_zh",
    "英文名称": "name_en",
    "类型": "kind",
    "上级机构": "parent",
    "生效日期": "valid_from",
    "时区": "zone",
    "工作日历": "calendar",
}
EXPORTED = ("code", "name_zh", "name_en", "kind", "parent", "valid_from", "zone", "calendar")


class UnitRow(BaseModel):
    """A row of the file."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: str = Field(min_length=1, max_length=60)
    name_zh: str = Field(min_length=1, max_length=80)
    name_en: str = Field(default="", max_length=80)
    kind: Literal["head", "department", "centre", "branch", "sub_branch", "outlet"]
    parent: str | None = Field(default=None, max_length=60)
    valid_from: date | None = None
    zone: str | None = None
    calendar: str = Field(default="cn", max_length=20)

    @field_validator("kind", mode="before")
    @classmethod
    def _chinese_kind(cls, kind: object) -> object:
        return KINDS.get(kind, kind) if isinstance(kind, str) else kind

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone and zone not in zones():
            raise ValueError("unknown_zone")
        return zone


@dataclass
class Plan:
    """What an import would do: rows to add, to change, those that are so already, and those refused."""

    new: list[Line[UnitRow]] = field(default_factory=list)
    changed: list[Line[UnitRow]] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    placements: dict[str, list[Placement]] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)


def plan(session: Session, text: str, today: date) -> Plan:
    """Read a file and weigh every row against the tree as it is; rows may name parents that come later in the file.

    Raises  InvalidInput where the file as a whole can't be read
    """
    made = Plan()
    lines = _readable(text, made)
    known = {unit.code: unit for unit in store.all_units(session)}
    histories: dict[UUID, list[Placement]] = {}
    for one in store.placements(session):
        histories.setdefault(one.unit, []).append(one)
    made.ids = {code: unit.id for code, unit in known.items()} | {code: new_id() for code in lines if code not in known}
    _settle(made, lines, known, histories, today)
    for code, line in lines.items():
        _sort(made, line, known.get(code), histories)
    made.rejected.sort(key=lambda one: one.line)
    return made


def apply(session: Session, text: str, today: date, actor: Actor, now: datetime) -> Plan:
    """Do what the plan of the same file says, whole or not at all; refused rows are left out."""
    store.lock_tree(session)
    made = plan(session, text, today)
    known = {unit.code: unit for unit in store.all_units(session)}
    for line in (*made.new, *made.changed):
        row = line.row
        unit = known.get(row.code) or OrgUnit(id=made.ids[row.code], code=row.code, name_zh="", name_en="", kind=row.kind)
        unit.name_zh, unit.name_en, unit.kind = row.name_zh, row.name_en or row.name_zh, row.kind
        unit.zone, unit.calendar = row.zone, row.calendar
        session.add(unit)
    session.flush()
    touched = [line.row.code for line in (*made.new, *made.changed)]
    store.replace_placements(session, [made.ids[code] for code in touched], [one for code in touched for one in made.placements[code]])
    units.rebuild(session)
    trail.record(session, actor, "unit.import", "unit", None, now, {"new": len(made.new), "changed": len(made.changed)})
    return made


def export(session: Session, scope: Scope, now: datetime) -> str:
    """The units of a scope as such a file, each at its present place."""
    everything = {unit.id: unit for unit in store.all_units(session)}
    seen = {unit.id for unit in store.units_in_scope(session, scope, now)}
    rows = []
    for one in store.placements(session):
        if one.unit in seen and one.start <= now.date() < one.end:
            unit, parent = everything[one.unit], everything[one.parent].code if one.parent else ""
            rows.append((unit.code, unit.name_zh, unit.name_en, unit.kind, parent, one.start, unit.zone, unit.calendar))
    return sheets.dump(EXPORTED, sorted(rows, key=lambda row: row[0]))


def _readable(text: str, made: Plan) -> dict[str, Line[UnitRow]]:
    lines: dict[str, Line[UnitRow]] = {}
    for read in sheets.read(text, UnitRow, COLUMNS, ("code", "name_zh", "kind", "parent")):
        if isinstance(read, Rejected):
            made.rejected.append(read)
        elif read.row.code in lines:
            made.rejected.append(Rejected(read.line, "code", "twice_in_file"))
        else:
            lines[read.row.code] = read
    return lines


def _settle(
    made: Plan,
    lines: dict[str, Line[UnitRow]],
    known: Mapping[str, OrgUnit],
    histories: Mapping[UUID, Sequence[Placement]],
    today: date,
) -> None:
    """Take out rows that can't be placed until the rest can: a refused parent takes its children with it."""
    while True:
        made.placements = {code: _history(made.ids, line.row, histories, today) for code, line in lines.items()}
        replaced = {made.ids[code] for code in lines}
        everything = [one for unit, rows in histories.items() if unit not in replaced for one in rows]
        everything += [one for rows in made.placements.values() for one in rows]
        by_unit: dict[UUID, list[Placement]] = {}
        for one in everything:
            by_unit.setdefault(one.unit, []).append(one)
        circling = tree.cyclic(everything)
        refused = {}
        for code, line in lines.items():
            problem = _problem(line.row, made, known, lines, by_unit)
            if problem or made.ids[code] in circling:
                refused[code] = problem or "cycle"
        if not refused:
            return
        for code, problem in refused.items():
            made.rejected.append(Rejected(lines.pop(code).line, "kind" if problem in KIND_PROBLEMS else "parent", problem))


KIND_PROBLEMS = ("second_head", "head_stays_head")


def _problem(
    row: UnitRow,
    made: Plan,
    known: Mapping[str, OrgUnit],
    lines: Mapping[str, Line[UnitRow]],
    by_unit: Mapping[UUID, list[Placement]],
) -> str | None:
    heads = {code for code, unit in known.items() if unit.kind == units.HEAD} or {
        next((code for code, line in lines.items() if line.row.kind == units.HEAD), "")
    }
    if row.kind == units.HEAD and row.code not in heads:
        return "second_head"
    if row.kind != units.HEAD and row.code in known and known[row.code].kind == units.HEAD:
        return "head_stays_head"
    if row.parent and row.parent not in known and row.parent not in lines:
        return "unknown_parent"
    parent = made.ids[row.parent] if row.parent else None
    start = made.placements[row.code][-1].start
    return units.check_place(by_unit.get(parent, []) if parent else [], parent, row.kind, start)


def _history(ids: Mapping[str, UUID], row: UnitRow, histories: Mapping[UUID, Sequence[Placement]], today: date) -> list[Placement]:
    unit = ids[row.code]
    parent = ids.get(row.parent) if row.parent else None
    before = list(histories.get(unit, ()))
    if before and before[-1].parent == parent and row.valid_from in (None, before[-1].start):
        return before
    return tree.moved(before, unit, parent, row.valid_from or today, FOREVER)


def _sort(made: Plan, line: Line[UnitRow], unit: OrgUnit | None, histories: Mapping[UUID, Sequence[Placement]]) -> None:
    row = line.row
    if unit is None:
        made.new.append(line)
        return
    wanted = (row.name_zh, row.name_en or row.name_zh, row.kind, row.zone, row.calendar)
    same = wanted == (unit.name_zh, unit.name_en, unit.kind, unit.zone, unit.calendar)
    if same and made.placements[row.code] == list(histories.get(unit.id, ())):
        made.unchanged += 1
    else:
        made.changed.append(line)
