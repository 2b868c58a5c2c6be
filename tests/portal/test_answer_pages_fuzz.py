"""Mutated requests to the answer pages: no answer is a 5xx, and what a customer sent before is never lost."""

import os
import random
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.foundation.ground import Ground
from questionnaires.answering.models import Response
from tests.portal.mutations import STRANGE, bent
from tests.questionnaires.answering.conftest import FIVE, Asked, Asking, asked

__all__ = ["asked"]
pytestmark = pytest.mark.sqlite_only
CASES = int(os.environ.get("SOUNDINGS_ANSWER_CASES", "10000"))
GOOD = {"_page": "0", "nps": "9", "ease": "6", "back": "yes", "words": "很好"}
METHODS = ("POST", "POST", "POST", "POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")
TYPES = ("application/x-www-form-urlencoded",) * 5 + (
    "multipart/form-data; boundary=x",
    "application/json",
    "text/plain",
    "",
    "x/y; charset=\x7f",
)


def attack(client: FlaskClient, link: Asking, luck: random.Random) -> int:
    """One request that nobody's browser sends."""
    fields = {**GOOD}
    for _ in range(luck.randint(1, 4)):
        name = luck.choice([*fields, "_page", "_key", "_t", "why", "why__other", "lang", "x" * 50])
        if luck.random() < 0.2:
            fields.pop(name, None)
        else:
            fields[name] = str(luck.choice(STRANGE))[:6000]
    body = urlencode(fields, errors="surrogatepass").encode()
    body = bent(body, luck) if luck.random() < 0.3 else body
    path = link.path + luck.choice(
        ("", "", "", "/opened", "/data", "/x", "?lang=en", "?lang=%FF", "?embed=1", "?page=99999999999999999999", "%2e%2e")
    )
    headers = {"Origin": luck.choice(("null", "http://localhost", "https://evil.test", "\x7f"))} if luck.random() < 0.2 else {}
    answer = client.open(path, method=luck.choice(METHODS), data=body, content_type=luck.choice(TYPES), headers=headers)
    return answer.status_code


def through(client: FlaskClient, asked: Asked, ground: Ground, cases: int) -> list[int]:
    """So many attacks, fifty on each link, and after each fifty a right answer that must be kept."""
    luck, version_id, statuses = random.Random(7), asked.version(FIVE), []  # type: ignore[var-annotated]
    for start in range(0, cases, 50):
        link = asked.link(version_id=version_id)
        statuses += [attack(client, link, luck) for _ in range(min(50, cases - start))]
        client.post(link.path, data=GOOD)
        with ground.reading() as session:
            row = session.scalars(select(Response).where(Response.invitation_id == link.id)).one_or_none()
        assert row is not None, "an answer was lost"
        assert row.submitted_at is not None, "an answer was not submitted"
        assert "nps" in row.answers
    return statuses


def test_no_mutated_request_breaks_an_answer_page_or_loses_an_answer(client: FlaskClient, asked: Asked, ground: Ground) -> None:
    statuses = through(client, asked, ground, 200)
    assert max(statuses) < 500


@pytest.mark.deep
def test_ten_thousand_mutated_requests_break_nothing_and_lose_nothing(client: FlaskClient, asked: Asked, ground: Ground) -> None:
    statuses = through(client, asked, ground, CASES)
    assert len(statuses) == CASES
    assert max(statuses) < 500
