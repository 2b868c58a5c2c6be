"""Units from a file: a plan first, refused rows by line and reason, nothing half-written."""

import pytest
from sqlmodel import func, select

from portal.audit.trail import Actor
from portal.foundation.db import Database
from portal.foundation.errors import InvalidInput
from portal.people import store, unit_import, units
from portal.people.models import OrgUnit
from portal.people.rules.roles import EVERYTHING
from tests.bank import Sample
from tests.conftest import NOON

WHO = Actor.system("test")
TODAY = NOON.date()
HEAD = "code,name_zh,name_en,kind,parent,valid_from\n"


def count(db: Database) -> int:
    with db.reading() as session:
        return session.exec(select(func.count()).select_from(OrgUnit)).one()


def test_a_first_file_makes_the_whole_tree_whatever_its_order(db: Database) -> None:
    text = HEAD + "N1,网点一,Outlet 1,网点,D1,2020-01-01\nD1,分行一,,branch,TOP,2020-01-01\nTOP,总行,Head office,总行,,2020-01-01\n"
    with db.writing() as session:
        made = unit_import.apply(session, text, TODAY, WHO, NOON)
    assert (len(made.new), made.rejected) == (3, [])
    with db.reading() as session:
        unit = store.unit_by_id(session, made.ids["N1"])
        assert unit is not None
        assert store.ancestors_on(session, [unit.id], TODAY)[unit.id] == [made.ids[code] for code in ("N1", "D1", "TOP")]
        branch = store.unit_by_id(session, made.ids["D1"])
        assert branch is not None
        assert branch.name_en == "分行一"


def test_bad_rows_are_listed_by_line_and_take_their_children_with_them(sample: Sample, db: Database) -> None:
    text = HEAD + (
        "X1,好网点,Good,outlet,B1,\n"
        "X2,坏,Bad,kiosk,B1,\n"
        "X3,环一,Ring,branch,X4,\n"
        "X4,环二,Ring,branch,X3,\n"
        "X5,孤儿,Orphan,outlet,NOWHERE,\n"
        "X6,孤儿之子,Child,outlet,X5,\n"
        "X1,重复,Twice,outlet,B1,\n"
        "H2,第二总行,Second,head,,\n"
        "X7,少一格,Short\n"
        ",没有代码,No code,outlet,B1,\n"
        "X8,日期,Date,outlet,B1,31/12/2026\n"
        "X9,无上级,No parent,outlet,,\n"
    )
    with db.writing() as session:
        made = unit_import.apply(session, text, TODAY, WHO, NOON)
    assert [line.row.code for line in made.new] == ["X1"]
    assert [(one.line, one.column, one.code) for one in made.rejected] == [
        (3, "kind", "not_one_of_the_words"),
        (4, "parent", "cycle"),
        (5, "parent", "cycle"),
        (6, "parent", "unknown_parent"),
        (7, "parent", "unknown_parent"),
        (8, "code", "twice_in_file"),
        (9, "kind", "second_head"),
        (10, "", "wrong_number_of_cells"),
        (11, "code", "missing"),
        (12, "valid_from", "not_a_date"),
        (13, "parent", "needs_parent"),
    ]
    assert count(db) == 7


def test_a_plan_writes_nothing_and_the_same_file_twice_changes_nothing(sample: Sample, db: Database) -> None:
    text = HEAD + "O1,O1 机构,Unit O1,outlet,B1,\nO2,改名,Renamed,outlet,B2,\n"
    with db.reading() as session:
        made = unit_import.plan(session, text, TODAY)
    assert (len(made.new), [line.row.code for line in made.changed], made.unchanged) == (0, ["O2"], 1)
    with db.writing() as session:
        unit_import.apply(session, text, TODAY, WHO, NOON)
    with db.reading() as session:
        assert unit_import.plan(session, text, TODAY).unchanged == 2
        assert store.ancestors_on(session, [sample.units["O2"]], TODAY)[sample.units["O2"]][1] == sample.units["B2"]


def test_what_is_exported_can_be_imported_and_changes_nothing(sample: Sample, db: Database) -> None:
    with db.reading() as session:
        text = unit_import.export(session, EVERYTHING, NOON)
        made = unit_import.plan(session, text.removeprefix("\ufeff"), TODAY)
    assert (len(made.new), len(made.changed), made.unchanged, made.rejected) == (0, 0, 6, [])


def test_units_of_a_file_can_move_below_each_other(sample: Sample, db: Database) -> None:
    with db.writing() as session:
        made = unit_import.apply(session, HEAD + "B2,B2 机构,Unit B2,branch,O1,2026-07-01\n", TODAY, WHO, NOON)
        assert made.rejected == []
        assert units.rebuild(session) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("code,name_zh\nA,甲\n", "missing_columns"),
        (HEAD.replace("name_en", "colour"), "unknown_columns"),
        (HEAD.replace("name_en", "name_zh"), "duplicate_columns"),
        (HEAD + 'A,"open,B,outlet,HO,\n', "malformed_file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(sample: Sample, db: Database, text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused, db.writing() as session:
        unit_import.apply(session, text, TODAY, WHO, NOON)
    assert refused.value.fields == {"file": code}
