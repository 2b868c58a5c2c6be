"""Single sign-on against a real service: who comes in, with which roles, and every way in which its word can't be trusted."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlmodel import select

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.foundation.settings import Settings
from portal.people import provisioning, sso, store, users
from portal.people.models import User, UserRole
from portal.people.rules.roles import Role
from tests.bank import Sample
from tests.conftest import NOON
from tests.sign_on import CLIENT, SECRET, Service, serving

pytestmark = pytest.mark.sqlite_only


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """One service for all tests of this file."""
    with serving() as made:
        yield made


@pytest.fixture
def settings(settings: Settings, service: Service) -> Settings:
    """A bank that signs on there."""
    service.lie, service.claims = (
        "none",
        {"sub": "s-1", "preferred_username": "li.na", "name": "李娜", "groups": ["branch-1-cases", "chess"]},
    )
    return settings.model_copy(
        update={"sso_issuer": service.address, "sso_client_id": CLIENT, "sso_client_secret": SecretStr(SECRET), "password_log_in": False}
    )


@pytest.fixture
def bank(sample: Sample, ground: Ground) -> Sample:
    """A group that means something."""
    with ground.writing() as session:
        actor = Actor("user", str(sample.user(Role.ADMINISTRATOR)))
        provisioning.add_rule(session, "branch-1-cases", Role.CASE_HANDLER, sample.units["B1"], actor, NOON)
    return sample


def sign_on(client: FlaskClient, page: str = "/log-in/sso?next=/portal/account") -> tuple[int, str]:
    """Go there and come back, as a browser does."""
    there = client.get(page).location
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=5).headers["Location"])
    answer = client.get(f"{back.path}?{back.query}")
    return answer.status_code, answer.location or ""


def held(ground: Ground, login: str) -> set[tuple[str, str]]:
    with ground.reading() as session:
        rows = session.exec(select(UserRole).join(User).where(User.login == login)).all()
        return {(row.role, row.source) for row in rows}


@pytest.mark.usefixtures("bank")
def test_somebody_with_a_group_that_means_something_comes_in_and_keeps_in_step(
    client: FlaskClient, ground: Ground, service: Service
) -> None:
    page = client.get("/log-in").text
    assert "/log-in/sso" in page
    assert 'name="password"' not in page
    assert client.post("/log-in", data={"login": "li.na", "password": "x"}).status_code == 404
    assert sign_on(client) == (302, "/portal/account")
    assert "李娜" in client.get("/portal/account").text
    assert held(ground, "li.na") == {("case_handler", "groups")}
    service.new_key()
    assert sign_on(client) == (302, "/portal/account")  # the keys were fetched anew
    with ground.writing() as session:
        user = store.user_by_login(session, "li.na")
        assert user is not None
        session.add(UserRole(user_id=user.id, role="analyst", unit_id=user.unit_id))
    service.claims["groups"] = []
    assert sign_on(client)[0] == 302
    assert held(ground, "li.na") == {("analyst", "hand")}  # what was given by hand stays
    with ground.writing() as session:
        provisioning.deactivate(session, "li.na", Actor.system("test"), NOON)
    assert client.get("/portal/account").status_code == 302
    assert sign_on(client)[0] == 403


@pytest.mark.usefixtures("bank")
def test_whose_groups_mean_nothing_does_not_come_in_and_leaves_no_user(client: FlaskClient, ground: Ground, service: Service) -> None:
    service.claims["groups"] = ["chess"]
    assert sign_on(client)[0] == 403
    with ground.reading() as session:
        assert store.user_by_login(session, "li.na") is None


def test_a_name_that_went_on_to_somebody_else_opens_nothing(client: FlaskClient, bank: Sample, ground: Ground, service: Service) -> None:
    with ground.writing() as session:
        users.create(session, "li.na", "李娜", "", [(Role.ANALYST, bank.units["HO"])], NOON, bank.units["HO"], password_hash="!")
    assert sign_on(client)[0] == 302
    service.claims["sub"] = "s-2"
    client.post("/log-out")
    assert sign_on(client)[0] == 403


def test_an_administrators_name_alone_opens_nothing(client: FlaskClient, bank: Sample, ground: Ground, service: Service) -> None:
    with ground.writing() as session:
        users.create(session, "li.na", "李娜", "", [(Role.ADMINISTRATOR, bank.units["HO"])], NOON, bank.units["HO"], password_hash="!")
    assert sign_on(client)[0] == 403


@pytest.mark.usefixtures("bank")
@pytest.mark.parametrize("lie", ["nonce", "audience", "issuer", "expired", "unsigned", "our_secret", "stranger", "no_token"])
def test_a_word_that_cannot_be_trusted_opens_nothing(client: FlaskClient, ground: Ground, service: Service, lie: str) -> None:
    service.lie = lie
    assert sign_on(client)[0] == 502
    assert client.get("/portal/account").status_code == 302
    assert held(ground, "li.na") == set()


@pytest.mark.usefixtures("bank")
def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing(client: FlaskClient) -> None:
    assert client.get("/log-in/sso/back?code=x&state=y").location == "/log-in"
    client.get("/log-in/sso")
    assert client.get("/log-in/sso/back?code=x&state=guessed").location == "/log-in"
    there = client.get("/log-in/sso?next=https://evil.test/").location
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=5).headers["Location"])
    assert client.get(f"{back.path}?{back.query}").location == "/portal/"
    assert client.get(f"{back.path}?{back.query}").location == "/log-in"  # a code counts once


def test_a_service_that_does_not_answer_is_said_so(client: FlaskClient, settings: Settings) -> None:
    wrong = settings.model_copy(update={"sso_issuer": "http://127.0.0.1:9"})
    with pytest.raises(sso.SignOnFailed):
        sso.begin(wrong, "http://bank.test/back")
