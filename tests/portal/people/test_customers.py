"""Customers come in by batch: encrypted, found by keyed hash, changed only where something differs, erased for good."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import event, text
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.db import Database
from portal.foundation.errors import InvalidInput, NotFound
from portal.people import belongings_store, consent, consent_store, customer_kinds, customers, erasure, personal
from portal.people import customer_store as store
from portal.people.customer_records import CustomerRecord
from portal.people.models import Consent, Customer, OptOut
from portal.people.parts import CustomerPart
from portal.people.rules import attributes
from tests.bank import Sample
from tests.conftest import NOON

WHO = Actor.system("test")
FULL: dict[str, Any] = {
    "ref": "C1",
    "unit": "O1",
    "name": "张三丰",
    "phone": "138 1234 5617",
    "email": "Zhang@Example.com",
    "openid": "oABCDEFGHIJ",
    "birth_date": "1960-02-01",
    "segment": "affluent",
    "language": "zh-CN",
    "attributes": {"risk": "high", "cards": "3"},
    "tags": [{"tag": "vip"}, {"tag": "until", "expires_at": "2026-12-31T00:00:00+08:00"}],
    "companies": [{"ref": "CO1", "name": "江州钢铁", "position": "财务"}],
    "consents": [{"given": True, "at": "2026-01-01T00:00:00Z"}],
}


def take(db: Database, keys: Keys, *records: dict[str, Any]) -> customers.Receipt:
    with db.writing() as session:
        return customers.upsert(session, keys, [CustomerRecord.model_validate(one) for one in records], NOON)


def counts(receipt: customers.Receipt) -> tuple[int, int, int, int]:
    return receipt.created, receipt.changed, receipt.unchanged, len(receipt.refused)


@pytest.fixture
def kinds(db: Database) -> None:
    with db.writing() as session:
        customer_kinds.declare(session, "risk", "风险", "Risk", "choice", ["high", "low"], WHO, NOON)
        customer_kinds.declare(session, "cards", "卡数", "Cards", "number", [], WHO, NOON)


@pytest.mark.usefixtures("kinds")
def test_a_customer_is_kept_encrypted_and_found_by_keyed_hash(sample: Sample, db: Database, keys: Keys) -> None:
    assert counts(take(db, keys, FULL)) == (1, 0, 0, 0)
    with db.reading() as session:
        customer = store.by_ref(session, "C1")
        assert customer is not None
        assert personal.clear(keys, customer) == personal.Person("张三丰", "+8613812345617", "zhang@example.com", "oABCDEFGHIJ")
        assert personal.masked(keys, customer) == personal.Person("张**", "138 **** **17", "z***@example.com", "…")
        assert customer.phone_index in keys.blind_indexes("phone", "+8613812345617")
        assert (customer.attributes, customer.language, customer.birth_date) == ({"risk": "high", "cards": 3}, "zh-Hans", date(1960, 2, 1))
        assert [tag.tag for tag in belongings_store.tags_of(session, [customer.id])] == ["until", "vip"]
        assert [company.ref for _, company in belongings_store.contacts_of(session, [customer.id])] == ["CO1"]
        assert [(row.given_at is not None) for row in consent_store.consents_of(session, [customer.id])] == [True]


@pytest.mark.usefixtures("kinds")
def test_the_same_again_changes_nothing_and_a_difference_changes_only_that(sample: Sample, db: Database, keys: Keys) -> None:
    take(db, keys, FULL)
    assert counts(take(db, keys, FULL)) == (0, 0, 1, 0)
    assert counts(take(db, keys, {"ref": "C1"})) == (0, 0, 1, 0)
    assert counts(take(db, keys, {"ref": "C1", "phone": None, "attributes": {"risk": None}})) == (0, 1, 0, 0)
    assert counts(take(db, keys, {"ref": "C1", "consents": [{"given": False}]})) == (0, 1, 0, 0)
    with db.reading() as session:
        customer = store.by_ref(session, "C1")
        assert customer is not None
        assert (customer.phone_enc, customer.phone_index, customer.attributes) == (None, None, {"cards": 3})
        assert personal.clear(keys, customer).name == "张三丰"
        assert len(session.exec(select(Consent)).all()) == 2


def test_a_stub_becomes_a_customer_of_the_bank(sample: Sample, db: Database, keys: Keys) -> None:
    with db.writing() as session:
        stub = customers.customers_by_ref(session, ["C1"], NOON)["C1"]
    assert counts(take(db, keys, {"ref": "C1", "unit": "O2"})) == (0, 1, 0, 0)
    with db.reading() as session:
        customer = store.by_ref(session, "C1")
        assert customer is not None
        assert (customer.id, customer.origin, customer.unit_id) == (stub.id, "bank", sample.units["O2"])


@pytest.mark.usefixtures("kinds")
@pytest.mark.parametrize(
    ("record", "field", "code"),
    [
        ({"unit": "NOWHERE"}, "unit", "unknown_unit"),
        ({"birth_date": "2030-01-01"}, "birth_date", "in_the_future"),
        ({"consents": [{"given": True, "at": "2030-01-01T00:00:00Z"}]}, "consents", "in_the_future"),
        ({"attributes": {"colour": "red"}}, "attributes.colour", "unknown_attribute"),
        ({"attributes": {"risk": "middling"}}, "attributes.risk", "not_one_of_the_words"),
        ({"ref": "GOOD"}, "ref", "twice_in_batch"),
    ],
)
def test_a_refused_record_leaves_no_trace_and_the_others_are_kept(
    sample: Sample, db: Database, keys: Keys, record: dict[str, Any], field: str, code: str
) -> None:
    receipt = take(db, keys, {"ref": "GOOD"}, {"ref": "BAD", **record})
    assert counts(receipt) == (1, 0, 0, 1)
    assert receipt.refused == [customers.Refused(1, field, code)]
    with db.reading() as session:
        assert session.exec(select(Customer.ref)).all() == ["GOOD"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"ref": ""},
        {"ref": "x" * 101},
        {"ref": "a\nb"},
        {"ref": "A", "phone": "12"},
        {"ref": "A", "zone": "Mars"},
        {"ref": "A", "language": "fr"},
        {"ref": "A", "colour": 1},
        {"ref": "A", "consents": [{"given": True, "at": "2026-01-01T00:00:00"}]},
    ],
)
def test_a_record_that_makes_no_sense_is_refused_at_the_edge(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CustomerRecord.model_validate(wrong)


def test_statements_do_not_grow_with_the_batch(sample: Sample, db: Database, keys: Keys) -> None:
    numbers = []
    for size in (5, 400):
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object, seen: list[str] = seen) -> None:
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        take(db, keys, *({**FULL, "ref": f"{size}-{n}", "attributes": {}} for n in range(size)))
        event.remove(db.engine, "before_cursor_execute", note)
        numbers.append(len(seen))
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 20


def test_no_phone_or_mail_address_stands_in_the_tables_in_clear(sample: Sample, db: Database, keys: Keys) -> None:
    take(db, keys, {**FULL, "attributes": {}})
    with db.reading() as session:
        row = str(session.execute(text("SELECT * FROM customer")).mappings().all())
    for clear in ("13812345617", "zhang@example.com", "oABCDEFGHIJ", "张三丰"):
        assert clear not in row


def test_erasing_empties_the_row_asks_every_room_and_keeps_the_reference_out(sample: Sample, db: Database, keys: Keys) -> None:
    take(db, keys, {**FULL, "attributes": {}})
    asked = []
    part = CustomerPart("room", "Room", erase=lambda _session, ids, _now: asked.append(list(ids)) or 1)  # type: ignore[func-returns-value]
    with db.writing() as session:
        customer = store.by_ref(session, "C1")
        assert customer is not None
        assert erasure.erase(session, keys, "C1", [part], WHO, NOON)
    with db.reading() as session:
        emptied = store.by_id(session, customer.id)
        assert emptied is not None
        assert [getattr(emptied, name) for name in erasure.EMPTIED] == [None] * len(erasure.EMPTIED)
        assert emptied.erased_at == NOON
        assert asked == [[customer.id]]
        assert belongings_store.tags_of(session, [customer.id]) == []
        assert consent.standing(consent_store.consents_of(session, [customer.id]))["survey", ""].withdrawn_at == NOON
        assert session.exec(select(OptOut.source)).all() == ["erasure"]
        entry = session.exec(select(AuditEntry).where(AuditEntry.act == "customer.erase")).one()
        assert (entry.object_id, entry.facts) == (str(customer.id), {"rows": {"room": 1}, "held": []})
    assert take(db, keys, {"ref": "C1"}).refused == [customers.Refused(0, "ref", "erased_ref")]
    with db.writing() as session:
        assert not erasure.erase(session, keys, "C1", [], WHO, NOON)
        with pytest.raises(NotFound):
            erasure.erase(session, keys, "NOBODY", [], WHO, NOON)


def test_a_copy_holds_all_that_is_kept_and_is_written_down(sample: Sample, db: Database, keys: Keys) -> None:
    take(db, keys, {**FULL, "attributes": {}})
    part = CustomerPart("room", "Room", export=lambda _session, key: [{"id": str(key)}])
    with db.writing() as session:
        copy = erasure.export(session, keys, erasure.customer_of(session, "C1"), [part], WHO, NOON)
    assert (copy["customer"]["phone"], copy["tags"][1]["tag"], copy["companies"][0]["ref"]) == ("+8613812345617", "vip", "CO1")
    assert len(copy["room"]) == 1
    with db.reading() as session:
        assert session.exec(select(AuditEntry.act)).all() == ["customer.export"]


def test_revealing_needs_a_reason_and_is_written_down_without_personal_data(sample: Sample, db: Database, keys: Keys) -> None:
    take(db, keys, {**FULL, "attributes": {}})
    with db.writing() as session:
        customer = erasure.customer_of(session, "C1")
        for why, reference, field in (("", "", "why"), ("curiosity", "", "why"), ("case", "张三 called", "reference")):
            with pytest.raises(InvalidInput) as refused:
                personal.reveal(session, keys, customer, why, reference, WHO, NOON)
            assert field in refused.value.fields
        assert personal.reveal(session, keys, customer, "case", "K-2026/7", WHO, NOON).phone == "+8613812345617"
    with db.reading() as session:
        entries = session.exec(select(AuditEntry)).all()
        assert [(entry.act, entry.facts) for entry in entries] == [("customer.reveal", {"why": "case", "reference": "K-2026/7"})]


def test_never_ask_me_again_holds_once_until_it_is_taken_back(sample: Sample, db: Database) -> None:
    key = sample.customer("C9").id
    with db.writing() as session:
        first = consent.opt_out(session, key, NOON, "page")
        assert consent.opt_out(session, key, NOON, "sms").id == first.id
        consent.opt_out(session, key, NOON, "api", purpose="survey", channel="sms")
        assert consent.take_back(session, key, NOON + timedelta(days=1), [("", "")]) == 1
        assert [row.channel for row in consent_store.opt_outs_in_force(session, key)] == ["sms"]
        assert consent.take_back(session, key, NOON + timedelta(days=1)) == 1


def test_consent_given_and_withdrawn_is_only_ever_added_to(sample: Sample, db: Database) -> None:
    key = sample.customer("C9", consent=False).id
    with db.writing() as session:
        consent.give(session, key, NOON)
        consent.give(session, key, NOON + timedelta(days=1))
        consent.withdraw(session, key, NOON + timedelta(days=2))
        consent.withdraw(session, key, NOON + timedelta(days=3))
        consent.give(session, key, NOON + timedelta(days=4), notice_version="2")
        rows = consent_store.consents_of(session, [key])
    assert [(row.given_at is not None, row.notice_version) for row in rows] == [(True, "1"), (False, "1"), (True, "2")]


@pytest.mark.parametrize(
    ("declared", "problems"),
    [
        (("Risk!", "风险", "Risk", "text", []), {"code": "code_letters"}),
        (("risk", " ", "x" * 61, "colour", []), {"name_zh": "missing", "name_en": "too_long", "type": "not_one_of_the_words"}),
        (("risk", "风险", "Risk", "choice", ["one"]), {"options": "two_to_hundred_options"}),
        (("risk", "风险", "Risk", "choice", ["one = 一", "one = 壹 = One"]), {"options": "option_twice"}),
        (("segment", "客群", "Segment", "text", []), {"type": "segments_are_a_choice"}),
    ],
)
def test_an_attribute_that_makes_no_sense_is_not_declared(db: Database, declared: Any, problems: dict[str, str]) -> None:
    code, name_zh, name_en, kind, options = declared
    with pytest.raises(InvalidInput) as refused, db.writing() as session:
        customer_kinds.declare(session, code, name_zh, name_en, kind, options, WHO, NOON)
    assert refused.value.fields == problems


@pytest.mark.usefixtures("kinds")
def test_the_type_of_a_declared_attribute_stays(db: Database) -> None:
    with pytest.raises(InvalidInput) as refused, db.writing() as session:
        customer_kinds.declare(session, "cards", "卡数", "Cards", "text", [], WHO, NOON)
    assert refused.value.fields == {"type": "type_stays"}


def test_options_have_names_and_segments_are_named_by_one_declaration(db: Database) -> None:
    with db.writing() as session:
        customer_kinds.declare(session, "risk", "风险", "Risk", "choice", ["high = 高 = High", "low"], WHO, NOON)
        customer_kinds.declare(session, "segment", "客群", "Segment", "choice", ["vip=贵宾=Private", "mass = 大众"], WHO, NOON)
    with db.reading() as session:
        assert [one.code for one in store.kinds(session)] == ["risk"], "nobody sends a segment as an attribute"
        named = customer_kinds.segments(session)
        assert [customer_kinds.segment_name(named, code) for code in ("vip", "mass", "new", None)] == ["贵宾", "大众", "new", ""]
        assert attributes.parse("choice", store.kinds(session)[0].options, "high") == "high"
