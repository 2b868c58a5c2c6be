"""Keys rotate while others write: everything stays readable and is found, whichever family of ciphers."""

import multiprocessing
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, update
from sqlmodel import SQLModel, col, select

from portal.foundation import sealing
from portal.foundation.crypto import load_keys, new_keys, save_keys
from portal.foundation.errors import Conflict
from portal.foundation.ground import Ground, open_ground
from portal.foundation.settings import Settings
from portal.foundation.suites import Suite, suite_of
from portal.migrations.triggers import APPEND_ONLY
from portal.people import customers, personal
from portal.people.customer_records import CustomerRecord
from portal.people.models import Customer
from portal.privacy import key_store, rotating
from portal.privacy.models import KeyProgress
from questionnaires.answering.links_models import Upload, UploadContent
from tests.conftest import NOON


def on_file(ground: Ground, folder: Path, suite: Suite = "fernet") -> Ground:
    """The ground with keys that live in a file, as an installation has them."""
    save_keys(folder / "keys.json", new_keys(suite))
    return replace(ground, keys=load_keys(folder / "keys.json", create=False))


def put(ground: Ground, number: int, phone: str) -> None:
    record = CustomerRecord(ref=f"R{number:04}", name=f"客户{number}", phone=phone, email=f"c{number}@example.com")
    with ground.writing() as session:
        customers.upsert(session, ground.keys, [record], NOON)


def found(ground: Ground, number: int, phone: str) -> bool:
    """Whether a customer is found by telephone, and reads as written."""
    with ground.reading() as session:
        wanted = col(Customer.phone_index).in_(ground.keys.blind_indexes("phone", phone))
        rows = [one for one in session.scalars(select(Customer).where(wanted)) if one.ref == f"R{number:04}"]
        return len(rows) == 1 and personal.clear(ground.keys, rows[0]).phone == phone


def phone_of(number: int, turn: int) -> str:
    return f"+861380000{number:02}{turn % 100:02}"


def test_every_column_of_bytes_says_what_it_is_and_no_sealed_one_is_append_only() -> None:
    assert sealing.uncovered(SQLModel.metadata) == []
    assert [place.name for place in sealing.places(SQLModel.metadata) if place.table.name in APPEND_ONLY] == []
    metadata = SQLModel.metadata
    kinds = {(place.name, type(place.table.c[place.column].type)) for place in sealing.places(metadata)}
    assert all(issubclass(kind, LargeBinary) for _, kind in kinds)
    expected = {"customer.phone_enc", "upload_content.sealed", "dead_letter.body", "webhook_endpoint.secret_enc", "response.private_enc"}
    assert expected <= {name for name, _ in kinds}


@pytest.mark.parametrize("suite", ["fernet", "sm"])
def test_all_comes_under_the_newest_key_of_either_family_and_older_ones_may_go(ground: Ground, tmp_path: Path, suite: Suite) -> None:
    ground = on_file(ground, tmp_path, "sm" if suite == "fernet" else "fernet")
    for number in range(7):
        put(ground, number, phone_of(number, 0))
    with ground.writing() as session:
        upload = Upload(owner="q:x", question="q1", kind="file", state="ready", media="text/plain", size=3, created_at=NOON)
        session.add(upload)
        session.flush()
        session.add(UploadContent(upload_id=upload.id, part="original", sealed=ground.keys.seal("照片".encode())))
        key = (upload.id, "original")
    (tmp_path / "uploads").mkdir(exist_ok=True)
    (tmp_path / "uploads" / "a.csv.sealed").write_bytes(ground.keys.seal(b"rows"))
    save_keys(tmp_path / "keys.json", rotating.with_new(ground.keys, suite))
    assert suite_of(ground.keys.data[0]) == suite, "the process that serves follows the file"
    with pytest.raises(Conflict):
        rotating.without_old(ground)
    told: list[str] = []
    done = rotating.rotate(ground, lambda: NOON, told.append)
    assert (done.changed, done.unreadable) == (7 * 3 + 1 + 1, 0)
    assert "customer.phone_enc: 7" in told
    assert rotating.left(ground) == {}
    save_keys(tmp_path / "keys.json", rotating.without_old(ground))
    assert (len(ground.keys.data), set(ground.keys.index)) == (1, {2})
    assert all(found(ground, number, phone_of(number, 0)) for number in range(7))
    with ground.reading() as session:
        content = session.get(UploadContent, key)
        assert content is not None
        assert ground.keys.unseal(content.sealed).decode() == "照片"
        assert key_store.numbers(session, SQLModel.metadata.tables["customer"], "phone_index") == {2: 7}


def test_a_rotation_that_was_cut_short_goes_on_where_it_was(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ground = on_file(ground, tmp_path)
    monkeypatch.setattr(rotating, "ROWS", 2)
    for number in range(5):
        put(ground, number, phone_of(number, 0))
    save_keys(tmp_path / "keys.json", rotating.with_new(ground.keys, "fernet"))
    place = next(one for one in sealing.places(SQLModel.metadata) if one.name == "customer.phone_enc")
    with ground.reading() as session:
        rows = key_store.batch(session, place, "", 2)
    with ground.writing() as session:
        key_store.change(session, place, [made for row in rows if (made := rotating.renewed(ground.keys, place, row))])
        done = {"generation": ground.keys.generation, "after": key_store.position(rows[-1].key), "changed": 2}
        session.add(KeyProgress(place=place.name, **done))
    told: list[str] = []
    rotating.rotate(ground, lambda: NOON, told.append)
    assert "customer.phone_enc: 3" in told
    assert all(found(ground, number, phone_of(number, 0)) for number in range(5))


def test_a_row_that_changed_meanwhile_and_one_that_no_key_opens_are_left_alone(ground: Ground, tmp_path: Path) -> None:
    ground = on_file(ground, tmp_path)
    put(ground, 1, phone_of(1, 0))
    put(ground, 2, phone_of(2, 0))
    with ground.writing() as session:
        session.execute(update(Customer).where(col(Customer.ref) == "R0002").values(name_enc=b"sealed by a lost key"))
    save_keys(tmp_path / "keys.json", rotating.with_new(ground.keys, "fernet"))
    place = next(one for one in sealing.places(SQLModel.metadata) if one.name == "customer.phone_enc")
    with ground.reading() as session:
        rows = key_store.batch(session, place, "", 10)
    put(ground, 1, phone_of(1, 7))
    with ground.writing() as session:
        key_store.change(session, place, [made for row in rows if (made := rotating.renewed(ground.keys, place, row))])
    assert found(ground, 1, phone_of(1, 7))
    done = rotating.rotate(ground, lambda: NOON, lambda _: None)
    assert done.unreadable == 1
    with ground.reading() as session:
        assert session.scalars(select(Customer.name_enc).where(Customer.ref == "R0002")).one() == b"sealed by a lost key"


def test_a_key_on_standby_is_read_everywhere_and_used_nowhere(ground: Ground, tmp_path: Path) -> None:
    ground = on_file(ground, tmp_path)
    before = ground.keys.generation
    save_keys(tmp_path / "keys.json", rotating.with_new(ground.keys, "sm", standby=True))
    assert (ground.keys.generation, len(ground.keys.data)) == (before, 2)
    ahead = rotating.in_use(ground.keys)
    assert ground.keys.decrypt(ahead.encrypt("张三")) == "张三"
    assert ahead.blind_index("phone", "1") in ground.keys.blind_indexes("phone", "1")
    save_keys(tmp_path / "keys.json", ahead)
    assert suite_of(ground.keys.data[0]) == "sm"


def write(url: str, folder: str, lane: int, ended: Callable[[], bool], lost: Any) -> None:
    """Write customers and look each up again until told to stop; what was not found is put into `lost`."""
    ground = open_ground(Settings(data_dir=Path(folder), database_url=url))
    turn = 0
    while not ended() or turn < 20:
        turn += 1
        number = lane * 10 + turn % 10
        put(ground, number, phone_of(number, turn))
        if not found(ground, number, phone_of(number, turn)):
            lost.append((lane, turn))
    lost.append(("turns", turn))
    ground.db.close()


def rotations(ground: Ground, folder: Path, times: int) -> None:
    for turn in range(times):
        save_keys(folder / "keys.json", rotating.with_new(ground.keys, "sm" if turn % 2 == 0 else "fernet"))
        rotating.rotate(ground, lambda: NOON, lambda _: None)


def settled(ground: Ground, lost: list[Any]) -> None:
    """Nothing was lost, and after a last round older keys may go."""
    turns = sum(one[1] for one in lost if one[0] == "turns")
    assert turns >= 40
    assert [one for one in lost if one[0] != "turns"] == []
    rotating.rotate(ground, lambda: NOON, lambda _: None)
    assert rotating.left(ground) == {}


def test_keys_rotated_while_two_others_write_lose_nothing(ground: Ground, tmp_path: Path) -> None:
    ground, ended, lost = on_file(ground, tmp_path), threading.Event(), []
    writers = [threading.Thread(target=write, args=(ground.db.url, str(tmp_path), lane, ended.is_set, lost)) for lane in (1, 2)]
    for one in writers:
        one.start()
    rotations(ground, tmp_path, 2)
    ended.set()
    for one in writers:
        one.join(60)
    settled(ground, lost)


@pytest.mark.deep
def test_keys_rotated_while_processes_write_lose_nothing(ground: Ground, tmp_path: Path) -> None:
    ground = on_file(ground, tmp_path)
    apart = multiprocessing.get_context("spawn")
    with apart.Manager() as manager:
        ended, lost = manager.Event(), manager.list()
        writers = [apart.Process(target=write, args=(ground.db.url, str(tmp_path), lane, ended.is_set, lost)) for lane in (1, 2, 3)]
        for one in writers:
            one.start()
        rotations(ground, tmp_path, 10)
        ended.set()
        for one in writers:
            one.join(60)
        settled(ground, list(lost))
