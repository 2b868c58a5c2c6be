"""Serve: granian's workers, and beside them the clock."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

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
    """The clock as a child process, started again when it dies.

    At first it is forked, so that nothing is loaded twice. Later there are threads here, which a fork would not survive: then it is
    loaded anew.

    work    the clock's command, told this process's id
    """

    def __init__(self, work: Callable[[int], None]) -> None:
        self._work = work
        self._ending = threading.Event()
        self._pid = 0
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Start it and watch over it."""
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            _become(lambda: self._work(parent))
        self._watcher.start()

    def stop(self) -> None:
        """End it, giving its jobs time to finish."""
        self._ending.set()
        for how in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(self._pid, how)
            self._watcher.join(20)

    def _watch(self) -> None:
        code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        while not self._ending.wait(1):
            log.warning("clock_started_again", code=code)
            child = subprocess.Popen([sys.executable, "-m", "wsgi", "clock", "--with-parent", str(os.getpid())])
            self._pid = child.pid
            code = child.wait()


def _become(work: Callable[[], None]) -> NoReturn:
    """Do a work in a process that was just forked, and end with it: what this process would do afterwards is its parent's."""
    code = 1
    try:
        work()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        log.exception("clock_failed")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def serve(settings: Settings, clock_command: Callable[[int], None] | None) -> None:
    """Serve until told to end, beside the clock where its command is given; settings reach all through the environment."""
    check_port(settings.host, settings.port)
    os.environ["SOUNDINGS_HOST"], os.environ["SOUNDINGS_PORT"] = settings.host, str(settings.port)
    static_files.prepare(static_files.cache_folder(settings.data_dir))
    clock = ClockProcess(clock_command) if clock_command else None
    if clock:
        clock.start()
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
    try:
        server.serve()
    finally:
        if clock:
            clock.stop()
