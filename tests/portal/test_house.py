"""The house stands: the app starts, health answers, the front door leads to the log-in."""

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.sqlite_only


def test_health_answers(client: FlaskClient) -> None:
    assert client.get("/health").json == {"status": "ok"}


def test_a_nul_in_an_address_is_refused_not_an_error(client: FlaskClient) -> None:
    assert client.get("/health?x=%00").status_code == 400
    assert client.get("/api/v1/events/%00").status_code == 400
