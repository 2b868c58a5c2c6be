"""Every route says who may use it, and does what it says; a new route without a mark makes this fail."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule

from portal.people.access import MARK, REGISTER
from portal.people.rules.roles import Role
from tests.bank import Sample

pytestmark = pytest.mark.sqlite_only
KINDS = ("public", "signed_in", "allow", "api", "officer")
STAFF = [role for role in Role if role is not Role.API_CLIENT]


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def mark(app: Flask, rule: Rule) -> tuple[str, str]:
    return getattr(app.view_functions[rule.endpoint], MARK, ("", ""))


def plain_pages(app: Flask) -> list[Rule]:
    """Pages that can be asked for without knowing an id."""
    return [rule for rule in rules(app) if "GET" in (rule.methods or ()) and not rule.arguments and mark(app, rule)[0] != "api"]


def test_every_route_carries_one_mark_and_every_permission_is_declared(app: Flask) -> None:
    bare = [rule.endpoint for rule in rules(app) if mark(app, rule)[0] not in KINDS]
    assert bare == []
    register = app.extensions[REGISTER]
    unknown = [rule.endpoint for rule in rules(app) if mark(app, rule)[0] == "allow" and mark(app, rule)[1] not in register.permissions]
    assert unknown == []
    assert [rule.endpoint for rule in rules(app) if mark(app, rule)[0] == "api" and not rule.rule.startswith("/api/v1/")] == []


@pytest.mark.usefixtures("sample")
def test_somebody_who_is_not_signed_in_sees_only_what_is_public(app: Flask, client: FlaskClient) -> None:
    for rule in plain_pages(app):
        answer = client.get(rule.rule)
        if mark(app, rule)[0] == "public":
            assert answer.status_code in (200, 302), rule.rule
        else:
            assert answer.status_code == 302, rule.rule
            door = "/officers/log-in?next=" if mark(app, rule)[0] == "officer" else "/log-in?next="
            assert answer.location.startswith(door), rule.rule


@pytest.mark.parametrize("role", STAFF)
def test_each_role_reaches_what_its_permissions_say(app: Flask, sample: Sample, sign_in: Callable[..., FlaskClient], role: Role) -> None:
    client = sign_in(role)
    register = app.extensions[REGISTER]
    for rule in plain_pages(app):
        kind, permission = mark(app, rule)
        allowed = kind != "allow" or register.permissions[permission].held_by(role)
        answer = client.get(rule.rule)
        assert (answer.status_code in (200, 302)) if allowed else (answer.status_code == 403), (rule.rule, answer.status_code)


def filled(rule: Rule) -> str:
    """The address with made-up values: an id that nobody has."""
    _, address = rule.build({name: _value(rule, name) for name in rule.arguments}) or ("", "")
    return str(address)


def _value(rule: Rule, name: str) -> object:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return {"UUIDConverter": "00000000-0000-7000-8000-000000000000", "IntegerConverter": 1}.get(type(converter).__name__, "nothing")


@pytest.mark.usefixtures("sample")
def test_somebody_who_is_not_signed_in_changes_nothing(app: Flask, client: FlaskClient) -> None:
    for rule in rules(app):
        kind, _ = mark(app, rule)
        for method in {"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set()):
            answer = client.open(filled(rule), method=method)
            if kind != "public":
                assert answer.status_code == 401, (method, rule.rule, answer.status_code)
            if kind == "api":
                assert answer.content_type == "application/problem+json", rule.rule


def names_something(rule: Rule) -> bool:
    """Whether an address names a thing that may not be there, not just one of a few kinds."""
    return any(not isinstance(rule._converters[name], AnyConverter) for name in rule.arguments)


@pytest.mark.usefixtures("sample")
def test_an_id_that_nobody_has_is_not_found_and_never_an_error(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    for rule in rules(app):
        if "GET" in (rule.methods or ()) and names_something(rule) and mark(app, rule)[0] != "api":
            assert client.get(filled(rule)).status_code in (302, 403, 404, 410), rule.rule


PREVIEW = "/portal/questionnaires/<uuid:questionnaire_id>/preview"
TEMPLATE_PREVIEW = "/portal/questionnaires/templates/<code>/preview"
BANK_PREVIEW = "/portal/bank/<uuid:question_id>/preview"
VERIFY = "/verify"
"""Anybody's question about a message: it changes nothing, has no session and is limited by address."""
READERS_MAY = {
    "/portal/test-links/<uuid:version_id>": "whoever reads a questionnaire may try it; what a test link brings counts nowhere",
    PREVIEW: "answers of a preview live in that one request; nothing is written",
    TEMPLATE_PREVIEW: "the same, of a template",
    BANK_PREVIEW: "the same, of a question that is being written",
}


def test_a_form_without_its_token_is_refused(app: Flask, sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = sign_in(Role.ADMINISTRATOR)
    for rule in rules(app):
        if (
            "POST" in (rule.methods or ())
            and mark(app, rule)[0] != "api"
            and not rule.rule.startswith(("/s/", "/q/", "/complain", "/r/"))
            and rule.rule not in (PREVIEW, TEMPLATE_PREVIEW, BANK_PREVIEW, VERIFY)
        ):
            answer = client.post(filled(rule))
            assert answer.status_code == 400, (rule.rule, answer.status_code)
            assert "Location" not in answer.headers, rule.rule


def test_what_changes_things_asks_for_more_than_the_right_to_read(app: Flask) -> None:
    for rule in rules(app):
        kind, permission = mark(app, rule)
        if kind == "allow" and "POST" in (rule.methods or ()) and rule.rule not in READERS_MAY:
            assert not permission.endswith(".read"), f"{rule.rule}: an auditor could change something with {permission}"
