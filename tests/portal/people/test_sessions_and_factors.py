"""Sessions are listed and ended, idle ones end by themselves; the second factor opens once a code, recovery codes once ever."""

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.foundation.ground import Ground
from portal.foundation.settings import Settings
from portal.people import news, session_store, users
from portal.people.access_models import RecoveryCode, SecondFactor, StaffSession
from portal.people.models import User
from portal.people.rules import delays, passcodes
from portal.people.rules.roles import EVERYTHING, Role
from portal.people.users import Editor
from tests.bank import PASSWORD, Sample
from tests.conftest import NOON, FixedClock

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Sessions that end, and a second factor that administrators must use."""
    return settings.model_copy(update={"session_idle_minutes": 30, "session_hours": 8, "second_factor_roles": "administrator"})


@pytest.fixture
def zhang(sample: Sample, ground: Ground) -> User:
    with ground.writing() as session:
        return users.create(session, "zhang", "张三", PASSWORD, [(Role.ANALYST, sample.units["HO"])], NOON, sample.units["HO"], "en")


def enter(client: FlaskClient, agent: str = "Browser A") -> str:
    answer = client.post("/log-in", data={"login": "zhang", "password": PASSWORD}, headers={"User-Agent": agent})
    assert answer.status_code == 302
    return str(answer.location)


def test_sessions_are_listed_and_ended_one_by_one_and_end_by_themselves(
    app: Flask, client: FlaskClient, zhang: User, ground: Ground, clock: FixedClock
) -> None:
    other = app.test_client()
    enter(client, "Browser A")
    enter(other, "Browser B")
    page = client.get("/portal/account").text
    assert "Browser A" in page
    assert "Browser B" in page
    with ground.reading() as session:
        there = {one.agent: one.id for one in session.exec(select(StaffSession))}
    client.post(f"/portal/account/sessions/{there['Browser B']}")
    assert [one.get("/portal/account").status_code for one in (client, other)] == [200, 302]
    clock.forward(timedelta(minutes=29))
    assert client.get("/portal/account").status_code == 200
    clock.forward(timedelta(minutes=29))
    assert client.get("/portal/account").status_code == 200  # used meanwhile, so not idle
    clock.forward(timedelta(minutes=31))
    assert client.get("/portal/account").status_code == 302
    enter(client)
    for _ in range(17):
        clock.forward(timedelta(minutes=28))
        client.get("/portal/account")
    assert client.get("/portal/account").status_code == 200
    clock.forward(timedelta(minutes=10))
    assert client.get("/portal/account").status_code == 302  # eight hours are over, idle or not


def test_nobody_ends_the_session_of_somebody_else(
    client: FlaskClient, zhang: User, sign_in: Callable[..., FlaskClient], ground: Ground
) -> None:
    enter(client)
    with ground.reading() as session:
        foreign = session.exec(select(StaffSession.id)).one()
    stranger = sign_in(Role.ANALYST, "O1")
    assert stranger.post(f"/portal/account/sessions/{foreign}").status_code == 404
    assert client.get("/portal/account").status_code == 200


def test_an_administrator_ends_all_sessions_of_a_user(client: FlaskClient, zhang: User, app: Flask, sample: Sample, ground: Ground) -> None:
    enter(client)
    with ground.writing() as session:
        users.end_sessions(session, zhang.id, Editor(sample.user(Role.ADMINISTRATOR), EVERYTHING), ground.now())
    assert client.get("/portal/account").status_code == 302


def set_up(client: FlaskClient, ground: Ground, user_id: object) -> tuple[pyotp.TOTP, list[str]]:
    assert "authenticator" in client.get("/portal/account/second-factor").text
    picture = client.get("/portal/account/second-factor.svg")
    assert picture.mimetype == "image/svg+xml"
    with ground.reading() as session:
        kept = session.get(SecondFactor, user_id)
        assert kept is not None
        secret = ground.keys.decrypt(kept.secret_enc)
        assert secret.encode() not in kept.secret_enc
    maker = pyotp.TOTP(secret)
    assert client.post("/portal/account/second-factor", data={"act": "on", "code": "000000"}).status_code == 422
    answer = client.post("/portal/account/second-factor", data={"act": "on", "code": maker.at(ground.now())})
    assert answer.status_code == 200
    codes = re.findall(r"<li>(\w{5}-\w{5})</li>", answer.text)
    assert len(codes) == passcodes.HOW_MANY
    return maker, codes


def test_the_second_factor_opens_once_a_code(app: Flask, client: FlaskClient, zhang: User, ground: Ground, clock: FixedClock) -> None:
    enter(client)
    maker, codes = set_up(client, ground, zhang.id)
    fresh = app.test_client()
    assert fresh.get("/log-in/code").location == "/log-in"
    assert enter(fresh) == "/log-in/code"
    assert fresh.get("/portal/account").status_code == 302  # the password alone opens nothing
    assert fresh.post("/log-in/code", data={"code": maker.at(ground.now())}).status_code == 422  # this one counted already
    clock.forward(timedelta(seconds=30))
    code = maker.at(ground.now())
    assert fresh.post("/log-in/code", data={"code": f"{code[:3]} {code[3:]}"}).location == "/portal/"
    assert fresh.get("/portal/account").status_code == 200
    third = app.test_client()
    enter(third)
    assert third.post("/log-in/code", data={"code": code}).status_code == 422
    assert third.post("/log-in/code", data={"code": codes[0].upper()}).location == "/portal/"
    fourth = app.test_client()
    enter(fourth)
    assert fourth.post("/log-in/code", data={"code": codes[0]}).status_code == 422
    with ground.reading() as session:
        assert session_store.recovery_left(session, zhang.id) == 9
        hashes = [one.code_hash for one in session.exec(select(RecoveryCode))]
        acts = session.exec(select(AuditEntry.act).where(AuditEntry.act.startswith("second_factor"))).all()
        told = {one.kind for one in news.waiting(session, zhang.id)}
    assert passcodes.hash_of(zhang.id.bytes, codes[1]) in hashes
    assert sorted(acts) == ["second_factor.code_again"] * 2 + ["second_factor.on", "second_factor.recovery"]
    assert told == {"factor_on", "code_again", "recovery", "new_place"}


def test_wrong_codes_wait_and_the_password_is_asked_anew_after_five_minutes(
    app: Flask, client: FlaskClient, zhang: User, ground: Ground, clock: FixedClock
) -> None:
    enter(client)
    maker, _codes = set_up(client, ground, zhang.id)
    fresh = app.test_client()
    enter(fresh)
    statuses = [fresh.post("/log-in/code", data={"code": "123"}).status_code for _ in range(delays.FREE + 1)]
    assert statuses == [422] * delays.FREE + [429]
    clock.forward(timedelta(minutes=4))
    assert fresh.get("/log-in/code").status_code == 200
    clock.forward(timedelta(minutes=1))
    assert fresh.post("/log-in/code", data={"code": maker.at(ground.now())}).location == "/log-in"


def test_a_role_that_must_use_a_code_sets_it_up_before_anything_else(
    sign_in: Callable[..., FlaskClient], sample: Sample, ground: Ground, clock: FixedClock
) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    assert client.get("/portal/users").location == "/portal/account/second-factor"
    assert client.post("/portal/users/new", data={}).location == "/portal/account/second-factor"
    maker, _codes = set_up(client, ground, sample.user(Role.ADMINISTRATOR))
    assert client.get("/portal/users").status_code == 200
    clock.forward(timedelta(minutes=1))
    assert client.post("/portal/account/second-factor", data={"act": "off", "code": "000000"}).status_code == 422
    assert client.post("/portal/account/second-factor", data={"act": "off", "code": maker.at(ground.now())}).status_code == 302
    assert client.get("/portal/users").location == "/portal/account/second-factor"


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (4, 0), (5, 15), (6, 30), (8, 120), (12, 1800), (10_000, 1800)])
def test_waits_grow_and_end(failures: int, seconds: int) -> None:
    assert delays.wait_after(failures) == timedelta(seconds=seconds)
    assert delays.failures_after(failures, timedelta(hours=24)) == 1
