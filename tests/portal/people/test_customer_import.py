"""Customers from a file: Chinese heads, empty cells that change nothing, refused rows by line."""

import pytest

from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.db import Database
from portal.foundation.errors import InvalidInput
from portal.people import consent, consent_store, customer_import, customer_kinds, personal
from portal.people import customer_store as store
from tests.bank import Sample
from tests.conftest import NOON

WHO = Actor.system("test")
TEXT = (
    "客户号,机构号,姓名,手机号,标签,同意调研,attr_cards\n"
    "C1,O1,张三,13812345617,vip;老客户,是,3\n"
    "C2,O9,李四,13812345618,,是,\n"
    "C3,O1,王五,12,,是,\n"
    "C4,O1,赵六,,,也许,\n"
    "C5,O1,孙七,,,,many\n"
    "C6,,,,,,\n"
)


@pytest.fixture
def kinds(db: Database) -> None:
    with db.writing() as session:
        customer_kinds.declare(session, "cards", "卡数", "Cards", "number", [], WHO, NOON)


@pytest.mark.usefixtures("kinds")
def test_good_rows_come_in_and_the_others_are_listed(sample: Sample, db: Database, keys: Keys) -> None:
    expected = [
        (3, "unit", "unknown_unit"),
        (4, "phone", "not_a_phone"),
        (5, "consent", "not_yes_or_no"),
        (6, "attributes.cards", "not_a_number"),
    ]
    with db.reading() as session:
        planned = customer_import.plan(session, keys, TEXT, NOON)
    assert (planned.rows, planned.created, planned.changed) == (6, 2, 0)
    assert [(one.line, one.column, one.code) for one in planned.rejected] == expected
    with db.writing() as session:
        report = customer_import.apply(session, keys, TEXT, WHO, NOON)
    assert (report.rows, report.created, report.changed, report.unchanged) == (6, 2, 0, 0)
    assert [(one.line, one.column, one.code) for one in report.rejected] == expected
    assert "张三" not in customer_import.rejected_file(report)
    with db.reading() as session:
        one = store.by_ref(session, "C1")
        assert one is not None
        assert personal.clear(keys, one).phone == "+8613812345617"
        assert one.attributes == {"cards": 3}
        assert ("survey", "") in consent.standing(consent_store.consents_of(session, [one.id]))


@pytest.mark.usefixtures("kinds")
def test_the_same_file_twice_changes_nothing_and_empty_cells_leave_what_is_there(sample: Sample, db: Database, keys: Keys) -> None:
    for _ in range(2):
        with db.writing() as session:
            report = customer_import.apply(session, keys, TEXT, WHO, NOON)
    assert (report.created, report.changed, report.unchanged) == (0, 0, 2)
    with db.writing() as session:
        report = customer_import.apply(session, keys, "ref,name,phone,segment\nC1,,,affluent\n", WHO, NOON)
        one = store.by_ref(session, "C1")
    assert (report.changed, one.segment if one else None) == (1, "affluent")
    assert one is not None
    assert personal.clear(keys, one).name == "张三"


def test_an_undeclared_attribute_is_an_unknown_column(sample: Sample, db: Database, keys: Keys) -> None:
    with pytest.raises(InvalidInput) as refused, db.writing() as session:
        customer_import.apply(session, keys, TEXT, WHO, NOON)
    assert refused.value.fields == {"file": "unknown_columns"}


def test_a_long_file_is_taken_in_batches_and_an_error_at_its_end_leaves_nothing(sample: Sample, db: Database, keys: Keys) -> None:
    good = "ref,unit\n" + "".join(f"L{n},O1\n" for n in range(1001))
    with pytest.raises(InvalidInput), db.writing() as session:
        customer_import.apply(session, keys, good + '"open\n', WHO, NOON)
    with db.writing() as session:
        assert store.by_ref(session, "L1") is None
        assert customer_import.apply(session, keys, good, WHO, NOON).created == 1001
