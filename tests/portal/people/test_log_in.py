"""Log-in: right people come in, nobody learns which half was wrong, nobody can shut others out."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from time import process_time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.event import listen
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.foundation.db import Database
from portal.foundation.limits import limiter
from portal.people import passwords, signing_in, store, users
from portal.people.access_models import LogInTry
from portal.people.models import User
from portal.people.rules.roles import Role
from tests.bank import PASSWORD, Sample
from tests.conftest import NOON, FixedClock

pytestmark = pytest.mark.sqlite_only
WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture(autouse=True)
def _fresh_limits(app: Flask) -> Iterator[None]:
    limiter.reset()
    yield
    limiter.reset()


@pytest.fixture
def zhang(sample: Sample, db: Database) -> User:
    with db.writing() as session:
        return users.create(
            session, "Zhang.San", "张三", PASSWORD, [(Role.ADMINISTRATOR, sample.units["HO"])], NOON, sample.units["HO"], "en"
        )


def enter(client: FlaskClient, login: str = "zhang.san", password: str = PASSWORD, address: str = "/log-in"):  # type: ignore[no-untyped-def]
    return client.post(address, data={"login": login, "password": password})


@pytest.mark.usefixtures("zhang")
def test_the_right_password_opens_the_door_in_either_case_of_the_name(client: FlaskClient, db: Database) -> None:
    assert client.get("/log-in").status_code == 200
    answer = enter(client, "ZHANG.SAN ")
    assert (answer.status_code, answer.location) == (302, "/portal/")
    assert client.get("/portal/account").status_code == 200
    assert client.get("/log-in").status_code == 302
    with db.reading() as session:
        user = store.user_by_login(session, "zhang.san")
        assert user is not None
        assert user.last_seen_at == NOON


@pytest.mark.usefixtures("zhang")
@pytest.mark.parametrize(
    ("login", "password"), [("zhang.san", "wrong"), ("nobody", PASSWORD), ("zhang.san", "x" * 5000), ("\x00", "\x00"), ("", "")]
)
def test_nobody_learns_which_half_was_wrong(client: FlaskClient, login: str, password: str) -> None:
    answer = enter(client, login, password)
    assert answer.status_code == 422
    assert client.get("/portal/account").status_code == 302
    assert PASSWORD not in answer.text
    assert "x" * 100 not in answer.text


def test_an_unknown_name_costs_the_same_work_as_a_known_one(
    client: FlaskClient, db: Database, zhang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same hash parameters, the same statements, and the same time of the processor, so that nobody learns who works here."""
    held, statements = [], []  # type: ignore[var-annotated]
    real = passwords._hasher.verify

    def watch(stored: str, password: str) -> bool:
        held.append(stored.split("$")[3])
        return real(stored, password)

    quiet = {"verify": staticmethod(watch), "check_needs_rehash": staticmethod(lambda _stored: False)}
    monkeypatch.setattr(passwords, "_hasher", type("Watched", (), quiet)())
    listen(db.engine, "before_cursor_execute", lambda _c, _k, text, *_rest: statements.append(text))
    enter(client, "warm.up", "wrong")
    spent: dict[str, list[float]] = {"zhang.san": [], "nobody": []}
    asked: dict[str, list[str]] = {}
    for _ in range(3):
        for login, times in spent.items():
            statements.clear()
            before = process_time()
            enter(client, login, "wrong")
            times.append(process_time() - before)
            asked[login] = list(statements)
    assert len(held) == 7
    assert len(set(held)) == 1
    assert asked["zhang.san"] == asked["nobody"]
    assert 0.5 < min(spent["zhang.san"]) / min(spent["nobody"]) < 2


def test_a_name_tried_from_many_addresses_waits_there_and_never_where_its_owner_sits(
    client: FlaskClient, zhang: User, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    monkeypatch.setattr(signing_in, "MOST_AN_HOUR", 3)

    def try_from(address: str, typed: str = "", login: str = "zhang.san") -> int:
        data = {"login": login, "password": typed or "wrong"}
        answer = client.post("/log-in", data=data, environ_overrides={"REMOTE_ADDR": address})
        client.post("/log-out")
        return answer.status_code

    assert try_from("10.0.0.9", PASSWORD) == 302
    for login in ("zhang.san", "nobody"):
        assert [try_from(f"10.1.0.{number}", login=login) for number in range(4)] == [422] * 3 + [429]
    assert try_from("10.1.0.99", PASSWORD) == 429
    assert try_from("10.0.0.9", PASSWORD) == 302
    clock.forward(timedelta(hours=1))
    assert try_from("10.1.0.99", PASSWORD) == 302


def test_coming_in_is_one_transaction(client: FlaskClient, db: Database, zhang: User) -> None:
    begun: list[str] = []
    listen(db.engine, "before_cursor_execute", lambda _c, _k, text, *_rest: begun.append(text) if text.split()[0] in WRITES else None)
    commits: list[int] = []
    listen(db.engine, "commit", lambda _connection: commits.append(len(begun)))
    assert enter(client).status_code == 302
    assert len({count for count in commits if count}) == 1


@pytest.mark.usefixtures("zhang")
@pytest.mark.parametrize(
    ("next_", "location"),
    [
        ("/portal/units?q=a", "/portal/units?q=a"),
        ("https://evil.test/", "/portal/"),
        ("//evil.test/", "/portal/"),
        ("/\\evil.test", "/portal/"),
        ("/%5Cevil.test", "/portal/"),
        ("javascript:alert(1)", "/portal/"),
        ("/log-in", "/portal/"),
        ("/a%0d%0aSet-Cookie:x=1", "/portal/"),
    ],
)
def test_log_in_leads_on_only_within_this_site(client: FlaskClient, next_: str, location: str) -> None:
    assert enter(client, address=f"/log-in?next={next_.replace('?', '%3F')}").location == location


@pytest.mark.usefixtures("zhang")
def test_what_lay_in_the_browser_before_log_in_does_not_live_on(client: FlaskClient) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        cookie["csrf_token"] = "known to somebody else"
    enter(client)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != "known to somebody else"
        assert cookie["_user_id"].split(":")[1] == "0"


def test_log_out_and_ending_sessions_close_the_door(app: Flask, client: FlaskClient, zhang: User) -> None:
    other = app.test_client()
    enter(client)
    enter(other)
    assert client.post("/log-out").location == "/log-in"
    assert client.get("/portal/account").status_code == 302
    enter(client)
    client.post("/portal/account/sessions")
    assert [one.get("/portal/account").status_code for one in (client, other)] == [302, 302]


def test_changing_the_password_keeps_this_session_and_ends_the_others(app: Flask, client: FlaskClient, zhang: User) -> None:
    other = app.test_client()
    enter(client)
    enter(other)
    for old, new, code in (
        (PASSWORD, "short", 422),
        (PASSWORD, "zhang.san 2026", 422),
        (PASSWORD, "1234567890", 422),
        ("wrong", "a new pass phrase", 422),
    ):
        answer = client.post("/portal/account/password", data={"old_password": old, "new_password": new})
        assert answer.status_code == code
        assert "aria-invalid" in answer.text
    client.post("/portal/account/password", data={"old_password": PASSWORD, "new_password": "a new pass phrase"})
    assert [one.get("/portal/account").status_code for one in (client, other)] == [200, 302]
    assert enter(other, password=PASSWORD).status_code == 422
    assert enter(other, password="a new pass phrase").status_code == 302


def test_a_disabled_user_is_out_at_once(client: FlaskClient, db: Database, zhang: User) -> None:
    enter(client)
    with db.writing() as session:
        user = store.user_by_id(session, zhang.id)
        assert user is not None
        user.active = False
    assert client.get("/portal/account").status_code == 302
    assert enter(client).status_code == 422


def test_a_hash_of_older_parameters_is_made_anew(client: FlaskClient, db: Database, zhang: User) -> None:
    from argon2 import PasswordHasher

    with db.writing() as session:
        user = store.user_by_id(session, zhang.id)
        assert user is not None
        user.password_hash = old = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    assert enter(client).status_code == 302
    with db.reading() as session:
        user = store.user_by_id(session, zhang.id)
        assert user is not None
        assert user.password_hash != old
        assert not passwords.outdated(user.password_hash)
    assert enter(client).status_code == 302


@pytest.mark.usefixtures("zhang")
def test_many_wrong_tries_from_one_place_wait_there_and_only_there(client: FlaskClient, db: Database, clock: FixedClock) -> None:
    def try_from(address: str, password: str, login: str = "zhang.san") -> int:
        data = {"login": login, "password": password}
        return client.post("/log-in", data=data, environ_overrides={"REMOTE_ADDR": address}).status_code

    assert [try_from("10.0.0.1", "wrong") for _ in range(6)] == [422] * 5 + [429]
    assert try_from("10.0.0.1", PASSWORD) == 429
    assert try_from("10.0.0.1", PASSWORD, "other") == 422  # another name is not held up
    clock.forward(timedelta(seconds=15))
    assert [try_from("10.0.0.1", "wrong"), try_from("10.0.0.1", PASSWORD)] == [422, 429]
    clock.forward(timedelta(seconds=29))
    assert try_from("10.0.0.1", PASSWORD) == 429  # twice as long as before
    assert try_from("10.0.0.2", PASSWORD) == 302  # whoever tries a name elsewhere does not shut its owner out
    clock.forward(timedelta(seconds=1))
    client.post("/log-out")
    assert try_from("10.0.0.1", PASSWORD) == 302
    client.post("/log-out")
    assert try_from("10.0.0.1", "wrong") == 422  # forgotten with the right password
    with db.reading() as session:
        kept = session.exec(select(LogInTry)).all()
    assert all(b"zhang" not in one.key for one in kept)


@pytest.mark.usefixtures("zhang")
def test_failures_leave_a_trace_without_what_was_typed(
    client: FlaskClient, db: Database, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    enter(client, "zhang.san", "my secret 1")
    enter(client, "my secret 2", "x")
    enter(client)
    with db.reading() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.act.startswith("user.log_in"))).all()
    assert [entry.act for entry in entries] == ["user.log_in_failed", "user.log_in_failed", "user.log_in"]
    printed = "".join(capsys.readouterr()) + caplog.text + str([entry.model_dump() for entry in entries])
    for secret in ("my secret", PASSWORD):
        assert secret not in printed


def test_a_chosen_language_holds_wherever_one_signs_in(client: FlaskClient, zhang: User) -> None:
    enter(client)
    client.post("/portal/account/language", data={"language": "zh-Hans"})
    assert 'lang="zh-Hans"' in client.get("/portal/account").text


EASY = ("aaaaaaaaaaaa", "woaini5201314", "password123456", "1qaz2wsx3edc4rfv", "zhang is my name", "20010101 2001", "soundings2026")


def test_passwords_that_are_easy_to_guess_are_refused() -> None:
    easy = [(one, "password_too_easy") for one in EASY]
    for password, code in (("short", "password_too_short"), ("x" * 129, "password_too_long"), *easy):
        with pytest.raises(Exception, match="invalid_input") as refused:
            passwords.check_new(password, "zhang")
        assert refused.value.fields == {"new_password": code}  # type: ignore[attr-defined]
    passwords.check_new(passwords.random_password(), "zhang")


def test_a_new_password_is_weighed_while_it_is_typed(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in(Role.ANALYST)

    def said(word: str) -> str:
        return client.post("/portal/account/password/strength", data={"new_password": word}, headers={"Accept-Language": "en"}).text

    assert said("").strip() == ""
    assert "9 characters are missing" in said("abc")
    assert "Easy to guess" in said("password123456")
    assert "Hard to guess" in said("tin-harbour-violet-49")


def test_sign_in_of_the_suite_is_a_real_session(sign_in: Callable[..., FlaskClient]) -> None:
    assert sign_in(Role.ANALYST).get("/portal/account").status_code == 200
