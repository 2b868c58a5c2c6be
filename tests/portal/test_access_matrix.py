"""Every route says who may use it, and does what it says; a new route without a mark makes this fail."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from portal.foundation.errors import SoundingsError
from portal.foundation.ids import new_id
from portal.people.access import MARK, REGISTER, WHOLE, Me
from portal.people.rules.roles import Grant, Role
from scheduler.cases.models import Case
from tests.bank import Sample
from tests.conftest import NOON
from tests.portal.access_rows import KINDS as ROW_KINDS
from tests.portal.access_rows import ROWS, row_of

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
            assert_guarded(answer, rule.rule)
        else:
            assert answer.status_code == 302, rule.rule
            door = "/officers/log-in?next=" if mark(app, rule)[0] == "officer" else "/log-in?next="
            assert answer.location.startswith(door), rule.rule


@contextmanager
def guards_only(app: Flask) -> Iterator[None]:
    """The real guards of all views, each around nothing: what is left of a request is the question whether it may be made."""
    cells = []
    for outermost in app.view_functions.values():
        layer: Any = outermost
        while layer is not None:
            names = getattr(getattr(layer, "__code__", None), "co_freevars", ())
            if "view" in names and {"check", "api_scope"} & set(names):
                cells.append(layer.__closure__[names.index("view")])
            layer = getattr(layer, "__wrapped__", None)
    kept = [(cell, cell.cell_contents) for cell in cells]
    for cell, _view in kept:
        cell.cell_contents = lambda *_args, **_values: "through"
    try:
        yield
    finally:
        for cell, view in kept:
            cell.cell_contents = view


def through(app: Flask, rule: Rule, method: str, person: Me | None) -> str:
    """What a guard says to a person: through, away (to the log-in), 401 or 403."""
    with app.test_request_context(filled(rule), method=method):
        if person is not None:
            g._login_user = person
        try:
            answer = app.view_functions[rule.endpoint](**{name: _value(rule, name) for name in rule.arguments})
        except SoundingsError as error:
            return str(error.status)
    return "through" if answer == "through" else "away"


def test_every_route_by_every_method_lets_in_the_roles_of_its_permission_and_nobody_else(app: Flask, sample: Sample) -> None:
    """Every route × every method × every role, of head office and of a branch, and somebody who is not signed in."""
    register, head, branch = app.extensions[REGISTER], sample.units["HO"], sample.units["B1"]
    held = [(role, Grant(role, unit)) for role in STAFF for unit in (head, branch)]
    people = [(role, Me(new_id(), "x", "x", None, grant.unit_id, (grant,), head, 0)) for role, grant in held]
    asked = 0
    with guards_only(app):
        for rule in rules(app):
            kind, permission = mark(app, rule)
            if kind not in ("allow", "signed_in", "api"):
                continue
            whole = getattr(app.view_functions[rule.endpoint], WHOLE, False)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                stranger = through(app, rule, method, None)
                assert stranger == ("401" if kind == "api" or method != "GET" else "away"), (method, rule.rule)
                for role, person in people:
                    allowed = kind == "signed_in" or (kind == "allow" and register.permissions[permission].held_by(role))
                    allowed &= person.unit_id == head or not whole
                    expected = "401" if kind == "api" else "through" if allowed else "403"
                    assert through(app, rule, method, person) == expected, (method, rule.rule, role)
                    asked += 1
    assert asked > 5_000


def test_each_page_opens_for_roles_that_may_read_it(app: Flask, sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    """Each page is made for two of its roles, taken in turn; in the long profile for all of them."""
    register, clients = app.extensions[REGISTER], {role: sign_in(role) for role in STAFF}
    for n, rule in enumerate(plain_pages(app)):
        kind, permission = mark(app, rule)
        allowed = [role for role in STAFF if kind != "allow" or register.permissions[permission].held_by(role)]
        chosen = allowed if os.environ.get("SOUNDINGS_DEEP") else {allowed[n % len(allowed)], allowed[(n + 1) % len(allowed)]}
        for role in chosen:
            answer = clients[role].get(rule.rule)
            assert answer.status_code in (200, 302), (rule.rule, role)
            assert_guarded(answer, rule.rule)


def assert_guarded(answer: TestResponse, address: str) -> None:
    """Every answer tells the browser what it may run, and not to guess what it is."""
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    scripts = policy.get("script-src", policy["default-src"])
    assert "unsafe-inline" not in scripts, address
    assert "unsafe-eval" not in scripts, address
    assert "*" not in scripts.split(), address
    assert answer.headers["X-Content-Type-Options"] == "nosniff", address
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer"), address
    if answer.mimetype == "text/html" and answer.status_code == 200:
        assert "no-store" in answer.headers["Cache-Control"], address
        assert "frame-ancestors" in policy or "sandbox" in policy, address


def test_every_address_that_names_a_thing_has_a_row() -> None:
    for beginning, (kind, about) in ROWS.items():
        assert kind in ROW_KINDS, beginning
        assert kind != "held" or (Path(__file__).parents[2] / about).exists(), f"{beginning}: {about} is not there"


def test_no_address_is_without_a_row(app: Flask) -> None:
    bare = [rule.rule for rule in rules(app) if names_something(rule) and row_of(rule.rule) is None]
    assert bare == [], "say in tests/portal/access_rows.py what keeps these from those who may not know of them"


def things(sample: Sample, unit: str) -> dict[str, str]:
    """One thing of each kind that belongs to a unit, by what its address names."""
    key = sample.units[unit]
    case = Case(
        number=f"C-{unit}",
        kind="low_score",
        unit_id=key,
        opened_at=NOON,
        accept_due_at=NOON,
        contact_due_at=NOON,
        resolve_due_at=NOON,
        clock_from=NOON,
    )
    with sample.ground.writing() as session:
        session.add(case)
    return {
        "unit": str(key),
        "user": str(sample.user(Role.CASE_HANDLER, unit)),
        "customer": str(sample.customer(f"ref-{unit}", unit=unit).id),
        "case": f"C-{unit}",
    }


def plainly(answer: TestResponse) -> tuple[int, str]:
    """An answer without what differs each time."""
    return answer.status_code, re.sub(r'(nonce|content|value)="[^"]*"|/portal/[^"\s<]*', "", answer.text)


def test_things_of_another_unit_are_not_found_and_look_like_things_that_never_were(
    app: Flask, sample: Sample, sign_in: Callable[..., FlaskClient]
) -> None:
    """By every method and role of a branch; pages of one's own unit open."""
    register, own, foreign = app.extensions[REGISTER], things(sample, "O1"), things(sample, "O3")
    clients = {role: sign_in(role, "B1") for role in STAFF}
    opened = set()
    for rule in rules(app):
        row = row_of(rule.rule) if names_something(rule) else None
        if row is None or row[0] != "unit":
            continue
        name = next(iter(name for name in rule.arguments if name in (f"{row[1]}_id", "number")))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            for role in [role for role in STAFF if register.permissions[mark(app, rule)[1]].held_by(role)]:
                there, nowhere = address(rule, name, foreign[row[1]]), address(rule, name, filled_value(rule, name))
                answer = clients[role].open(there, method=method)
                assert answer.status_code in (403, 404), (method, rule.rule, role, answer.status_code)
                assert plainly(answer) == plainly(clients[role].open(nowhere, method=method)), (method, rule.rule, role)
                if method == "GET" and row[1] not in opened and clients[role].get(address(rule, name, own[row[1]])).status_code == 200:
                    opened.add(row[1])
    assert opened == {"unit", "user", "customer", "case"}


def address(rule: Rule, name: str, value: object) -> str:
    """The address of a thing."""
    values = {one: _value(rule, one) for one in rule.arguments} | {name: UUID(str(value)) if name.endswith("_id") else value}
    _, found = rule.build(values) or ("", "")
    return str(found)


def filled_value(rule: Rule, name: str) -> object:
    """A value that nothing has."""
    return _value(rule, name)


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
FILE_PREVIEW = "/portal/questionnaires/from-file/<uuid:file_id>/preview"
TEMPLATE_PREVIEW = "/portal/questionnaires/templates/<code>/preview"
BANK_PREVIEW = "/portal/bank/<uuid:question_id>/preview"
VERIFY = "/verify"
"""Anybody's question about a message: it changes nothing, has no session and is limited by address."""
READERS_MAY = {
    "/portal/customers/find": "a search whose words must not stand in an address; it only leads to the list",
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
            and not rule.rule.startswith(("/s/", "/q/", "/complain", "/r/", "/privacy/", "/i/"))
            and rule.rule not in (PREVIEW, FILE_PREVIEW, TEMPLATE_PREVIEW, BANK_PREVIEW, VERIFY)
        ):
            answer = client.post(filled(rule))
            assert answer.status_code == 400, (rule.rule, answer.status_code)
            assert "Location" not in answer.headers, rule.rule


def test_what_changes_things_asks_for_more_than_the_right_to_read(app: Flask) -> None:
    for rule in rules(app):
        kind, permission = mark(app, rule)
        if kind == "allow" and "POST" in (rule.methods or ()) and rule.rule not in READERS_MAY:
            assert not permission.endswith(".read"), f"{rule.rule}: an auditor could change something with {permission}"
