"""An unlocked desk gives no rights, a first password ends, people learn what happened to their account, and refusals leave a trace."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.foundation.db import Database
from portal.foundation.ground import Ground
from portal.people import api_keys, refusals, users
from portal.people.models import ApiKey, User, UserRole
from portal.people.rules.roles import Role
from tests.bank import PASSWORD, Sample
from tests.conftest import NOON, FixedClock

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def zhang(sample: Sample, db: Database) -> User:
    with db.writing() as session:
        return users.create(session, "zhang", "张三", PASSWORD, [(Role.ADMINISTRATOR, sample.units["HO"])], NOON, sample.units["HO"], "en")


def enter(client: FlaskClient, password: str = PASSWORD, agent: str = "Browser A", address: str = "10.0.0.1"):  # type: ignore[no-untyped-def]
    data = {"login": "zhang", "password": password}
    return client.post("/log-in", data=data, headers={"User-Agent": agent}, environ_overrides={"REMOTE_ADDR": address})


def test_what_opens_doors_asks_again_who_is_there_and_keeps_what_was_typed(
    client: FlaskClient, zhang: User, ground: Ground, clock: FixedClock
) -> None:
    enter(client)
    account = {"account_name": "core banking", "owner": "zhang"}
    clock.forward(timedelta(minutes=15))
    page = client.post("/portal/api-keys/accounts", data=account)
    assert page.status_code == 200
    assert 'name="account_name" value="core banking"' in page.text
    assert client.post("/portal/api-keys/accounts", data={**account, "_proof": "wrong"}).status_code == 422
    with ground.reading() as session:
        assert session.exec(select(AuditEntry).where(AuditEntry.act == "service_account.make")).all() == []
    assert client.post("/portal/api-keys/accounts", data={**account, "_proof": PASSWORD}).status_code == 302
    assert client.post("/portal/api-keys/accounts", data={**account, "account_name": "cards"}).status_code == 302  # proved a moment ago
    with ground.reading() as session:
        acts = session.exec(select(AuditEntry.act).where(AuditEntry.act.in_(("session.prove", "service_account.make")))).all()  # type: ignore[attr-defined]
    assert sorted(acts) == ["service_account.make"] * 2 + ["session.prove"]
    clock.forward(timedelta(minutes=15))
    statuses = [client.post("/portal/emergency", data={"_proof": "wrong"}).status_code for _ in range(6)]
    assert statuses == [422] * 6
    assert client.post("/portal/emergency", data={"_proof": PASSWORD}).status_code == 422  # waits, though right
    assert "minute" in client.post("/portal/emergency", data={"_proof": PASSWORD}).text


def test_whoever_has_no_password_here_comes_in_again_by_the_banks_account(sign_in: Callable[..., FlaskClient], clock: FixedClock) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    clock.forward(timedelta(minutes=16))
    page = client.post("/portal/access/roles", data={}, headers={"Referer": "http://localhost/portal/access/roles"})
    assert (page.status_code, "/log-in/sso?next=/portal/access/roles&amp;again=1" in page.text) == (200, True)
    assert client.get("/portal/api-keys").status_code == 200


def test_a_first_password_opens_only_the_page_that_changes_it_and_ends(
    app: Flask, client: FlaskClient, zhang: User, sign_in: Callable[..., FlaskClient], ground: Ground, clock: FixedClock
) -> None:
    admin = sign_in(Role.ADMINISTRATOR)
    page = admin.post(f"/portal/users/{zhang.id}/password").text
    first = page.split('data-copy="')[1].split('"')[0]
    assert "2026-06-18" in page
    assert enter(client, first).status_code == 302
    assert client.get("/portal/users").location == "/portal/account"
    assert client.get("/officers/").status_code != 200
    shown = client.get("/portal/account").text
    assert "This is a first password" in shown
    assert "An administrator gave a new password" in shown
    assert client.post("/portal/account/password", data={"old_password": first, "new_password": "pears and plums"}).status_code == 302
    assert client.get("/portal/users").status_code == 200
    later = admin.post(f"/portal/users/{zhang.id}/password").text.split('data-copy="')[1].split('"')[0]
    clock.forward(timedelta(hours=72))
    answer = enter(app.test_client(), later)
    assert answer.status_code == 422
    assert "first_password_over" not in answer.text


def test_a_log_in_at_a_new_place_is_told_until_its_owner_knows_it(app: Flask, client: FlaskClient, zhang: User) -> None:
    enter(client)
    assert "New with your account" not in client.get("/portal/account").text
    enter(client)
    stranger = app.test_client()
    enter(stranger, agent="Browser B", address="203.0.113.5")
    page = client.get("/portal/account").text
    assert "203.0.113.5" in page
    assert "New with your account" in client.get("/portal/").text
    client.post("/portal/account/news", data={"mine": "1"})
    assert "203.0.113.5" not in client.get("/portal/account").text.split("Sessions")[0]
    enter(app.test_client(), agent="Browser C")
    assert "New with your account" in client.get("/portal/account").text
    assert client.post("/portal/account/news", data={"mine": "0"}).location == "/log-in"
    assert [one.get("/portal/account").status_code for one in (client, stranger)] == [302, 302]


def test_an_emergency_makes_nothing_that_outlasts_it(sign_in: Callable[..., FlaskClient], sample: Sample, ground: Ground) -> None:
    client = sign_in(Role.COMPLIANCE_OFFICER)
    user_id = sample.user(Role.COMPLIANCE_OFFICER)
    with ground.writing() as session:
        session.add(
            UserRole(
                user_id=user_id, role="administrator", unit_id=sample.units["HO"], expires_at=NOON + timedelta(hours=1), source="emergency"
            )
        )
    assert client.get("/portal/api-keys").status_code == 200
    assert "Make the key" not in client.get("/portal/api-keys").text
    for path in ("/portal/api-keys", "/portal/api-keys/accounts", "/portal/access/roles", "/portal/groups"):
        assert client.post(path, data={}).status_code == 403, path
    with ground.reading() as session:
        assert session.exec(select(ApiKey)).all() == []


def test_a_branch_sees_no_buttons_that_the_whole_bank_is_asked_for(sign_in: Callable[..., FlaskClient]) -> None:
    branch, head = sign_in(Role.ADMINISTRATOR, "B1"), sign_in(Role.ADMINISTRATOR)
    for path, button in (("/portal/api-keys", "Make the key"), ("/portal/access/roles", ">Propose<"), ("/portal/customers", ">Import<")):
        assert button in head.get(path).text.replace("<span>", ">").replace("</span>", "<").replace(">>", ">").replace("<<", "<"), path
        assert button.strip("<>") not in branch.get(path).text.split("<main", 1)[1].replace("Propose a role", ""), path


def test_refusals_are_written_down_once_an_hour_has_room_for_them(
    client: FlaskClient, sign_in: Callable[..., FlaskClient], ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    analyst = sign_in(Role.ANALYST)
    for _ in range(refusals.MOST + 3):
        assert analyst.get("/portal/api-keys").status_code == 403
    with ground.writing() as session:
        key, secret = api_keys.make(session, "k", ["users.read"], ["users.read"], None, refusals.trail.Actor.system("test"), NOON)
        key_id = str(key.id)
    assert client.post("/api/v1/users", json=[], headers={"Authorization": f"Bearer {secret}"}).status_code == 403
    assert client.get("/api/v1/users", headers={"Authorization": "Bearer wrong"}).status_code == 401
    with ground.reading() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.act == "access.refused")).all()
    by_user = [one for one in entries if one.actor_kind == "user"]
    assert len(by_user) == refusals.MOST
    assert by_user[0].facts == {"status": 403, "method": "GET"}
    assert by_user[0].object_id == "api_keys.key_index"
    assert [one.actor_id for one in entries if one.actor_kind == "api"] == [key_id]


def test_answers_of_the_interface_are_kept_by_nobody(client: FlaskClient) -> None:
    answer = client.get("/api/v1/users")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/readyz").get_json().keys() == {"status", "schema", "version", "serves", "revision"}
    assert client.get("/readyz", headers={"X-Forwarded-For": "203.0.113.9"}).get_json().keys() == {"status", "schema"}
