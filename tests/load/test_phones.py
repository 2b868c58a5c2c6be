"""Two hundred phones at once, a tenth of them losing the connection in the middle: no answer is lost, doubled or mixed up."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlmodel import select

from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground, open_ground
from portal.foundation.settings import Settings
from portal.migrations import run as migrations
from questionnaires.answering.invitations import InvitationSpec, make_rows
from questionnaires.answering.models import Invitation, Response, Score
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from questionnaires.logic.definition import Definition, content_hash
from tests.processes import answers, free_port, started, until

pytestmark = [pytest.mark.deep, pytest.mark.faults]
PHONES, SECONDS, DROPPED = 200, 120, 0.1
THREE = {
    "title": {"en": "Three pages"},
    "languages": ["en"],
    "pages": [
        {"id": "a", "questions": [{"code": "nps", "type": "nps", "text": {"en": "Score?"}, "required": True, "indicator": "nps"}]},
        {"id": "b", "questions": [{"code": "words", "type": "long_text", "text": {"en": "Why?"}, "required": True}]},
        {"id": "c", "questions": [{"code": "again", "type": "yes_no", "text": {"en": "Again?"}, "required": True}]},
    ],
}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Ground, int]]:
    """The product at work on an empty database: its ground and its port."""
    port = free_port()
    ground = open_ground(Settings(data_dir=tmp_path, public_url=f"http://127.0.0.1:{port}"))
    migrations.upgrade(ground.db.engine)
    with started(tmp_path, "serve", "--port", str(port)):
        until(lambda: answers(f"http://127.0.0.1:{port}/health"), seconds=60, what="health")
        yield ground, port
    ground.db.close()


def links(ground: Ground, count: int) -> list[tuple[Any, str]]:
    """Fresh links to one version: invitation and path."""
    definition, now = Definition.from_json(THREE), ground.now()
    with ground.writing() as session:
        row = Questionnaire(code="load", title_zh="", title_en="Load", draft=THREE, created_at=now, updated_at=now)
        session.add(row)
        session.flush()
        version = QuestionnaireVersion(
            questionnaire_id=row.id, number=1, definition=definition.to_json(), content_hash=content_hash(definition), published_at=now
        )
        session.add(version)
        session.flush()
        specs = [InvitationSpec(version.id, channel="sms") for _ in range(count)]
        insert_rows(session, Invitation, make_rows(specs, ground.keys, now))
    return [(spec.id, f"/s/{ground.keys.link_token(spec.id)[0]}") for spec in specs]


class Phone:
    """One customer: three pages, words of their own, and a signal that comes and goes."""

    def __init__(self, number: int, port: int, path: str, ends: float) -> None:
        self.number, self.port, self.path, self.ends = number, port, path, ends
        self.chance = random.Random(number)  # repeatable on purpose
        own = "".join(self.chance.choices("abcdefghij", k=16))  # long numbers would be sealed apart, as people's numbers are
        self.said = {"nps": number % 11, "words": f"phone {number} says {own}", "again": bool(number % 2)}
        self.dropped = 0

    def answer(self) -> None:
        """All pages, each sent again until the server answers."""
        forms = [{"nps": self.said["nps"]}, {"words": self.said["words"]}, {"again": "yes" if self.said["again"] else "no"}]
        for page, form in enumerate(forms):
            body = urlencode({"_page": page, **form, "_do": "next"}).encode()
            while not self._sent(body):
                assert time.monotonic() < self.ends, "not answered in time"
                threading.Event().wait(0.05)

    def _sent(self, body: bytes) -> bool:
        """Whether the form arrived for certain; a dropped connection says nothing."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
                if self.chance.random() < DROPPED:
                    self.dropped += 1
                    connection.sendall((head + body)[: self.chance.randrange(1, len(head) + len(body) + 1)])
                    return False
                connection.sendall(head + body)
                status = connection.makefile("rb").readline().split()
        except OSError:
            return False
        return len(status) > 1 and status[1] == b"200"


def test_two_hundred_phones_find_their_own_answers(served: tuple[Ground, int]) -> None:
    ground, port = served
    made = links(ground, PHONES)
    ends = time.monotonic() + SECONDS
    phones = [Phone(number, port, path, ends) for number, (_, path) in enumerate(made)]
    with ThreadPoolExecutor(PHONES) as threads:
        list(threads.map(Phone.answer, phones))
    with ground.reading() as session:
        kept = list(session.scalars(select(Response)))
        scores = {row.response_id: row.value for row in session.scalars(select(Score))}
    by_link = {row.invitation_id: row for row in kept}
    assert (len(kept), len(by_link)) == (PHONES, PHONES)
    assert sum(phone.dropped for phone in phones) > 0
    for phone, (invitation_id, _) in zip(phones, made, strict=True):
        row = by_link[invitation_id]
        assert row.answers == phone.said
        assert row.submitted_at is not None
        assert scores[row.id] == phone.said["nps"]
