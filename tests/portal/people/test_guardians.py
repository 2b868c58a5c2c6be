"""Who agreed for a customer under 14 is kept sealed, shown masked, told in the copy, and goes with the erasure (PIPL, Art. 31)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.db import Database
from portal.people import consent, consent_store, customer_import, customers, erasure
from portal.people import customer_store as store
from portal.people.customer_records import CustomerRecord
from portal.people.models import Consent, Customer, Guardian
from portal.people.rules.roles import Role
from tests.bank import Sample
from tests.conftest import NOON

SignIn = Callable[..., FlaskClient]
WHO = Actor.system("test")


def take(db: Database, keys: Keys, guardian: dict[str, Any] | None, later: int = 0) -> customers.Receipt:
    said = {"given": True, "at": (NOON - timedelta(days=2)).isoformat(), "guardian": guardian}
    record = CustomerRecord.model_validate({"ref": "K1", "unit": "O1", "birth_date": "2015-03-01", "consents": [said]})
    with db.writing() as session:
        return customers.upsert(session, keys, [record], NOON + timedelta(days=later))


def child(db: Database) -> Customer:
    with db.reading() as session:
        found = store.by_ref(session, "K1")
    assert found is not None
    return found


def test_who_agreed_is_kept_once_told_in_the_copy_and_erased(sample: Sample, db: Database, keys: Keys) -> None:
    mother, father = {"name": "王秀英", "relation": "parent"}, {"name": "张父", "relation": "parent"}
    take(db, keys, None)
    assert take(db, keys, mother).changed == 1, "the child's own word is no guardian's"
    assert take(db, keys, mother).unchanged == 1
    assert take(db, keys, father).changed == 1
    key = child(db).id
    with db.writing() as session:
        copy = erasure.export(session, keys, child(db), [], WHO, NOON)
        assert [one["guardian"] and one["guardian"]["name"] for one in copy["consents"]] == [None, "王秀英", "张父"]
        sealed = session.scalars(select(Guardian)).all()
        assert all(one.name_enc is not None and "王秀英".encode() not in one.name_enc for one in sealed)
        erasure.erase(session, keys, "K1", [], WHO, NOON)
    with db.reading() as session:
        assert [one.name_enc for one in session.scalars(select(Guardian))] == [None, None]
        assert consent.guardians(session, keys, [key]) != {}, "that a guardian agreed stays"


@pytest.mark.sqlite_only
def test_a_file_names_guardians_in_columns_of_their_own(sample: Sample, db: Database, keys: Keys) -> None:
    head = "客户号,机构号,出生日期,同意调研,监护人姓名,监护关系\n"
    text = head + "K1,O1,2015-03-01,是,王秀英,母亲\nK2,O1,2015-03-01,是,,\nK3,O1,2015-03-01,是,李叔,叔叔\n"
    with db.writing() as session:
        report = customer_import.apply(session, keys, text, WHO, NOON)
    assert (report.created, [(one.line, one.column) for one in report.rejected]) == (2, [(4, "guardian_relation")])
    with db.reading() as session:
        said = session.scalars(select(Consent).order_by("customer_id")).all()
    assert sorted(bool(one.by_guardian) for one in said) == [False, True]


@pytest.mark.sqlite_only
def test_staff_record_a_guardians_word_for_children_only(sample: Sample, db: Database, keys: Keys, sign_in: SignIn) -> None:
    take(db, keys, None)
    sample.customer("C9", unit="O1")
    key, client = child(db).id, sign_in(Role.OUTLET_MANAGER, "B1")
    address = f"/portal/customers/{key}"
    page = client.get(address).text
    assert f"{address}/guardian" in page
    assert ("No consent" in page, "Consent given" in page) == (True, False), "the child's own word counts for nothing"
    assert client.post(f"{address}/guardian", data={"name": "", "relation": "parent"}).status_code == 422
    assert client.post(f"{address}/guardian", data={"name": "王秀英", "relation": "aunt"}).status_code == 422
    assert client.post(f"{address}/guardian", data={"name": "王\x01英", "relation": "parent"}).status_code == 422
    assert client.post(f"{address}/guardian", data={"name": "王秀英", "relation": "parent"}).status_code == 302
    page = client.get(address).text
    assert "王**" in page
    assert "Consent given" in page
    assert "王秀英" not in page
    assert "王秀英" in client.post(f"{address}/reveal", data={"why": "case", "reference": "A-1"}).text
    with db.reading() as session:
        acts = {one.act: one.facts for one in session.scalars(select(AuditEntry).where(AuditEntry.object_id == str(key)))}
        grown = store.by_ref(session, "C9")
    assert acts["customer.guardian_consent"] == {"relation": "parent"}
    assert client.post(f"{address}/guardian", data={"back": "1"}).status_code == 302
    with db.reading() as session:
        assert consent.standing(consent_store.consents_of(session, [key]))["survey", ""].withdrawn_at is not None
    assert grown is not None
    assert client.post(f"/portal/customers/{grown.id}/guardian", data={"name": "王秀英", "relation": "parent"}).status_code == 422
    assert sign_in(Role.OUTLET_MANAGER, "B2").post(f"{address}/guardian", data={"back": "1"}).status_code == 404
