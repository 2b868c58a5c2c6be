"""The trail's chain: sealed once whoever seals, and whatever was changed or taken out afterwards is found."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, func, select

from portal.audit import chain, jobs, trail
from portal.audit.models import AuditEntry, AuditMark, AuditSeal
from portal.audit.trail import Actor
from portal.foundation.db import Database
from portal.foundation.ground import Ground
from portal.migrations import triggers
from tests.conftest import NOON


def add(ground: Ground, count: int, start: int = 0) -> None:
    with ground.writing() as session:
        for n in range(start, start + count):
            facts = {"字": "值", "n": n, "share": 0.1, "deep": {"b": None, "a": [1, 2.5]}}
            trail.record(session, Actor("user", f"{n}"), "thing.do", "thing", str(n), NOON + timedelta(microseconds=n), facts)


def problems(ground: Ground) -> list[str]:
    with ground.reading() as session:
        return [one["code"] for one in chain.verify(session, NOON)[1]]


def seal_all(ground: Ground, size: int = 4) -> int:
    total = 0
    while True:
        with ground.writing() as session:
            done = chain.seal(session, NOON, size)
        total += done
        if not done:
            return total


def test_every_entry_is_sealed_once_and_the_chain_holds(ground: Ground) -> None:
    add(ground, 10)
    assert seal_all(ground) == 10
    add(ground, 3, 10)
    assert jobs.seal(ground, NOON) == 3
    assert jobs.seal(ground, NOON) == 0
    with ground.reading() as session:
        assert chain.verify(session, NOON) == (13, [])
        assert session.exec(select(func.count()).select_from(AuditSeal)).one() == 4


def test_two_processes_that_seal_at_once_make_one_chain(ground: Ground) -> None:
    add(ground, 60)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: seal_all(ground, 7), range(4)))
    seal_all(ground, 7)
    with ground.reading() as session:
        assert chain.verify(session, NOON) == (60, [])
        assert session.exec(select(func.count()).select_from(AuditMark)).one() == 60


def tamper(db: Database, change: Callable[[Session], object]) -> None:
    with db.engine.begin() as connection:
        triggers.remove(connection)
    with db.writing() as session:
        change(session)
    with db.engine.begin() as connection:
        triggers.install(connection)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE audit_entry SET act = 'thing.undo' WHERE actor_id = '5'", "entry_changed"),
        ("UPDATE audit_entry SET actor_id = '6' WHERE actor_id = '5'", "entry_changed"),
        ("DELETE FROM audit_entry WHERE actor_id = '5'", "entry_missing"),
        ("DELETE FROM audit_seal WHERE n = 2", "seals_missing"),
        ("UPDATE audit_seal SET previous = hash WHERE n = 2", "chain_broken"),
        ("DELETE FROM audit_mark WHERE seal_n = 2", "mark_wrong"),
    ],
)
def test_what_was_changed_afterwards_is_found(ground: Ground, db: Database, statement: str, code: str) -> None:
    add(ground, 12)
    seal_all(ground)
    tamper(db, lambda session: session.execute(text(statement)))
    assert code in problems(ground)


def test_entries_that_wait_too_long_are_told(ground: Ground) -> None:
    add(ground, 2)
    assert problems(ground) == []
    with ground.reading() as session:
        assert chain.verify(session, NOON + timedelta(hours=2))[1] == [{"code": "not_sealed_for_an_hour", "entries": 2}]


def test_the_database_itself_refuses_to_change_an_entry(ground: Ground, db: Database) -> None:
    add(ground, 1)
    with pytest.raises(Exception, match="append-only"), db.writing() as session:
        session.execute(text("DELETE FROM audit_entry"))
    with ground.reading() as session:
        assert session.exec(select(func.count()).select_from(AuditEntry)).one() == 1
