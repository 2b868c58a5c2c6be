"""POST to a server of somebody else's: never longer than a bound, redirects not followed, and always known whether it may have arrived."""

import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from socket import SHUT_RDWR, socket
from typing import Any
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError
from urllib3.response import BaseHTTPResponse
from urllib3.util.ssl_match_hostname import CertificateError

CONNECT, READ, WHOLE = 3.05, 10.0, 20.0
MOST_ANSWER = 65_536
KEPT_OPEN = 4
UNPROVEN = (ssl.SSLCertVerificationError, CertificateError)
"""The server could not prove its name, so nothing was said to it."""


@dataclass(frozen=True)
class Bounds:
    """Seconds to connect, between two bytes of the answer, and for the answer as a whole."""

    connect: float = CONNECT
    read: float = READ
    whole: float = WHOLE


@dataclass(frozen=True)
class Answer:
    """What the server said. A body that broke off, took too long or is too large is cut short: the status came first and counts."""

    status: int
    body: bytes = b""


@dataclass(frozen=True)
class NotSent:
    """No connection stood: the server has certainly got nothing."""


@dataclass(frozen=True)
class NoAnswer:
    """It may have arrived, or not."""


Outcome = Answer | NotSent | NoAnswer


class _Bounded:
    """A connection that is cut when the head of an answer does not come in time; a server that drips bytes would hold us for hours."""

    sock: socket | None
    whole: float = WHOLE

    def getresponse(self) -> object:
        """The answer's head."""
        timer = threading.Timer(self.whole, cut, [self.sock])
        timer.daemon = True
        timer.start()
        try:
            return super().getresponse()  # type: ignore[misc]  # mixed into urllib3's connections
        finally:
            timer.cancel()


def cut(sock: socket | None) -> None:
    """End a connection under whoever waits for it in another thread; closing alone would not wake them."""
    try:
        if sock is not None:
            sock.shutdown(SHUT_RDWR)
    except OSError:
        return


class _Plain(_Bounded, HTTPConnection):  # type: ignore[misc]  # getresponse differs in its type only
    pass


class _Sealed(_Bounded, HTTPSConnection):  # type: ignore[misc]  # getresponse differs in its type only
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain  # type: ignore[assignment]


class _SealedPool(HTTPSConnectionPool):
    ConnectionCls = _Sealed  # type: ignore[assignment]


class Post:
    """Posts to one address over connections that are kept open; safe to use from several threads.

    pinned  the IP address to connect to, where the name was resolved and judged before
    """

    def __init__(self, url: str, bounds: Bounds | None = None, pinned: str | None = None) -> None:
        parts = urlsplit(url)
        self._bounds = bounds or Bounds()
        host, tls = parts.hostname or "", parts.scheme == "https"
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._host = parts.netloc.rpartition("@")[2]
        timeout = Timeout(connect=self._bounds.connect, read=self._bounds.read)
        where, port = pinned or host, parts.port or (443 if tls else 80)
        self._pool: HTTPConnectionPool
        if tls:
            names: dict[str, Any] = {"server_hostname": host, "assert_hostname": host} if pinned else {}
            context = ssl.create_default_context()
            self._pool = _SealedPool(where, port, timeout=timeout, maxsize=KEPT_OPEN, ssl_context=context, **names)
        else:
            self._pool = _PlainPool(where, port, timeout=timeout, maxsize=KEPT_OPEN)

    def send(self, body: bytes, headers: Mapping[str, str], path: str = "", method: str = "POST") -> Outcome:
        """Hand a body over; tried once. `path` where it is another one than that of the address."""
        own = {"Host": self._host, "User-Agent": "Soundings", **headers}
        try:
            answer = self._pool.urlopen(
                method,
                path or self._path,
                body=body,
                headers=own,
                retries=False,
                redirect=False,
                preload_content=False,
                assert_same_host=False,
            )
        except (NewConnectionError, ConnectTimeoutError):
            return NotSent()
        except SSLError as error:
            return NotSent() if isinstance(error.args[0] if error.args else None, UNPROVEN) else NoAnswer()
        except (HTTPError, OSError):
            return NoAnswer()
        return Answer(answer.status, _read(answer, time.monotonic() + self._bounds.whole))

    def close(self) -> None:
        """Let go of what is kept open."""
        self._pool.close()


def _read(answer: BaseHTTPResponse, until: float) -> bytes:
    """The body, as far as it comes in time; a connection whose body was not read to its end is not used again."""
    found = b""
    try:
        while len(found) < MOST_ANSWER and time.monotonic() < until:
            piece = answer.read1(8192)
            if not piece:
                answer.release_conn()
                return found
            found += piece
    except (HTTPError, OSError):
        pass
    answer.close()
    return found[:MOST_ANSWER]
