"""A process that takes a hundred thousand answers does not grow."""

import gc
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from questionnaires.answering.invitations import InvitationSpec, make_rows
from questionnaires.answering.models import Invitation
from tests.questionnaires.answering.conftest import FIVE, Asked

pytestmark = [pytest.mark.sqlite_only, pytest.mark.deep, pytest.mark.timeout(3600)]
ANSWERS, WARM, BATCH = 100_000, 10_000, 5_000
GROWTH = 8 * 1024 * 1024
BODY = urlencode({"_page": "0", "nps": "9", "ease": "7", "back": "yes", "words": "快一点"}).encode()


def resident() -> int:
    """The memory of this process that is in use, in bytes."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def sender(app: Flask) -> Callable[[str], str]:
    """Sends the form to a path, past all that a test client keeps; the status."""
    said: list[str] = []

    def send(path: str) -> str:
        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "bank.test", "SERVER_PORT": "80",
            "HTTP_HOST": "bank.test", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(BODY), "CONTENT_LENGTH": str(len(BODY)),
            "CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_ACCEPT_ENCODING": "br", "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        said.clear()
        body = app.wsgi_app(environ, lambda status, _headers, _error=None: said.append(status))
        for _ in body:
            pass
        if hasattr(body, "close"):
            body.close()
        return said[0]

    return send


def test_memory_stays_flat_over_a_hundred_thousand_answers(app: Flask, asked: Asked, ground: Ground) -> None:
    version, send = asked.version(FIVE), sender(app)
    before = 0
    for done in range(0, ANSWERS, BATCH):
        specs = [InvitationSpec(version, channel="sms") for _ in range(BATCH)]
        with ground.writing() as session:
            insert_rows(session, Invitation, make_rows(specs, ground.keys, ground.now()))
        assert {send(f"/s/{ground.keys.link_token(spec.id)[0]}") for spec in specs} == {"200 OK"}
        del specs
        if done + BATCH == WARM:
            before = resident()
    assert resident() - before < GROWTH
