"""A RabbitMQ for the long profile: Debian's own programs, run by hand in a folder of the test's own, on loopback alone."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from portal.foundation.settings import Settings
from scheduler.engine import worker
from tests.processes import free_port, group_members, listens, until

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Debian's wrapper in /usr/sbin would change to the service's own user and folders."""


class RabbitServer:
    """A node of its own. Killed it goes on with what was written down; `purge` empties its queues, `remove` ends it for good."""

    name = "RabbitMQ"

    def __init__(self) -> None:
        self._epmd = shutil.which("epmd")
        if not PROGRAM.exists() or self._epmd is None:
            pytest.skip("no RabbitMQ on this machine: apt-get install rabbitmq-server")
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="soundings-rabbit-"))
        self._names, self._peers = free_port(), free_port()
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> "RabbitServer":
        """Start it, with what it had, and wait until it takes connections."""
        self._run(self._epmd, "-address", "127.0.0.1", "-port", str(self._names))
        until(lambda: listens(self._names), what="Erlang's register of names listens")
        self._run(PROGRAM)
        until(lambda: listens(self.port), seconds=400, what="RabbitMQ listens")
        return self

    def _run(self, *command: object) -> None:
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", "ERL_EPMD_PORT": str(self._names),
            "ERL_EPMD_ADDRESS": "127.0.0.1", "RABBITMQ_NODENAME": f"soundings{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_NODE_PORT": str(self.port), "RABBITMQ_DIST_PORT": str(self._peers),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"), "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"), "RABBITMQ_CONFIG_FILE": str(self.folder / "none"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none.sh"), "RABBITMQ_PID_FILE": str(self.folder / "pid"),
        }  # fmt: skip
        quiet = subprocess.DEVNULL
        words = [str(part) for part in command]
        self._processes.append(
            subprocess.Popen(words, env=environment, cwd=self.folder, stdout=quiet, stderr=quiet, start_new_session=True)
        )

    def purge(self) -> int:
        """Throw away all tasks that wait; how many there were."""
        from kombu import Connection

        gone = 0
        for name in worker.queues_for(Settings(), None):
            with suppress(Exception), Connection(self.url, connect_timeout=5) as connection, connection.channel() as channel:
                gone += int(channel.queue_purge(name) or 0)  # a queue that nobody has listened to is not there
        return gone

    def empty(self) -> None:
        """What waits is lost."""
        self.purge()

    def lose(self) -> None:
        """It is emptied and restarted."""
        self.purge()
        self.kill()
        self.start()

    def kill(self) -> None:
        """Kill it, whatever it was doing."""
        for process in reversed(self._processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
            until(lambda pid=process.pid: group_members(pid) == [], what="RabbitMQ is gone")  # type: ignore[misc]
        self._processes.clear()

    def remove(self) -> None:
        """End it for good."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
