"""Requests made up from the description of the interface: whatever comes, no answer is a 5xx, and none is undescribed."""

import os
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from schemathesis.generation.modes import GenerationMode

from portal.foundation.ground import Ground
from portal.people import api_keys
from portal.people.key_views import known_scopes
from portal.shell.openapi import describe
from tests.bank import Sample
from tests.portal.shell.test_api import SYSTEM

pytestmark = pytest.mark.sqlite_only
CASES = int(os.environ.get("SOUNDINGS_API_CASES", "10000"))
"""How many requests the long profile makes up in all."""


def fuzzed(app: Flask, ground: Ground, each: int) -> tuple[int, list[str]]:
    """Send each operation so many made-up requests, right ones and wrong ones; how many, and what was wrong with the answers."""
    with app.app_context():
        scopes = known_scopes()
        document = describe(app)
    with ground.writing() as session:
        _key, secret = api_keys.make(session, "fuzz", scopes, scopes, None, SYSTEM, ground.now())
    head, found, sent = {"Authorization": f"Bearer {secret}"}, [], 0
    schema = schemathesis.openapi.from_dict(document)
    client = app.test_client()
    for result in schema.get_all_operations():
        sent += _fuzz(client, result.ok(), head, each, found)
    return sent, found


def _fuzz(client: FlaskClient, operation: Any, head: dict[str, str], each: int, found: list[str]) -> int:
    described, sent = set(operation.definition.raw["responses"]) | {"405"}, []

    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))))
    @settings(
        max_examples=each, deadline=None, database=None, derandomize=True, phases=[Phase.generate], verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def send(case: Any) -> None:
        try:
            answer = client.open(**_request(case, head))
        except (UnicodeError, ValueError):
            return  # no server could be sent this
        sent.append(answer.status_code)
        if answer.status_code >= 500 or str(answer.status_code) not in described:
            found.append(
                f"{operation.label}: {answer.status_code} {answer.text[:120]} {case.path_parameters} {case.query} {str(case.body)[:200]}"
            )

    send()
    return len(sent)


def _request(case: Any, head: dict[str, str]) -> dict[str, Any]:
    kept = case.as_transport_kwargs(base_url="http://localhost")
    headers = {name: value for name, value in kept["headers"].items() if name.lower() not in ("authorization", "user-agent")} | head
    made = {"path": kept["url"].removeprefix("http://localhost"), "method": kept["method"], "headers": headers}
    if kept.get("params"):
        made["query_string"] = kept["params"]
    return made | {name: kept[name] for name in ("json", "data") if kept.get(name) is not None}


def test_no_made_up_request_breaks_the_interface(app: Flask, ground: Ground, sample: Sample) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    sample.customer("C-1")
    sent, found = fuzzed(app, ground, 3)
    assert "\n".join(found) == ""
    assert sent > 60


@pytest.mark.deep
def test_ten_thousand_made_up_requests_break_nothing(app: Flask, ground: Ground, sample: Sample) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    sample.customer("C-1")
    operations = sum(len(methods) for methods in describe_in(app)["paths"].values())
    sent, found = fuzzed(app, ground, -(-CASES // operations))
    assert found == []
    assert sent >= CASES


def describe_in(app: Flask) -> dict[str, Any]:
    """The description, outside a request."""
    with app.app_context():
        return describe(app)
