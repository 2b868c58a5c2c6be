"""Real processes for tests: a free port, our commands started on a folder of their own, and waiting for something to come true."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parent.parent
_never = threading.Event()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], bool], seconds: float = 30, what: str = "") -> None:
    """Look again and again until it is true; for what other processes do in their own time.

    Raises  AssertionError when the time is over
    """
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        _never.wait(0.05)
    raise AssertionError(f"not within {seconds} s: {what or true}")


def answers(url: str) -> bool:
    """Whether an address answers with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a command of ours that works in a folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOUNDINGS_")}
    return {**kept, "SOUNDINGS_DATA_DIR": str(data), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default", **more}


class Zygote:
    """Forks our commands: each is a process of its own, but what takes seconds to load is loaded once."""

    def __init__(self) -> None:
        self._process: Any = None

    def start(self) -> "Zygote":
        """Load everything once."""
        command = [sys.executable, "-m", "tests.zygote"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def run(self, words: list[str], env: dict[str, str], log: Path) -> int:
        """Start a command; its process id is its group's too."""
        return self._order({"words": words, "env": env, "folder": str(ROOT), "out": str(log), "err": str(log), "wait": False})

    def start_in(self, folder: Path, words: list[str], env: dict[str, str]) -> int:
        """Start a command in a folder, beside a log there; its process id is its group's too."""
        log = str(folder / "process.log")
        return self._order({"words": words, "env": env, "folder": str(folder), "out": log, "err": log, "wait": False})

    def run_in(self, folder: Path, words: list[str], env: dict[str, str]) -> tuple[int, str, str]:
        """Run a command to its end: how it ended, and what it said on either line."""
        with TemporaryDirectory() as place:
            out, err = Path(place, "out"), Path(place, "err")
            code = self._order({"words": words, "env": env, "folder": str(folder), "out": str(out), "err": str(err), "wait": True})
            return code, out.read_text("utf-8"), err.read_text("utf-8")

    def _order(self, order: dict[str, Any]) -> int:
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> None:
        """All that it started ends with it."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait(10)
        self._process.stdin.close()
        self._process.stdout.close()


@lru_cache
def zygote() -> Zygote:
    """This process's own, started when first asked for."""
    made = Zygote().start()
    atexit.register(made.end)
    return made


def run(data: Path, *words: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one of our commands to its end.

    Raises  subprocess.CalledProcessError where it ended badly and `check` is on
    """
    done = subprocess.CompletedProcess(["soundings", *words], *zygote().run_in(data, list(words), environment(data, **more)))
    if check:
        done.check_returncode()
    return done


@dataclass(frozen=True)
class Forked:
    """One of our commands at work; its process id is its group's too."""

    pid: int


@contextmanager
def started(data: Path, *words: str, **more: str) -> Iterator[Forked]:
    """One of our commands at work, in a process group of its own that is killed at the end of the block: its folder is thrown away."""
    pid = zygote().start_in(data, list(words), environment(data, **more))
    try:
        yield Forked(pid)
    finally:
        kill_group(pid)


def kill_group(group: int) -> None:
    """Kill all processes of a group, and wait until they are gone."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    until(lambda: group_members(group) == [], what="all of it has ended")


@contextmanager
def loaded_anew(data: Path, *words: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The same without forking: everything is loaded anew, as on a user's machine, and it is asked to end."""
    with (data / "process.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "wsgi", *words], env=environment(data, **more), cwd=data, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(20)


def group_members(group: int) -> list[int]:
    """The live processes of a group."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[2]) == group and fields[0] != "Z":
                    found.append(int(entry.name))
    return found
