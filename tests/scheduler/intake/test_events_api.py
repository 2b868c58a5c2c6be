"""Events over HTTP: one, many, a line each; who may send them; and what bad input gets."""

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlmodel import col
from werkzeug.test import TestResponse

from portal.foundation.ground import Ground
from portal.people.models import ApiKey, Customer
from scheduler.intake.models import Event
from tests.bank import Sample
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only
GOOD: dict[str, Any] = {"event_id": "E1", "event_type": "loan.approved", "customer_ref": "C1", "occurred_at": "2026-06-15T11:00:00+08:00"}
Send = Callable[..., TestResponse]


KEY = "key-of-the-core-system"


def add_key(ground: Ground, secret: str, **columns: Any) -> None:
    with ground.writing() as session:
        session.add(
            ApiKey(
                **{
                    "name": "core", "prefix": secret[:6], "key_hash": hashlib.sha256(secret.encode()).digest(),
                    "scopes": ["events.write"], "created_at": NOON, **columns,
                }
            )
        )  # fmt: skip


def body_of(answer: TestResponse) -> dict[str, Any]:
    assert isinstance(answer.json, dict)
    return answer.json


@pytest.fixture
def send(client: FlaskClient, ground: Ground, sample: Sample) -> Send:
    """Posts a body with a good key."""
    add_key(ground, KEY)

    def post(body: Any, content_type: str = "application/json", secret: str = KEY, **headers: str) -> TestResponse:
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return client.post("/api/v1/events", data=data, content_type=content_type, headers={"Authorization": f"Bearer {secret}", **headers})

    return post


def test_one_event_is_taken(send: Send) -> None:
    answer = send(GOOD)
    assert (answer.status_code, answer.json) == (202, {"received": 1, "duplicates": 0, "rejected": []})


def test_good_ones_of_an_array_are_kept_and_the_others_listed_by_place(send: Send, ground: Ground) -> None:
    naive = {**GOOD, "event_id": "E2", "occurred_at": "2026-06-15T11:00:00"}
    lost = {**GOOD, "event_id": "E3", "unit": "O99"}
    answer = send([naive, GOOD, 5, GOOD, lost, {**GOOD, "staff": "S1"}, {**GOOD, "event_id": "E4", "colour": "red"}])
    assert answer.status_code == 202
    assert answer.json == {
        "received": 1,
        "duplicates": 1,
        "rejected": [
            {"index": 0, "status": 422, "code": "naive_time", "field": "occurred_at"},
            {"index": 2, "status": 422, "code": "not_an_object", "field": None},
            {"index": 4, "status": 422, "code": "unknown_unit", "field": "unit"},
            {"index": 5, "status": 409, "code": "event_id_conflict", "field": "event_id"},
            {"index": 6, "status": 422, "code": "unknown_field", "field": "colour"},
        ],
    }
    with ground.reading() as session:
        assert session.scalars(select(col(Event.event_id))).all() == ["E1"]


def test_lines_are_taken_one_by_one(send: Send) -> None:
    lines = "\n".join([json.dumps(GOOD), "{", "", json.dumps({**GOOD, "event_id": "E2"})])
    answer = send(lines + "\r\n", "application/x-ndjson")
    assert answer.json == {
        "received": 2,
        "duplicates": 0,
        "rejected": [{"index": 1, "status": 422, "code": "malformed_json", "field": None}],
    }


def test_an_attribute_of_a_megabyte_is_refused_and_the_event_beside_it_kept(send: Send) -> None:
    answer = send([{**GOOD, "attributes": {"note": "x" * 1_000_000}}, {**GOOD, "event_id": "E2"}])
    assert body_of(answer)["received"] == 1
    assert body_of(answer)["rejected"] == [{"index": 0, "status": 422, "code": "too_large", "field": "attributes"}]
    line = json.dumps({**GOOD, "attributes": {"note": "x" * 1_000_000}})
    assert body_of(send(line, "application/x-ndjson"))["rejected"] == [{"index": 0, "status": 422, "code": "too_large", "field": None}]


def test_an_event_in_the_future_and_one_of_an_unknown_customer_are_kept(send: Send, ground: Ground) -> None:
    future = (NOON + timedelta(minutes=6)).isoformat()
    assert body_of(send([{**GOOD, "occurred_at": future}, {**GOOD, "event_id": "E2", "customer_ref": "NEW"}]))["received"] == 2
    with ground.reading() as session:
        assert {one.event_id: one.reason for one in session.scalars(select(Event))} == {"E1": "FUTURE", "E2": "UNKNOWN_TYPE"}
        assert session.scalars(select(col(Customer.origin)).where(col(Customer.ref) == "NEW")).one() == "stub"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_body"),
        (b'{"event_id": "\xff"}', "application/json", 400, "malformed_body"),
        (b"[" * 5000, "application/json", 400, "malformed_body"),
        (b"", "application/json", 400, "malformed_body"),
        (b"[]", "application/json", 422, "invalid_input"),
        (b'"E1"', "application/json", 422, "invalid_input"),
        (b"\n\n", "application/x-ndjson", 422, "invalid_input"),
        (b"event_id=E1", "application/x-www-form-urlencoded", 415, "wrong_media_type"),
        (b"[" + b"{}," * 10_000 + b"{}]", "application/json", 413, "too_large"),
        (b"{}\n" * 10_001, "application/x-ndjson", 413, "too_large"),
        (b" " * (17 * 1024 * 1024), "application/json", 413, "too_large"),
    ],
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(send: Send, body: bytes, content_type: str, status: int, code: str) -> None:
    answer = send(body, content_type)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert body_of(answer)["code"] == code


def test_a_compressed_body_is_not_read(send: Send) -> None:
    assert send(gzip.compress(json.dumps(GOOD).encode()), **{"Content-Encoding": "gzip"}).status_code == 415


def test_no_answer_repeats_what_was_sent(send: Send) -> None:
    for body in ({**GOOD, "customer_ref": "6222020012345678901" * 9}, {**GOOD, "6222020012345678901": 1}, b'{"a": 6222020012345678901'):
        assert b"6222020012345678901" not in send(body).data


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ({}, 202),
        ({"scopes": ["metrics.read"]}, 403),
        ({"revoked_at": NOON}, 401),
        ({"expires_at": NOON}, 401),
    ],
)
def test_only_a_live_key_with_the_scope_may_send(send: Send, ground: Ground, key: dict[str, Any], status: int) -> None:
    add_key(ground, "another-key", **key)
    assert send(GOOD, secret="another-key").status_code == status


def test_without_a_key_nothing_is_read(client: FlaskClient, sample: Sample) -> None:
    answer = client.post("/api/v1/events", json=GOOD)
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_each_key_has_a_rate_of_its_own(ground: Ground, sample: Sample) -> None:
    from wsgi import create_app

    app = create_app(ground)
    app.config["API_RATE"] = "2 per minute"
    for secret in ("one", "two"):
        add_key(ground, secret)
    client = app.test_client()
    statuses = [
        client.post("/api/v1/events", json=GOOD, headers={"Authorization": f"Bearer {secret}"}).status_code
        for secret in ("one", "one", "one", "two")
    ]
    assert statuses == [202, 202, 429, 202]
    late = client.post("/api/v1/events", json=GOOD, headers={"Authorization": "Bearer one"})
    assert int(late.headers["Retry-After"]) >= 0


def test_the_interface_is_described(client: FlaskClient, app: Flask) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    operation = document["paths"]["/api/v1/events"]["post"]
    assert operation["security"] == [{"key": []}]
    assert set(operation["requestBody"]["content"]) == {"application/json", "application/x-ndjson"}
    assert set(operation["responses"]) == {"202", "400", "401", "403", "409", "413", "415", "422", "429"}
    assert document["components"]["schemas"]["EventIn"]["additionalProperties"] is False
    assert document["components"]["schemas"]["EventIn"]["properties"]["occurred_at"]["format"] == "date-time"
