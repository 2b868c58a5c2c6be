"""A backup made while serving, with its keys or apart from them, is restored, passes every audit and serves."""

import os
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from portal.audit import jobs as trail_jobs
from portal.foundation.crypto import save_keys
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.ground import Ground, open_ground
from portal.foundation.settings import Settings
from portal.people import customer_store, personal
from portal.shell.backups import read_backup, write_backup
from tests import postgres
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from wsgi import FEATURES, create_app


def filled(sample: Sample, folder: Path) -> Ground:
    """The small bank with a customer whose name only the keys open."""
    ground = replace(sample.ground, settings=Settings(data_dir=folder, database_url=sample.ground.db.url))
    save_keys(folder / "keys.json", ground.keys)
    sample.customer("A1", name_enc=ground.keys.encrypt("王小明"))
    trail_jobs.seal(ground, NOON)
    return ground


def serves(settings: Settings) -> None:
    """It opens, is ready, shows the customer, and every audit is clean."""
    ground = open_ground(settings, FixedClock(NOON))
    try:
        with ground.reading() as session:
            customer = customer_store.by_ref(session, "A1")
            assert customer is not None
            assert personal.clear(ground.keys, customer).name == "王小明"
        assert create_app(ground).test_client().get("/readyz").status_code == 200
        found = {check.name: check.run(ground).violations for feature in FEATURES for check in feature.checks}
        assert {name: rows for name, rows in found.items() if rows} == {}
        assert ground.keys.is_newest(ground.keys.encrypt("x"))
    finally:
        ground.db.close()


@pytest.mark.sqlite_only
@pytest.mark.parametrize("apart", [False, True])
def test_a_copy_of_one_machine_is_restored_with_keys_inside_or_apart(sample: Sample, tmp_path: Path, apart: bool) -> None:
    ground = filled(sample, tmp_path)
    target = tmp_path / "backup.tar.gz"
    write_backup(ground, target, keys=not apart)
    assert target.stat().st_mode & 0o077 == 0
    with tarfile.open(target) as archive:
        assert ("keys.json" in archive.getnames()) is not apart
    with pytest.raises(Conflict):
        write_backup(ground, target)
    to = Settings(data_dir=tmp_path / "new")
    if apart:
        with pytest.raises(InvalidInput):
            read_backup(to, target)
    read_backup(to, target, tmp_path / "keys.json" if apart else None)
    assert (tmp_path / "new" / "keys.json").stat().st_mode & 0o077 == 0
    with pytest.raises(Conflict):
        read_backup(to, target)
    serves(to)


@pytest.mark.sqlite_only
def test_keys_go_where_the_settings_look_for_them_and_go_again_where_the_restore_fails(sample: Sample, tmp_path: Path) -> None:
    target, safe = tmp_path / "backup.tar.gz", tmp_path / "safe"
    safe.mkdir()
    write_backup(filled(sample, tmp_path), target)
    to = Settings(data_dir=tmp_path / "new", keys_file=safe / "bank.json")
    read_backup(to, target)
    assert (safe / "bank.json").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "new" / "keys.json").exists()
    with pytest.raises(Conflict):  # keys of another house would be lost
        read_backup(Settings(data_dir=tmp_path / "third", keys_file=safe / "bank.json"), target)
    serves(to)
    with tarfile.open(tmp_path / "dump.tar.gz", "w:gz") as archive:
        archive.add(target, "soundings.dump")
        archive.add(safe / "bank.json", "keys.json")
    other = Settings(data_dir=tmp_path / "other", keys_file=safe / "other.json")
    with pytest.raises(Conflict):  # a dump needs a database of its kind
        read_backup(other, tmp_path / "dump.tar.gz")
    assert not (safe / "other.json").exists()


@pytest.mark.sqlite_only
def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(b"nothing")
    with pytest.raises(InvalidInput):
        read_backup(Settings(data_dir=tmp_path / "new"), tmp_path / "x.tar.gz")
    assert not (tmp_path / "new" / "soundings.db").exists()


@pytest.mark.faults
def test_a_dump_of_postgresql_is_restored(sample: Sample, tmp_path: Path, dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if dialect != "postgresql":
        pytest.skip("the other test is about the embedded database")
    if programs := postgres._programs():  # a fresh machine has them in the package of the tests alone
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    ground = filled(sample, tmp_path)
    target, old = tmp_path / "backup.tar.gz", ground.db.engine.url
    write_backup(ground, target)
    with tarfile.open(target) as archive:
        member = archive.extractfile("soundings.dump")
        assert member is not None
        assert "王小明".encode() not in member.read()
    environment = {**os.environ, "PGHOST": old.host or "", "PGPORT": str(old.port or 5432), "PGUSER": old.username or ""}
    environment["PGPASSWORD"] = old.password or ""
    fresh = f"{old.database}_restored"
    subprocess.run(["createdb", fresh], env=environment, check=True, timeout=60)
    try:
        to = Settings(data_dir=tmp_path / "new", database_url=old.set(database=fresh).render_as_string(hide_password=False))
        read_backup(to, target)
        assert not (tmp_path / "new" / "soundings.dump").exists()
        serves(to)
    finally:
        subprocess.run(["dropdb", "--force", fresh], env=environment, check=True, timeout=60)
