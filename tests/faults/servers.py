"""Servers of a story's own, so that they can be killed: PostgreSQL, and the provider's gateway."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.processes import ROOT, free_port, listens, until


class PostgresServer:
    """A PostgreSQL cluster in a folder of its own; what was committed outlives its crashes."""

    def __init__(self) -> None:
        programs = postgres._programs()
        if programs is None:
            (pytest.fail if "postgresql" in os.environ.get("SOUNDINGS_TEST_REQUIRE", "") else pytest.skip)("no PostgreSQL programs")
        self.folder = Path(tempfile.mkdtemp(prefix="soundings-faults-"))
        self._owner = postgres._unprivileged(self.folder)
        self._programs = postgres._reachable(programs, self.folder, self._owner)
        self.port = free_port()
        data = str(self.folder / "data")
        how = ["-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "-N"]
        postgres._run([self._programs / "initdb", "-D", data, *how], self._owner)

    @property
    def url(self) -> str:
        """The address of its one database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> "PostgresServer":
        """Start it; after a crash it recovers first."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} {postgres.FAST}"
        log = self.folder / "log"
        postgres._run([self._programs / "pg_ctl", "-D", self.folder / "data", "-o", options, "-l", log, "-w", "start"], self._owner)
        return self

    def crash(self) -> None:
        """End it at once, as a crash would: nothing is written down in order."""
        postgres._run([self._programs / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop"], self._owner)

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection for the test's own looks."""
        return psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)

    def remove(self) -> None:
        """Stop it for good."""
        with suppress(subprocess.CalledProcessError):
            self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)


class GatewayProcess:
    """The provider's gateway in a process of its own; its journal outlives it."""

    def __init__(self, folder: Path, chance: str = "{}", takes: float = 0.0) -> None:
        self.port, self.journal, self._chance, self._takes = free_port(), folder / "journal.ndjson", chance, takes
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where messages are posted."""
        return f"http://127.0.0.1:{self.port}/messages"

    def start(self) -> "GatewayProcess":
        """Start it and wait until it listens."""
        command = [
            sys.executable,
            "-m",
            "tests.gateways",
            "--port",
            str(self.port),
            "--journal",
            str(self.journal),
            "--chance",
            self._chance,
            "--takes",
            str(self._takes),
        ]
        self._process = subprocess.Popen(command, cwd=ROOT)
        until(lambda: listens(self.port), what="the gateway listens")
        return self

    def kill(self) -> None:
        """It is gone, whatever it was doing."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)
            self._process = None
