"""The server is killed between two pages: what was answered before is there."""

import os
import signal
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from sqlmodel import select

from portal.foundation.ground import open_ground
from portal.foundation.settings import Settings
from portal.migrations import run as migrations
from questionnaires.answering.models import Response
from tests.load.test_phones import links
from tests.processes import answers, free_port, group_members, started, until

pytestmark = pytest.mark.faults


def post(url: str, page: int, **fields: str) -> str:
    """Send one page's form; what comes in its place."""
    with urlopen(Request(url, urlencode({"_page": page, **fields}).encode()), timeout=20) as answer:  # our own server
        return str(answer.read().decode())


def test_the_answers_of_earlier_pages_outlive_the_server(tmp_path: Path) -> None:
    port = free_port()
    ground = open_ground(Settings(data_dir=tmp_path, public_url=f"http://127.0.0.1:{port}"))
    migrations.upgrade(ground.db.engine)
    url = f"http://127.0.0.1:{port}{links(ground, 1)[0][1]}"
    with started(tmp_path, "serve", "--port", str(port), "--without-clock") as process:
        until(lambda: answers(f"http://127.0.0.1:{port}/health"), seconds=60, what="health")
        post(url, 0, nps="3")
        assert "Again?" in post(url, 1, words="before the crash")
        os.killpg(process.pid, signal.SIGKILL)
        until(lambda: group_members(process.pid) == [], what="no process is left")
    with started(tmp_path, "serve", "--port", str(port), "--without-clock"):
        until(lambda: answers(f"http://127.0.0.1:{port}/health"), seconds=60, what="health again")
        with urlopen(url, timeout=20) as page:  # our own server
            assert "Again?" in page.read().decode()
        post(url, 2, again="yes")
    with ground.reading() as session:
        row = session.scalars(select(Response)).one()
    assert row.answers == {"nps": 3, "words": "before the crash", "again": True}
    assert row.submitted_at is not None
    ground.db.close()
