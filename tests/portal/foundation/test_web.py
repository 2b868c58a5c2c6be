"""What a browser is told with every answer, whom we answer at all, and where we lead on."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.foundation.ground import Ground
from portal.foundation.limits import limiter
from portal.foundation.settings import Settings
from portal.people.rules.roles import Role
from portal.shell.app import build_app
from tests.portal.test_access_matrix import mark, rules

pytestmark = pytest.mark.sqlite_only
ELSEWHERE = (
    "https://evil.test/",
    "//evil.test/",
    "/\\evil.test",
    "javascript:alert(1)",
    "\\\\evil.test",
    "/\t/evil.test",
    "/a\r\nSet-Cookie: x=1",
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A bank behind https, known under one name."""
    return settings.model_copy(update={"secure_cookies": True, "trusted_hosts": "bank.test,.intra.bank.test,localhost"})


@pytest.fixture
def strict(ground: Ground) -> FlaskClient:
    """A browser that speaks https to that bank."""
    from wsgi import FEATURES

    app = build_app(ground, FEATURES)
    app.config.update(TESTING=True)
    return app.test_client()


def test_a_browser_is_told_to_stay_with_https_and_keep_the_cookie_to_this_host(strict: FlaskClient) -> None:
    answer = strict.get("/log-in", base_url="https://bank.test")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-soundings=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "Domain=" not in cookie


@pytest.mark.parametrize(
    ("host", "status"), [("bank.test", 200), ("desk.intra.bank.test", 200), ("evil.test", 400), ("bank.test.evil.test", 400)]
)
def test_another_host_name_is_not_answered(strict: FlaskClient, host: str, status: int) -> None:
    answer = strict.get("/log-in", base_url=f"https://{host}")
    assert answer.status_code == status
    assert "evil" not in answer.text
    assert strict.get("/log-in", base_url="https://bank.test", headers={"X-Forwarded-Host": "evil.test"}).status_code == 200


@pytest.mark.parametrize("next_", ELSEWHERE)
def test_nothing_leads_out_of_this_site(client: FlaskClient, sign_in: Callable[..., FlaskClient], next_: str) -> None:
    for path in ("/portal/language", "/portal/unit"):
        answer = sign_in(Role.ANALYST).post(path, data={"next": next_, "language": "en"})
        assert answer.location == "/portal/", path
        assert "Set-Cookie: x" not in str(answer.headers)


UNLIMITED = {
    "/log-out": "leaving costs nothing",
    "/officers/log-out": "leaving costs nothing",
    "/portal/language": "sets a cookie",
}
"""Forms that anybody may send, without a limit."""
WITH_RATES = ("/s/", "/q/", "/complain", "/complaints/", "/verify", "/privacy/request", "/i/", "/r/")
"""Pages of customers: counted by `questionnaires/answering/rates.py`, which is cheaper, inside the view; tests of their rooms hold it."""


def test_every_form_that_anybody_may_send_has_a_rate_limit(app: Flask) -> None:
    limited = set(limiter.limit_manager._decorated_limits)
    bare = []
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        if (
            mark(app, rule)[0] != "public"
            or "POST" not in (rule.methods or ())
            or rule.rule.startswith(WITH_RATES)
            or rule.rule in UNLIMITED
        ):
            continue
        layers = [view]
        while hasattr(layers[-1], "__wrapped__"):
            layers.append(layers[-1].__wrapped__)
        if not {f"{layer.__module__}.{layer.__name__}.{layer.__qualname__}" for layer in layers} & limited:
            bare.append(rule.rule)
    assert bare == []
