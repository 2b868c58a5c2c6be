"""Serve: granian's workers, and beside them the clock."""

import errno
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress

import click
import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from portal.foundation.settings import Settings
from portal.shell import static_files

log = structlog.get_logger()


def check_port(host: str, port: int) -> None:
    """Say clearly that an address is taken, before anything is started.

    Raises  click.ClickException
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise click.ClickException(
                    f"port {port} on {host} is in use: another program, or Soundings already running. "
                    "Choose another with --port, or SOUNDINGS_PORT."
                ) from None
            raise click.ClickException(f"can't listen on {host}:{port}: {error.strerror}") from None


class ClockProcess:
    """The clock as a child process, started again when it dies."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Start it and watch over it."""
        self._watcher.start()

    def stop(self) -> None:
        """End it, giving its jobs time to finish."""
        self._ending.set()
        if self._child is not None:
            with suppress(ProcessLookupError):
                self._child.terminate()
            try:
                self._child.wait(20)
            except subprocess.TimeoutExpired:
                self._child.kill()

    def _watch(self) -> None:
        while not self._ending.is_set():
            self._child = subprocess.Popen([sys.executable, "-m", "wsgi", "clock", "--with-parent", str(os.getpid())])
            self._child.wait()
            if not self._ending.wait(1):
                log.warning("clock_started_again", code=self._child.returncode)


def serve(settings: Settings, *, with_clock: bool) -> None:
    """Serve until told to end; settings reach the workers through the environment."""
    check_port(settings.host, settings.port)
    os.environ["SOUNDINGS_HOST"], os.environ["SOUNDINGS_PORT"] = settings.host, str(settings.port)
    static_files.prepare(static_files.cache_folder(settings.data_dir))
    clock = ClockProcess() if with_clock else None
    server = Granian(
        "wsgi:serve_app",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=1,  # threads inside one process cost more than they give
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        websockets=False,
    )
    if clock:
        clock.start()
    try:
        server.serve()
    finally:
        if clock:
            clock.stop()
