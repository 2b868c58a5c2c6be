"""A small load generator: a few keep-alive connections on loopback, one thread, raw sockets and epoll."""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

CONNECTIONS = 8


@dataclass
class Connection:
    """One keep-alive connection and what has arrived on it."""

    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)
    wanted: int = 0


@dataclass
class Round:
    """What one round came to."""

    requests: int
    seconds: float
    statuses: dict[int, int]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def run(port: int, requests: Iterator[bytes], count: int) -> Round:
    """Send `count` prepared requests over all connections, one in flight on each; stops when all are answered."""
    selector = selectors.DefaultSelector()
    statuses: dict[int, int] = {}
    connections = [_open(port) for _ in range(min(CONNECTIONS, count))]
    started = time.perf_counter()
    left = count - len(connections)
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.socket.sendall(next(requests))
    waiting = len(connections)
    while waiting:
        for key, _ in selector.select(30):
            connection = key.data
            status = _read(connection)
            if status is None:
                continue
            statuses[status] = statuses.get(status, 0) + 1
            if left:
                left -= 1
                connection.socket.sendall(next(requests))
            else:
                waiting -= 1
    seconds = time.perf_counter() - started
    for connection in connections:
        connection.socket.close()
    selector.close()
    return Round(count, seconds, statuses)


def _open(port: int) -> Connection:
    opened = socket.create_connection(("127.0.0.1", port), timeout=30)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(opened)


def _read(connection: Connection) -> int | None:
    """The status, once a whole response has arrived."""
    chunk = connection.socket.recv(65536)
    if not chunk:
        raise ConnectionError("the server closed the connection")
    connection.received += chunk
    if not connection.wanted:
        end = connection.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(connection.received[:end]).lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        connection.wanted = end + 4 + length
    if len(connection.received) < connection.wanted:
        return None
    status = int(connection.received[9:12])
    del connection.received[: connection.wanted]
    connection.wanted = 0
    return status


def get(path: str, host: str) -> bytes:
    """A GET as a browser on a phone sends it."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\n"
        "Accept-Language: zh-CN,zh;q=0.9\r\nUser-Agent: bench\r\n\r\n"
    ).encode()


def post(path: str, host: str, body: bytes) -> bytes:
    """The form of a page, posted to its own address."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n"
        "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: zh-CN,zh;q=0.9\r\n"
        "User-Agent: bench\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
