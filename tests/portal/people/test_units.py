"""Units: added, moved, closed; what follows for scopes is right on every day, and mistakes are refused by field."""

from datetime import date
from uuid import UUID

import pytest
from sqlmodel import Session, select

from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.db import Database
from portal.foundation.errors import InvalidInput
from portal.people import store, unit_store, units
from portal.people.models import UnitAncestor
from portal.people.rules.roles import EVERYTHING, Scope
from portal.people.units import UnitFacts
from tests.bank import Sample
from tests.conftest import NOON

WHO = Actor.system("test")
TODAY = NOON.date()


def facts(code: str, kind: str = "outlet", **more: str) -> UnitFacts:
    return UnitFacts(**{"code": code, "name_zh": f"{code} 网点", "name_en": f"Outlet {code}", "kind": kind, **more})


def above(session: Session, unit: UUID, day: date) -> list[UUID]:
    return store.ancestors_on(session, [unit], day).get(unit, [])


def test_rebuilding_a_sound_tree_changes_nothing(sample: Sample, db: Database) -> None:
    with db.writing() as session:
        assert units.rebuild(session) == 0


def test_a_new_unit_stands_below_all_that_stand_above_its_parent(sample: Sample, db: Database) -> None:
    with db.writing() as session:
        unit = units.add(session, facts("O4"), sample.units["B1"], TODAY, WHO, NOON)
    with db.reading() as session:
        assert above(session, unit.id, TODAY) == [unit.id, sample.units["B1"], sample.units["HO"]]
        assert above(session, unit.id, date(2026, 6, 14)) == []
        assert session.exec(select(AuditEntry.act)).all() == ["unit.add"]


def test_a_moved_branch_takes_its_outlets_along_from_that_day(sample: Sample, db: Database) -> None:
    day = date(2026, 7, 1)
    with db.writing() as session:
        units.move(session, sample.units["B1"], sample.units["B2"], day, WHO, NOON)
    with db.reading() as session:
        outlet, b1, b2, head = (sample.units[code] for code in ("O1", "B1", "B2", "HO"))
        assert above(session, outlet, date(2026, 6, 30)) == [outlet, b1, head]
        assert above(session, outlet, day) == [outlet, b1, b2, head]
        assert len(session.exec(select(UnitAncestor).where(UnitAncestor.unit_id == outlet, UnitAncestor.ancestor_id == head)).all()) == 2


def test_moving_back_on_the_same_day_leaves_no_trace_in_the_tree(sample: Sample, db: Database) -> None:
    with db.writing() as session:
        before = unit_store.placements(session)
        units.move(session, sample.units["O1"], sample.units["B2"], TODAY, WHO, NOON)
        units.move(session, sample.units["O1"], sample.units["B1"], TODAY, WHO, NOON)
        assert unit_store.placements(session) == before
        assert units.rebuild(session) == 0


@pytest.mark.parametrize(
    ("unit", "parent", "day", "field", "code"),
    [
        ("B1", "O1", TODAY, "parent_id", "cycle"),
        ("B1", "B1", TODAY, "parent_id", "cycle"),
        ("O1", "B2", date(2019, 1, 1), "parent_id", "parent_not_there"),
        ("HO", "B1", TODAY, "parent_id", "head_has_no_parent"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(
    sample: Sample, db: Database, unit: str, parent: str, day: date, field: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused, db.writing() as session:
        units.move(session, sample.units[unit], sample.units[parent], day, WHO, NOON)
    assert refused.value.fields == {field: code}


@pytest.mark.parametrize(
    ("new", "parent", "problems"),
    [
        (facts("O1"), "B1", {"code": "code_taken"}),
        (facts("", name_en=" ", kind="kiosk"), "B1", {"code": "missing", "name_en": "missing", "kind": "not_one_of_the_words"}),
        (facts("X", zone="Mars/Base"), "B1", {"zone": "unknown_zone"}),
        (facts("X" * 61, name_zh="字" * 81), "B1", {"code": "too_long", "name_zh": "too_long"}),
        (facts("H2", kind="head"), None, {"kind": "second_head"}),
        (facts("X"), None, {"parent_id": "needs_parent"}),
    ],
)
def test_a_unit_with_wrong_facts_is_refused_by_field(
    sample: Sample, db: Database, new: UnitFacts, parent: str | None, problems: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refused, db.writing() as session:
        units.add(session, new, sample.units[parent] if parent else None, TODAY, WHO, NOON)
    assert refused.value.fields == problems


def test_a_branch_with_open_outlets_cannot_be_closed_and_a_closed_unit_keeps_its_place(sample: Sample, db: Database) -> None:
    with pytest.raises(units.UnitInUse), db.writing() as session:
        units.close(session, sample.units["B2"], WHO, NOON)
    with db.writing() as session:
        units.close(session, sample.units["O3"], WHO, NOON)
        units.close(session, sample.units["B2"], WHO, NOON)
        assert above(session, sample.units["O3"], TODAY)[-1] == sample.units["HO"]
        units.reopen(session, sample.units["B2"], WHO, NOON)
        assert store.unit_by_id(session, sample.units["B2"]).closed_at is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("scope", "lines"),
    [
        (None, [("HO", 0, 5), ("B1", 1, 2), ("O1", 2, 0), ("O2", 2, 0), ("B2", 1, 1), ("O3", 2, 0)]),
        (["B1"], [("B1", 0, 2), ("O1", 1, 0), ("O2", 1, 0)]),
        (["O1", "O3"], [("O1", 0, 0), ("O3", 0, 0)]),
        ([], []),
    ],
)
def test_the_tree_shows_what_lies_in_scope(
    sample: Sample, db: Database, scope: list[str] | None, lines: list[tuple[str, int, int]]
) -> None:
    seen = EVERYTHING if scope is None else Scope(unit_ids=tuple(sample.units[code] for code in scope))
    with db.reading() as session:
        assert [(node.unit.code, node.depth, node.below) for node in units.nodes(session, seen, NOON)] == lines


def test_renaming_changes_only_what_differs(sample: Sample, db: Database) -> None:
    same = UnitFacts("O1", "O1 机构", "Unit O1", "outlet")
    with db.writing() as session:
        units.edit(session, sample.units["O1"], same, WHO, NOON)
        units.edit(session, sample.units["O1"], UnitFacts("O1", "江边支行", "Riverside", "outlet"), WHO, NOON)
        entries = session.exec(select(AuditEntry)).all()
    assert [entry.facts for entry in entries] == [{"fields": ["name_zh", "name_en"]}]
