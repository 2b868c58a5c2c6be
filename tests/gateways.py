"""Providers that really listen and fail on purpose: an HTTP gateway and a mail server, in this process or in one of their own.

`python -m tests.gateways --port 9100 --journal accepted.ndjson` runs the HTTP gateway by itself; `--smtp-port` adds the mail
server. What they took is appended to the journal, one JSON object a line, so that it outlives a killed process:
`{"key", "at", "kind": "http" | "mail", "copy": whether it was there already}`. `POST /-/script` with a JSON list sets the next answers.
"""

import argparse
import json
import random
import signal
import socket
import ssl
import threading
import time
from asyncio import WriteTransport
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Answer = int | str
"""What the gateway does next: a status; `lost` takes it and breaks the line; `stuck` takes it and answers when told to;
`hang` neither takes it nor answers; `half` takes it and breaks off in mid-body; `drip` takes it and sends its body byte by byte;
`late` takes it, then answers 500; `twice` takes it and answers with two bodies."""
TAKING = ("lost", "stuck", "half", "drip", "late", "twice")


@dataclass
class Journal:
    """What was taken, by key, with how often each key came; kept in a file too where one is named."""

    path: Path | None = None
    taken: dict[str, Any] = field(default_factory=dict)
    arrivals: Counter[str] = field(default_factory=Counter)
    copies: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arrive(self, key: str) -> None:
        """A message came, whatever becomes of it."""
        with self._lock:
            self.arrivals[key] += 1

    def take(self, key: str, body: Any, kind: str, *, drops: bool) -> bool:
        """Take a message; False where its key was there already. `drops`: then it is dropped, else it counts as doubled."""
        with self._lock:
            copy = key in self.taken
            if copy and not drops:
                self.copies[key] += 1
            self.taken.setdefault(key, body)
            if self.path is not None:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"key": key, "at": time.time(), "kind": kind, "copy": copy}) + "\n")
            return not copy


@dataclass
class Gateway:
    """An HTTP gateway: drops copies by their key, answers what it is told to, and keeps what it got.

    answers     the next answers, in order; then `usual`
    chance      with `seed`, answers that come at random instead: {answer: share}
    reply       what the body of a good answer holds besides `ref`
    takes       seconds before each answer, as a provider far away needs them
    """

    port: int = 0
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    accepted: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    usual: Answer = 202
    chance: dict[Answer, float] = field(default_factory=dict)
    seed: int = 0
    reply: dict[str, Any] = field(default_factory=dict)
    takes: float = 0.0
    key_field: str = ""
    journal: Journal = field(default_factory=Journal)
    arrived: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    connections: int = 0

    def __post_init__(self) -> None:
        """Chance is drawn from a seed, so that a run can be repeated."""
        self._random = random.Random(self.seed)  # repeatable chance is what is wanted
        self.accepted = self.journal.taken

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self.port}/messages"

    def next(self) -> Answer:
        """What to answer now."""
        if self.answers:
            return self.answers.pop(0)
        roll = self._random.random() if self.chance else 1.0
        for answer, share in self.chance.items():
            roll -= share
            if roll < 0:
                return answer
        return self.usual


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:  # one branch for each way to fail
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else the body of each answer waits some 40 ms for the caller to acknowledge its head

        def setup(self) -> None:
            super().setup()
            gateway.connections += 1

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(raw or b"{}")
            if self.path == "/-/script":
                gateway.answers = list(body)
                self._answer(200, {})
                return
            key = str(body.get(gateway.key_field, "")) if gateway.key_field else self.headers.get("Idempotency-Key") or ""
            gateway.requests.append((key, body))
            gateway.headers.append(dict(self.headers))
            gateway.bodies.append(raw)
            gateway.paths.append(self.path)
            gateway.journal.arrive(key)
            answer = gateway.next()
            if answer in TAKING or (isinstance(answer, int) and answer < 300):
                gateway.journal.take(key, body, "http", drops=True)
            self._do(answer, key)

        do_GET = do_POST  # noqa: N815  # http.server asks for this name

        def _do(self, answer: Answer, key: str) -> None:
            full = {"ref": f"G-{key}", **gateway.reply}
            if gateway.takes:
                time.sleep(gateway.takes)
            if answer in ("stuck", "hang"):
                gateway.arrived.set()
                gateway.go_on.wait(60)
            if answer in ("lost", "stuck", "hang"):
                self.close_connection = True
                return
            if answer in ("half", "drip"):
                self._in_pieces(json.dumps(full).encode(), whole=answer == "drip")
                return
            status = {"late": 500, "twice": 200}.get(str(answer), answer if isinstance(answer, int) else 200)
            self._answer(status, full)
            if answer == "twice":
                self._answer(status, full)
                self.close_connection = True

        def _answer(self, status: int, document: dict[str, Any]) -> None:
            text = json.dumps(document).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _in_pieces(self, text: bytes, *, whole: bool) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.close_connection = True
            if not whole:
                self.wfile.write(text[: len(text) // 2])
                return
            for byte in text:
                if gateway.go_on.wait(0.1):
                    return
                self.wfile.write(bytes([byte]))
                self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        """A caller that hangs up is what is tested here."""


@contextmanager
def http_gateway(made: Gateway | None = None, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Gateway]:
    """A running HTTP gateway; behind TLS where it is given a context."""
    gateway = made or Gateway()
    server = _Server(("127.0.0.1", port), _handler(gateway))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    gateway.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield gateway
    finally:
        gateway.go_on.set()
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
    """A mail server: keeps what it got, answers what it is told to (an SMTP answer, or `lost`: taken, and the line breaks)."""

    mails: list[Mail] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    port: int = 0
    journal: Journal = field(default_factory=Journal)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd asks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Whoever begins with `nobody` is unknown here."""
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd asks for this name
        """Take a mail, or not. No mail server drops copies."""
        answer = self.answers.pop(0) if self.answers else "250 OK"
        assert isinstance(envelope.content, bytes)
        if answer.startswith("250") or answer == "lost":
            mail = message_from_bytes(envelope.content)
            self.mails.append(mail)
            self.journal.take(str(mail["Message-ID"]), None, "mail", drops=False)
        if answer == "lost":
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()
        return answer


@contextmanager
def mail_server(box: Mailbox | None = None, port: int = 0) -> Iterator[Mailbox]:
    """A running mail server."""
    made = box or Mailbox()
    made.port = port or closed_port()
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


def main() -> None:
    """Run them until told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, default=0)
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--chance", type=json.loads, default={}, help='{"500": 0.1, "lost": 0.05}')
    parser.add_argument("--takes", type=float, default=0.0, help="seconds before each answer")
    given = parser.parse_args()
    shares: dict[Answer, float] = {int(name) if name.isdigit() else name: share for name, share in given.chance.items()}
    journal = Journal(given.journal)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with http_gateway(Gateway(chance=shares, seed=given.seed, journal=journal, takes=given.takes), given.port):
        if given.smtp_port:
            with mail_server(Mailbox(journal=journal), given.smtp_port):
                ended.wait()
        else:
            ended.wait()


if __name__ == "__main__":
    main()
