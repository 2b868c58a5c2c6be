"""A gateway and a mail server that really listen, and fail when told to; messages to send."""

import json
import socket
import threading
from asyncio import WriteTransport
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.foundation.db import insert_rows
from portal.foundation.ids import new_id
from portal.people.models import Customer
from questionnaires.answering.invitations import InvitationSpec, make_rows
from questionnaires.answering.models import Invitation
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from scheduler.delivery import outbox
from scheduler.delivery.models import Message
from scheduler.delivery.outbox import MessageSpec
from tests.bank import Sample
from tests.conftest import NOON


@dataclass
class Gateway:
    """An SMS gateway: drops copies by their key, answers what it is told to, and keeps what it got."""

    port: int = 0
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    accepted: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[int | str] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self.port}/messages"


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers["Idempotency-Key"]
            gateway.requests.append((key, body))
            answer = gateway.answers.pop(0) if gateway.answers else 202
            if answer == "lost":  # taken, and the line breaks
                gateway.accepted.setdefault(key, body)
                self.close_connection = True
                return
            if answer == "stuck":  # taken, and no answer until told so
                gateway.accepted.setdefault(key, body)
                gateway.arrived.set()
                gateway.go_on.wait(60)
                return
            if isinstance(answer, int) and answer < 300:
                gateway.accepted.setdefault(key, body)
            self.send_response(int(answer))
            text = json.dumps({"ref": f"G-{key}"}).encode()
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A running gateway."""
    made = Gateway()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


def closed_port() -> int:
    """A port on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Mailbox:
    """A mail server: keeps what it got, answers what it is told to."""

    mails: list[Mail] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802  # aiosmtpd asks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd asks for this name
        answer = self.answers.pop(0) if self.answers else "250 OK"
        assert isinstance(envelope.content, bytes)
        if answer.startswith("250") or answer == "lost":
            self.mails.append(message_from_bytes(envelope.content))
        if answer == "lost":
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()
        return answer


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A running mail server."""
    box = Mailbox()
    box.port = closed_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


MakeMessage = Callable[..., Message]


@pytest.fixture
def make_message(sample: Sample) -> MakeMessage:
    """Makes a message with its invitation, due now."""
    version_id = new_id()
    with sample.ground.writing() as session:
        asked = Questionnaire(code="q", title_zh="问卷", title_en="Q", draft={}, created_at=NOON, updated_at=NOON)
        session.add(asked)
        session.flush()
        session.add(
            QuestionnaireVersion(
                id=version_id, questionnaire_id=asked.id, number=1, definition={}, content_hash="0" * 64, published_at=NOON
            )
        )

    def make(channel: str = "file", customer: Customer | None = None, **spec: Any) -> Message:
        keys = sample.ground.keys
        person = customer or sample.customer(
            f"C-{new_id()}",
            name_enc=keys.encrypt("欧阳小明"),
            phone_enc=keys.encrypt("+8613800138000"),
            email_enc=keys.encrypt("ming@example.test"),
        )
        invitation = InvitationSpec(version_id, customer_id=person.id, touchpoint="LOAN", unit_id=sample.units["O1"], channel=channel)
        facts = {"name_zh": "贷款审批", "name_en": "loan approval", "occurred_at": NOON.isoformat()}
        values = {"template": "invite", "language": "zh-Hans", "due_at": NOON, "facts": facts, "invitation_id": invitation.id, **spec}
        rows = outbox.make_rows([MessageSpec(channel=channel, customer_id=person.id, shard=person.shard, **values)], NOON)
        with sample.ground.writing() as session:
            insert_rows(session, Invitation, make_rows([invitation], keys, NOON))
            insert_rows(session, Message, rows)
        return Message(**rows[0])

    return make
