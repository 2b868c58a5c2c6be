"""The house stands: the app starts, health answers, the front door leads to the log-in."""

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.sqlite_only


def test_health_answers(client: FlaskClient) -> None:
    assert client.get("/health").json == {"status": "ok"}
