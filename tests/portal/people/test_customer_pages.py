"""Customers on pages and over HTTP: masked, in scope only, revealed with a reason; good records are kept though others are refused."""

import io
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.db import Database
from portal.people import api_keys, consent_store, customers, parts
from portal.people import customer_store as store
from portal.people.customer_records import CustomerRecord
from portal.people.models import Customer
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Role
from tests.bank import Sample
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]
SCOPES = ("customers.write", "customers.erase", "customers.export")


@pytest.fixture
def zhang(sample: Sample, db: Database, keys: Keys) -> UUID:
    record = {"ref": "C1", "unit": "O1", "name": "张三丰", "phone": "13812345617", "email": "zhang@example.com"}
    with db.writing() as session:
        customers.upsert(session, keys, [CustomerRecord.model_validate(record)], NOON)
        customers.upsert(session, keys, [CustomerRecord(ref="C3", unit="O3"), CustomerRecord(ref="D1", unit="O1")], NOON)
        return store.keys_by_ref(session, ["C1"])["C1"].id


@pytest.fixture
def program(app: Flask, db: Database) -> Callable[..., Any]:
    """Calls the interface with a key that may do everything about customers."""
    with db.writing() as session:
        _, secret = api_keys.make(session, "core", SCOPES, SCOPES, None, Actor.system("test"), NOON)
    client = app.test_client()

    def call(method: str, address: str, **more: Any) -> Any:
        return client.open(f"/api/v1/customers{address}", method=method, headers={"Authorization": f"Bearer {secret}"}, **more)

    return call


def test_customers_are_shown_masked_and_in_scope_only(sample: Sample, sign_in: SignIn, zhang: UUID) -> None:
    client = sign_in(Role.OUTLET_MANAGER, "B1")
    page = client.get("/portal/customers").text
    assert "138 **** **17" in page
    assert "C3" not in page
    assert client.get(f"/portal/customers/{zhang}").status_code == 200
    other = sign_in(Role.OUTLET_MANAGER, "B2")
    for answer in (other.get(f"/portal/customers/{zhang}"), other.post(f"/portal/customers/{zhang}/reveal", data={"why": "case"})):
        assert answer.status_code == 404


@pytest.mark.usefixtures("zhang")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("C", {"C1", "C3"}),
        ("138 1234 5617", {"C1"}),
        ("Zhang@example.com", {"C1"}),
        ("1381234", set()),
        ("%", set()),
    ],
)
def test_a_customer_is_found_by_reference_or_by_a_whole_address(sign_in: SignIn, search: str, found: set[str]) -> None:
    client = sign_in(Role.COMPLIANCE_OFFICER)
    page = client.post("/portal/customers/find", data={"q": search}, follow_redirects=True)
    assert set(re.findall(r"data-row[^>]*>([CD]\d)<", page.text)) == found
    if page.request.path.endswith("/find"):  # a telephone number or an e-mail stands in no address, and none is looked up from one
        assert not re.findall(r"data-row[^>]*>([CD]\d)<", client.get("/portal/customers", query_string={"q": search}).text)


def test_a_look_in_the_clear_needs_a_reason_and_is_in_the_trail(sign_in: SignIn, zhang: UUID, db: Database) -> None:
    client = sign_in(Role.CASE_HANDLER, "O1")
    refused = client.post(f"/portal/customers/{zhang}/reveal", data={"why": "", "reference": "K1"})
    assert refused.status_code == 422
    assert "+8613812345617" not in refused.text
    assert 'value="K1"' in refused.text
    shown = client.post(f"/portal/customers/{zhang}/reveal", data={"why": "case", "reference": "K1"})
    assert "+8613812345617" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "+8613812345617" not in client.get(f"/portal/customers/{zhang}").text
    with db.reading() as session:
        assert [entry.act for entry in session.exec(select(AuditEntry))] == ["customer.reveal"]
    assert sign_in(Role.AUDITOR).post(f"/portal/customers/{zhang}/reveal", data={"why": "case"}).status_code == 403


def test_tags_and_never_ask_again_are_set_by_hand(sign_in: SignIn, zhang: UUID, db: Database) -> None:
    client = sign_in(Role.OUTLET_MANAGER, "O1")
    for data in ({"tag": " "}, {"tag": "x" * 41}, {"tag": "vip", "expires_at": "2020-01-01"}, {"tag": "vip", "expires_at": "rubbish"}):
        assert client.post(f"/portal/customers/{zhang}/tags", data=data).status_code == 422
    assert client.post(f"/portal/customers/{zhang}/tags", data={"tag": "vip", "expires_at": "2026-12-31"}).status_code == 302
    assert "vip" in client.get(f"/portal/customers/{zhang}").text
    client.post(f"/portal/customers/{zhang}/tags/remove", data={"tag": "vip"})
    client.post(f"/portal/customers/{zhang}/opt-out")
    with db.reading() as session:
        assert [row.source for row in consent_store.opt_outs_in_force(session, zhang)] == ["staff"]
    client.post(f"/portal/customers/{zhang}/opt-out", data={"back": "1"})
    with db.reading() as session:
        assert consent_store.opt_outs_in_force(session, zhang) == []


def test_rooms_of_other_packages_add_panels_links_and_their_share_of_an_erasure(
    app: Flask, sign_in: SignIn, zhang: UUID, program: Callable[..., Any]
) -> None:
    gone: list[UUID] = []

    def erase(_session: Session, ids: Sequence[UUID], _now: datetime) -> int:
        gone.extend(ids)
        return len(ids)

    part = CustomerPart("room", "A room's link", endpoint="customers.show", erase=erase, export=lambda _session, key: [{"key": str(key)}])
    app.extensions[parts.REGISTER] = (part,)
    assert "A room&#39;s link" in sign_in(Role.OUTLET_MANAGER, "O1").get(f"/portal/customers/{zhang}").text
    assert program("GET", "/C1/export").json["room"] == [{"key": str(zhang)}]
    assert program("DELETE", "/C1").status_code == 204
    assert gone == [zhang]
    assert sign_in(Role.COMPLIANCE_OFFICER).get(f"/portal/customers/{zhang}").status_code == 404


def test_a_file_of_customers_is_weighed_then_taken_in(sample: Sample, sign_in: SignIn, db: Database) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    raw = "客户号,机构号,手机号\nN1,O1,13812345617\nN2,O1,12\nN3,O9,\n".encode("gb18030")
    page = client.post("/portal/customers/import", data={"file": (io.BytesIO(raw), "a.csv")}, content_type="multipart/form-data")
    found = re.search(r"/import/([0-9a-f]{32})", page.text)
    assert found
    lines = client.post(f"/portal/customers/import/{found[1]}/rejected.csv").text.splitlines()
    assert lines[1:] == ["3,phone,not_a_phone", "4,unit,unknown_unit"]
    assert client.post(f"/portal/customers/import/{found[1]}").status_code == 200
    with db.reading() as session:
        assert list(session.exec(select(Customer.ref))) == ["N1"]


@pytest.mark.usefixtures("sample")
def test_good_records_are_kept_though_others_are_refused(program: Callable[..., Any]) -> None:
    body = [{"ref": "A", "unit": "O1"}, {"ref": "B", "phone": "12"}, {"ref": "C", "unit": "O9"}, {"ref": "D", "colour": 1}, 5, {"ref": "A"}]
    answer = program("POST", "", json=body)
    assert answer.status_code == 200
    assert answer.json == {
        "received": 6,
        "created": 1,
        "changed": 0,
        "unchanged": 0,
        "rejected": [
            {"index": 1, "code": "not_a_phone", "field": "phone"},
            {"index": 2, "code": "unknown_unit", "field": "unit"},
            {"index": 3, "code": "not_valid", "field": "colour"},
            {"index": 4, "code": "not_valid", "field": ""},
            {"index": 5, "code": "twice_in_batch", "field": "ref"},
        ],
    }
    assert program("POST", "", json={"ref": "A", "segment": "vip"}).json["changed"] == 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"5", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"ref": "a\\u0000"}', "application/json", 400),
        (b'{"ref": NaN}', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"ref=A", "application/x-www-form-urlencoded", 415),
        (b"[" + b",".join([b"{}"] * 10_001) + b"]", "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(program: Callable[..., Any], body: bytes, kind: str, status: int) -> None:
    answer = program("POST", "", data=body, content_type=kind)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_consent_opt_out_and_erasure_over_http(zhang: UUID, program: Callable[..., Any], db: Database) -> None:
    assert program("POST", "/C1/consent", json={"given": True, "at": "2026-06-01T00:00:00+08:00"}).status_code == 204
    assert program("POST", "/NOBODY/consent", json={"given": True}).status_code == 404
    for wrong in ({}, {"given": True, "at": "2026-06-01T00:00:00"}, {"given": True, "at": "2030-01-01T00:00:00Z"}, {"given": True, "x": 1}):
        assert program("POST", "/C1/consent", json=wrong).status_code == 422
    assert program("POST", "/C1/opt-out", json={"channel": "sms"}).status_code == 204
    assert program("POST", "/UNKNOWN/opt-out", json={}).status_code == 204
    assert program("POST", "/%00/opt-out", json={}).status_code == 400
    assert program("POST", "/C1/opt-out", json={"channel": "\n"}).status_code == 422
    with db.reading() as session:
        assert [row.channel for row in consent_store.opt_outs_in_force(session, zhang)] == ["sms"]
        assert store.by_ref(session, "UNKNOWN") is not None
    assert program("POST", "/C1/opt-out", json={"channel": "sms", "take_back": True}).status_code == 204
    assert program("DELETE", "/C1").status_code == 204
    assert program("DELETE", "/C1").status_code == 204
    assert program("DELETE", "/%00").status_code == 400
    assert program("POST", "/C1/opt-out", json={}).status_code == 204
    with db.reading() as session:
        assert store.by_ref(session, "C1") is None
