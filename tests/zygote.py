"""Starts our commands by forking: each is a process of its own, without loading everything anew each time.

`python -m tests.zygote` reads one JSON object a line, `{"words", "env", "folder", "out", "err", "wait"}`, and answers with the
pid, or with how it ended where it is to wait for that. Clocks can be wrong on purpose: SOUNDINGS_TEST_SHIFT names a file with
seconds that all clocks, the database's too, are ahead (simulated time), SOUNDINGS_TEST_SKEW says how many seconds this one
process's machine is off.
"""

import ctypes
import json
import os
import signal
import sys
import traceback
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

from sqlmodel import Session

import wsgi
from portal.foundation import clock
from scheduler.engine import store

_PDEATHSIG = 1


def main() -> None:
    """Fork until standard input ends; then all that were started end too."""
    for line in sys.stdin:
        order = json.loads(line)
        _reap()
        pid = os.fork()
        if pid == 0:
            _become(order)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if order['wait'] else pid}\n")
        sys.stdout.flush()


def _reap() -> None:
    """Let go of those that ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(order: dict) -> NoReturn:  # type: ignore[type-arg]
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    os.chdir(order["folder"])
    null, flags = os.open(os.devnull, os.O_RDONLY), os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for number, target in ((0, null), (1, os.open(order["out"], flags)), (2, os.open(order["err"], flags))):
        os.dup2(target, number)
    for name in [name for name in os.environ if name.startswith("SOUNDINGS_")]:
        del os.environ[name]
    os.environ.update(order["env"])
    code = 1
    try:
        wrong_clocks()
        wsgi.cli(order["words"], standalone_mode=True)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


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
