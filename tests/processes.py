"""Real processes for tests: a free port, our commands started on a folder of their own, and waiting for something to come true."""

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
from pathlib import Path

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


def run(data: Path, *words: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one of our commands to its end."""
    command = [sys.executable, "-m", "wsgi", *words]
    return subprocess.run(command, check=check, capture_output=True, text=True, env=environment(data, **more), cwd=data, timeout=300)


@contextmanager
def started(data: Path, *words: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of our commands at work, in a process group of its own that ends with the block."""
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
