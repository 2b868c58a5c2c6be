"""The programming interface as a whole: its description, its examples, idempotency keys, users, keys, and the example client."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import func, select
from werkzeug.serving import make_server

from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people import access, api_keys, bank_roles, permission_words, provisioning, service_accounts, sessions, store, users
from portal.people.access_models import KeptAnswer
from portal.people.key_views import known_scopes
from portal.people.models import ApiKey, User
from portal.people.rules.roles import EVERYTHING, Role
from portal.shell import api_words
from portal.shell.openapi import ROOT, TITLES, describe, examples
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.translations import load

pytestmark = pytest.mark.sqlite_only
SYSTEM = Actor.system("test")


@pytest.fixture
def bearer(app: Flask, ground: Ground) -> dict[str, str]:
    """A key that may do everything."""
    with app.app_context():
        scopes = known_scopes()
    with ground.writing() as session:
        _key, secret = api_keys.make(session, "test", scopes, scopes, None, SYSTEM, ground.now())
    return {"Authorization": f"Bearer {secret}"}


def test_every_operation_is_described_and_every_example_fits_its_schema(app: Flask) -> None:
    document = describe(app)
    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(ROOT) and not rule.rule.endswith("openapi.json"):
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(next(part for part in path.split("/") if part.endswith(f"{name}>")), f"{{{name}}}")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert (method, path) in described, f"{method} {path} is not described"
    operations = {one["operationId"]: one for methods in document["paths"].values() for one in methods.values()}
    assert set(examples()) <= set(operations)
    for name, one in operations.items():
        contents = [one["requestBody"]["content"]["application/json"]] if "requestBody" in one else []
        assert all("example" in content for content in contents), f"{name}: a body without an example in api_examples.json"
        contents += [
            answer["content"]["application/json"] for answer in one["responses"].values() if "application/json" in answer.get("content", {})
        ]
        for content in contents:
            if "example" in content:
                schema = content["schema"] | {"components": document["components"]}
                jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(content["example"])
        if "requestBody" in one or one["responses"].keys() & {"204"}:
            assert any(parameter["name"] == "Idempotency-Key" for parameter in one.get("parameters", [])), name


def test_the_page_to_try_it_shows_every_operation(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    page = sign_in(Role.ADMINISTRATOR).get("/portal/api").text
    document = describe(app)
    for path in document["paths"]:
        assert path in page
    assert {tag["name"] for tag in document["tags"]} == set(api_words.AREAS)
    assert set(api_words.ANSWERS) == {str(status) for status in TITLES}
    chinese = {str(message.id): message.string for message in load("zh_Hans") if message.id}
    for one in (one for methods in document["paths"].values() for one in methods.values()):
        assert chinese.get(one["summary"]), one["summary"]
    assert "snd_" not in page


SIGNED = {"/api/v1/receipts/<channel>", "/api/v1/inbound/sms"}
"""Sent by providers, who sign what they send and name it by ids of their own instead."""


def test_every_write_answers_the_same_key_with_its_first_answer(app: Flask, ground: Ground, sample: Sample) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        scopes = known_scopes()
    with ground.writing() as session:
        _key, secret = api_keys.make(session, "all", scopes, scopes, None, SYSTEM, ground.now())
    client, tried = app.test_client(), set()
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(ROOT):
            continue
        path = re.sub(r"<[^>]+>", "0", re.sub(r"<uuid:[^>]+>", str(UUID(int=7)), rule.rule))
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            head = {"Authorization": f"Bearer {secret}", "Idempotency-Key": f"{method} {rule.rule}".replace(" ", "_")}
            first, again = (client.open(path, method=method, json={}, headers=head) for _ in range(2))
            assert first.status_code < 500, (method, rule.rule)
            if rule.rule in SIGNED:
                continue
            tried.add((method, rule.rule))
            assert (first.status_code, first.data) == (again.status_code, again.data), (method, rule.rule)
            assert again.headers.get("Idempotency-Replayed") == "true", (method, rule.rule, first.status_code)
    assert len(tried) >= 10


def test_the_same_key_gives_the_first_answer_and_does_nothing_twice(
    client: FlaskClient, bearer: dict[str, str], ground: Ground, sample: Sample, clock: FixedClock
) -> None:
    def post(key: str, body: Any, path: str = "/api/v1/customers") -> Any:
        return client.post(path, json=body, headers=bearer | {"Idempotency-Key": key})

    first = post("k1", {"ref": "C-1"})
    again = post("k1", {"ref": "C-1"})
    assert (first.json["created"], again.json["created"]) == (1, 1)
    assert (again.headers["Idempotency-Replayed"], again.data) == ("true", first.data)
    assert "Idempotency-Replayed" not in first.headers
    assert client.post("/api/v1/customers", json={"ref": "C-1"}, headers=bearer).json["unchanged"] == 1
    other = post("k1", {"ref": "C-2"})
    assert (other.status_code, other.json["code"]) == (409, "idempotency_other_payload")
    assert post("k1", {"given": True}, "/api/v1/customers/C-1/consent").status_code == 409
    refused = post("k2", {"given": "?"}, "/api/v1/customers/C-1/consent")
    assert (refused.status_code, refused.content_type) == (422, "application/problem+json")
    assert post("k2", {"given": "?"}, "/api/v1/customers/C-1/consent").headers["Idempotency-Replayed"] == "true"
    assert [post(key, {"ref": "C-1"}).status_code for key in ("x" * 201, "é", "")] == [422, 422, 422]
    with ground.reading() as session:
        kept = session.exec(select(KeptAnswer)).all()
        assert all(b"created" not in (one.sealed or b"") for one in kept)
        claim = kept[0]
    with ground.writing() as session:  # a process died at work
        held = session.get(KeptAnswer, claim.key_hash)
        assert held is not None
        held.status, held.expires_at = None, ground.now() + timedelta(minutes=1)
    assert {post(key, body).json.get("code") for key, body in (("k1", {"ref": "C-1"}), ("k2", {"given": "?"}))} & {"idempotency_at_work"}
    clock.forward(timedelta(hours=25))
    assert post("k1", {"ref": "C-3"}).json["created"] == 1  # expired: the key may be used again


def test_a_directory_keeps_users_in_step(client: FlaskClient, bearer: dict[str, str], ground: Ground, sample: Sample) -> None:
    with ground.writing() as session:
        provisioning.add_rule(session, "cases-b1", "case_handler", sample.units["B1"], SYSTEM, NOON)
    body = {"login": "li.na", "name": "李娜", "unit": "O1", "groups": ["cases-b1", "chess"]}
    assert client.post("/api/v1/users", json=body, headers=bearer).json["created"] == 1
    assert client.post("/api/v1/users", json=[body], headers=bearer).json["unchanged"] == 1
    shown = next(one for one in client.get("/api/v1/users", headers=bearer).json["users"] if one["login"] == "li.na")
    assert shown["roles"] == [{"role": "case_handler", "unit": "B1", "source": "groups", "until": None}]
    with ground.writing() as session:
        user = store.user_by_login(session, "li.na")
        assert user is not None
        sessions.begin(session, user.id, "sso", ground.now(), ground.settings, {})
        epoch = user.session_epoch
    answer = client.post(
        "/api/v1/users",
        json=[{"login": "li.na", "groups": []}, {"login": "?"}, {"login": "new", "name": "N", "unit": "nowhere"}],
        headers=bearer,
    )
    assert answer.json["changed"] == 1
    assert [(one["index"], one["field"]) for one in answer.json["rejected"]] == [(1, "login"), (2, "unit")]
    assert client.delete("/api/v1/users/LI.NA", headers=bearer).status_code == 204
    assert client.delete("/api/v1/users/li.na", headers=bearer).status_code == 204
    assert client.delete("/api/v1/users/nobody", headers=bearer).status_code == 404
    with ground.reading() as session:
        user = store.user_by_login(session, "li.na")
        assert user is not None
        assert (user.active, user.session_epoch) == (False, epoch + 1)
        assert sessions.mine(session, user.id, ground.now(), ground.settings) == []
    admin = sample.user(Role.ADMINISTRATOR)
    with ground.reading() as session:
        login = session.get(User, admin).login  # type: ignore[union-attr]  # just made
    assert client.delete(f"/api/v1/users/{login}", headers=bearer).json["code"] == "last_administrator"


def test_a_key_is_changed_over_with_an_overlap_and_an_account_ends_with_all_its_keys(
    client: FlaskClient, ground: Ground, sample: Sample, clock: FixedClock
) -> None:
    scopes = ["customers.write"]
    sample.user(Role.ADMINISTRATOR)
    with ground.writing() as session:
        account = service_accounts.make(session, "CRM", "administrator.ho", SYSTEM, NOON)
        old, secret = api_keys.make(session, "CRM", scopes, scopes, None, SYSTEM, NOON, account.id)
        _new, fresh = api_keys.rotate(session, old.id, timedelta(days=7), SYSTEM, NOON)
        old_id, account_id = old.id, account.id

    def status(text: str) -> int:
        return client.post("/api/v1/customers", json={"ref": "C-9"}, headers={"Authorization": f"Bearer {text}"}).status_code

    assert [status(secret), status(fresh)] == [200, 200]
    with pytest.raises(Exception, match="conflict"), ground.writing() as session:
        api_keys.rotate(session, old_id, timedelta(days=7), SYSTEM, NOON)
    clock.forward(timedelta(days=7))
    assert [status(secret), status(fresh)] == [401, 200]
    with ground.reading() as session:
        used, end = session.exec(select(ApiKey.last_used_at, ApiKey.expires_at).where(ApiKey.replaces == old_id)).one()
    assert (used, end) == (clock.now(), NOON + api_keys.LIFE)
    with ground.writing() as session:
        assert service_accounts.end(session, account_id, SYSTEM, clock.now()) == 2
    assert status(fresh) == 401


def test_a_role_of_the_banks_own_needs_a_second_person_and_gives_no_right_to_give_rights(
    ground: Ground, sample: Sample, sign_in: Callable[..., FlaskClient], app: Flask
) -> None:
    first, second = sign_in(Role.ADMINISTRATOR), sign_in(Role.COMPLIANCE_OFFICER)
    wanted = {"code": "night_desk", "name_zh": "夜间值班", "name_en": "Night desk", "permissions": ["cases.read", "customers.read"]}
    assert first.post("/portal/access/roles", data=wanted | {"permissions": ["users.edit"]}).status_code == 422
    assert first.post("/portal/access/roles", data=wanted | {"code": "administrator"}).status_code == 422
    assert first.post("/portal/access/roles", data=wanted).status_code == 302
    with ground.reading() as session:
        assert bank_roles.in_force(session) == {}
    first.post("/portal/access/roles/night_desk/decide", data={"agree": "1"})
    with ground.reading() as session:
        assert bank_roles.in_force(session) == {}  # whoever proposed it can't
    seen = {"agree": "1", "seen": "cases.read customers.read"}
    assert second.post("/portal/access/roles/night_desk/decide", data=seen | {"seen": "cases.read"}).status_code == 409
    second.post("/portal/access/roles/night_desk/decide", data=seen)
    with ground.writing() as session:
        editor = users.Editor(sample.user(Role.ADMINISTRATOR), EVERYTHING)
        held = [("night_desk", sample.units["O1"])]
        users.check_roles(session, held, editor, NOON)
        person = users.create(
            session, "night", "夜班", "", held, NOON, sample.units["O1"], "en", password_hash="!", ends={held[0]: NOON + timedelta(days=2)}
        )
        made = sessions.begin(session, person.id, "test", ground.now(), ground.settings, {})
        cookie = f"{person.id}:0:{made.id}"
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = cookie
    assert client.get("/portal/cases").status_code == 200
    assert client.get("/portal/users").status_code == 403
    assert "Night desk" in first.get("/portal/access/who?permission=cases.read").text
    assert "night_desk" in first.get("/portal/access/matrix.csv").text
    assert "Approve questionnaires" in first.get("/portal/access", headers={"Accept-Language": "en"}).text
    first.post("/portal/access/roles/night_desk/retire")
    assert client.get("/portal/cases").status_code == 403


def test_an_emergency_gives_a_role_for_hours_and_somebody_else_judges_it(
    ground: Ground, sample: Sample, sign_in: Callable[..., FlaskClient], clock: FixedClock
) -> None:
    taker, judge = sign_in(Role.ADMINISTRATOR), sign_in(Role.COMPLIANCE_OFFICER)
    customer = sample.customer("C-7")
    reveal = f"/portal/customers/{customer.id}/reveal"
    why = {"why": "case", "reference": "C-1"}
    assert taker.post(reveal, data=why).status_code == 403
    wanted = {"role": "complaint_centre", "unit": str(sample.units["HO"]), "hours": "2", "reason": "夜间无人值守，客户人身安全受到威胁"}
    for wrong in ({"reason": "short"}, {"hours": "99"}, {"role": "king"}, {"unit": "x"}):
        assert taker.post("/portal/emergency", data=wanted | wrong).status_code == 422
    assert taker.post("/portal/emergency", data=wanted).status_code == 302
    assert taker.post(reveal, data=why).status_code == 200
    assert "夜间无人值守" in judge.get("/portal/emergency").text
    assert "To be judged" in judge.get("/portal/").text
    assert "To be judged" not in taker.get("/portal/").text
    with ground.reading() as session:
        from portal.people.access_models import BreakGlass

        one = session.exec(select(BreakGlass)).one()
        assert "夜间".encode() not in one.reason_enc
    assert "personal data shown in the clear" in judge.get(f"/portal/emergency/{one.id}").text
    assert taker.post(f"/portal/emergency/{one.id}/judge", data={"verdict": "justified"}).location == "/portal/emergency"
    with ground.reading() as session:
        assert session.get(BreakGlass, one.id).reviewed_at is None  # type: ignore[union-attr]  # never oneself
    judge.post(f"/portal/emergency/{one.id}/judge", data={"verdict": "justified"})
    assert taker.post(reveal, data=why).status_code == 200
    clock.forward(timedelta(hours=2))
    assert taker.post(reveal, data=why).status_code == 403
    taker = sign_in(Role.ADMINISTRATOR)  # who was there two hours ago is asked again
    assert taker.post("/portal/emergency", data=wanted).status_code == 302  # again, as another emergency
    with ground.reading() as session:
        two = session.exec(select(BreakGlass).where(BreakGlass.reviewed_at.is_(None))).one()  # type: ignore[union-attr]  # a column
        taken = session.exec(select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "emergency.take")).one()
    judge.post(f"/portal/emergency/{two.id}/judge", data={"verdict": "misused"})
    assert taker.post(reveal, data=why).status_code == 403
    assert taken == 2


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_example_client_runs(app: Flask, bearer: dict[str, str]) -> None:
    example = Path(__file__).parents[3] / "docs" / "examples" / "client.py"
    with serving(app) as address:
        environment = {**os.environ, "SOUNDINGS": address, "KEY": bearer["Authorization"].partition(" ")[2]}
        done = subprocess.run([sys.executable, str(example)], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "'received': 1" in done.stdout.splitlines()[0]
    assert "'duplicates': 1" in done.stdout
    assert "open cases: 0" in done.stdout


def test_every_permission_and_every_scope_is_put_into_words(app: Flask) -> None:
    with app.test_request_context():
        known = set(app.extensions[access.REGISTER].permissions)
        assert known == set(permission_words.WORDS)
        assert set(known_scopes()) <= set(permission_words.SCOPES)
