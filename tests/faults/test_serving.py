"""The processes of one machine: they start together, end together, and say clearly when they can't."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from portal.foundation.db import Database
from scheduler.engine import store
from scheduler.engine.clock import LEASE
from tests.processes import answers, free_port, group_members, loaded_anew, run, until

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty, migrated database."""
    folder = tmp_path_factory.mktemp("migrated")
    run(folder, "db", "upgrade")
    return folder


@pytest.fixture
def data(migrated: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    return tmp_path


def _leader(data: Path) -> str | None:
    database = Database(f"sqlite:///{data / 'soundings.db'}", pooled=False)
    with database.reading() as session:
        return store.holder_of(session, LEASE)


def test_a_clock_whose_parent_died_while_it_was_loaded_ends_too(data: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert run(data, "clock", "--with-parent", str(gone.pid), check=False).returncode == -signal.SIGTERM


def test_a_worker_and_a_clock_that_die_are_replaced_and_none_outlives_its_parent(data: Path) -> None:
    """Loaded as a user's machine loads it, not forked."""
    port = free_port()
    with loaded_anew(data, "serve", "--port", str(port)) as process:
        until(lambda: answers(f"http://127.0.0.1:{port}/health"), what="health")
        until(lambda: _leader(data) is not None, what="a clock that leads")
        first = _leader(data)
        assert len(group_members(process.pid)) >= 3
        for member in group_members(process.pid):
            if member != process.pid:
                os.kill(member, signal.SIGKILL)
        until(lambda: answers(f"http://127.0.0.1:{port}/health"), what="health again")
        until(lambda: _leader(data) not in (None, first), seconds=60, what="another clock")
        os.kill(process.pid, signal.SIGKILL)
        until(lambda: group_members(process.pid) == [], what="no process is left")


def test_an_occupied_port_is_named(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(subprocess.CalledProcessError) as ended:
            run(data, "serve", "--port", str(port))
    assert ended.value.returncode == 1
    assert f"port {port}" in ended.value.stderr
    assert "Traceback" not in ended.value.stderr


def test_a_database_that_is_not_migrated_stops_the_start(tmp_path: Path) -> None:
    ended = run(tmp_path, "serve", check=False)
    assert ended.returncode == 1
    assert "soundings db upgrade" in ended.stderr


def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path) -> None:
    ended = run(tmp_path, "settings", check=False, SOUNDINGS_ZONE="Nowhere")
    assert ended.returncode == 1
    assert "SOUNDINGS_ZONE" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_backup_is_laid_into_an_empty_folder_and_nowhere_else(data: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    run(data, "backup", str(data / "copy.tar.gz"))
    fresh = tmp_path_factory.mktemp("fresh")
    run(fresh, "restore", str(data / "copy.tar.gz"))
    assert (fresh / "keys.json").read_bytes() == (data / "keys.json").read_bytes()
    assert (fresh / "keys.json").stat().st_mode & 0o077 == 0
    run(fresh, "db", "check")
    refused = run(fresh, "restore", str(data / "copy.tar.gz"), check=False)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
