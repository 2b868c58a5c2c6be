"""Starts our commands by forking: each is a process of its own, without loading everything anew each time.

`python -m tests.faults.zygote` reads one JSON object a line, `{"words", "env", "log"}`, and answers with the pid. Clocks can be
wrong on purpose: SOUNDINGS_TEST_SHIFT names a file with seconds that all clocks, the database's too, are ahead (simulated time),
SOUNDINGS_TEST_SKEW says how many seconds this one process's machine is off.
"""

import ctypes
import json
import os
import signal
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

import wsgi
from portal.foundation import clock
from scheduler.engine import store

_PDEATHSIG = 1


def main() -> None:
    """Fork until standard input ends; then all that were started end too."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            with suppress(BaseException):
                _become(order)
            os._exit(1)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become(order: dict) -> None:  # type: ignore[type-arg]
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    null, log = os.open(os.devnull, os.O_RDONLY), os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number, target in ((0, null), (1, log), (2, log)):
        os.dup2(target, number)
    for name in [name for name in os.environ if name.startswith("SOUNDINGS_")]:
        del os.environ[name]
    os.environ.update(order["env"])
    wrong_clocks()
    try:
        wsgi.cli(order["words"], standalone_mode=True)
    except SystemExit as ended:
        os._exit(int(ended.code or 0))


def wrong_clocks() -> None:
    """Let this process's clocks go wrong, as the environment says."""
    shift, skew = os.environ.get("SOUNDINGS_TEST_SHIFT"), timedelta(seconds=int(os.environ.get("SOUNDINGS_TEST_SKEW", "0")))
    if not shift and not skew:
        return
    right, database = clock.SystemClock.now, store.database_now

    def ahead() -> timedelta:
        text = Path(shift).read_text() if shift else ""
        return timedelta(seconds=float(text or 0))

    def now(self: clock.SystemClock) -> datetime:
        return right(self) + ahead() + skew

    def shifted(session: Session) -> datetime:
        return database(session) + ahead()

    clock.SystemClock.now = now  # type: ignore[method-assign]
    store.database_now = shifted


if __name__ == "__main__":
    main()
