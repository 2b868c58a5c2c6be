"""How much deciding costs over what can't be saved: the pure rule in memory plus a bare insert of the same rows.

`python -m bench.decide` fills a database of each kind with 1 million customers and 5 million contacts (`--small`: a tenth),
then in turn, within one run, decides a batch (A), does the same in memory and only inserts its rows (B), and decides row by
row with the ORM (C). Printed are the medians of the ratios A ÷ B (limit 2; beside it the least A over the least B, since a busy
machine only adds) and C ÷ A per candidate (at least 40), and the number of statements a batch takes. All pages are in memory
before, and SQLite's log is taken over between measurements, charged to none of the three. PostgreSQL: SOUNDINGS_BENCH_POSTGRES,
the address of a server where databases may be made; give it `shared_buffers` that hold the bank (4 GB).
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, delete, event, text
from sqlmodel import col

from bench.decide_orm import decide_one
from bench.decide_world import NOW, BenchWorld
from portal.foundation.bulk import bulk_insert
from portal.foundation.clock import SystemClock
from portal.foundation.crypto import new_keys
from portal.foundation.db import Database, ids_in
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.foundation.settings import Settings
from portal.migrations import run as migrations
from portal.migrations.models import load_all
from questionnaires.answering.models import Invitation
from questionnaires.metrics.models import FunnelDay
from questionnaires.metrics.store.counting import FunnelKey
from scheduler.contacts import decide
from scheduler.contacts.gather import chances
from scheduler.contacts.models import Contact, Decision
from scheduler.contacts.rules.arbitrate import decide_person
from scheduler.contacts.standing import Draws
from scheduler.contacts.store import ledger
from scheduler.contacts.store.ledger import Written
from scheduler.delivery.models import Message

SIZES = (500, 2_000)
ROW_BY_ROW = 60
WARMING = 12
"""So many batches before anything is measured: by then driver and server have made their plans, as in a process that goes on."""
TABLES: tuple[tuple[Any, str], ...] = ((Decision, "decisions"), (Invitation, "invitations"), (Contact, "contacts"), (Message, "messages"))


class Watched:
    """What a batch weighed and wrote, kept so that B can do just that again."""

    def __init__(self) -> None:
        self.groups: list[tuple[Any, Any, Any, Any]] = []
        self.written: Written | None = None
        self.counted: Mapping[FunnelKey, int] = {}
        self.statements = 0

    @contextmanager
    def watching(self, engine: Any) -> Iterator[None]:
        """Listen while one batch is decided."""
        weigh, write, add = decide.decide_person, ledger.write, decide.add_funnel

        def kept_weigh(book: Any, group: Any, person: Any, now: Any) -> Any:
            self.groups.append((book, group, person._replace(history=list(person.history)), now))
            return weigh(book, group, person, now)

        def kept_write(session: Any, rows: Written) -> None:
            self.written = rows
            write(session, rows)

        def kept_add(session: Any, funnel: Mapping[FunnelKey, int]) -> None:
            self.counted = dict(funnel)
            add(session, funnel)

        def count(*_: Any) -> None:
            self.statements += 1

        decide.decide_person, ledger.write, decide.add_funnel = kept_weigh, kept_write, kept_add  # type: ignore[assignment,attr-defined]
        event.listen(engine, "before_cursor_execute", count)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", count)
            decide.decide_person, ledger.write, decide.add_funnel = weigh, write, add  # type: ignore[attr-defined]


def timed_batch(world: BenchWorld, size: int) -> float:
    """A: claim, read, weigh, write, commit."""
    world.candidates(size)
    means = decide.Means(world.ground.settings, world.ground.keys)
    world.rest()
    began = time.perf_counter()
    with world.ground.writing() as session:
        seen = decide.decide_due(session, means, NOW, limit=size)
    took = time.perf_counter() - began
    if seen != size:
        raise SystemExit(f"decided {seen} of {size}")
    return took


def timed_reference(world: BenchWorld, watched: Watched) -> float:
    """B: the pure rules over the same facts, then the same rows into the same tables (counts under a day of their own), committed.

    Note    R5 and R6 are rules too: their draws, hashes of what is in the facts, are made as part of them
    """
    copies = {name: _with_new_ids(getattr(watched.written, name)) for _, name in TABLES}
    day = world.unused_day()
    counts = [{**key._asdict(), "day": day, "n": number} for key, number in watched.counted.items()]
    world.rest()
    began = time.perf_counter()
    for book, group, person, now in watched.groups:
        draws = Draws.of(book.policy)
        for one in group:
            chances(draws, book.policy.salt, one.touchpoint, person.ref, one.cell[-len("2026-06") :], one.rate)
        decide_person(book, group, person, now)
    with world.ground.writing() as session:
        for model, name in TABLES:
            bulk_insert(session, model, copies[name])
        bulk_insert(session, FunnelDay, counts)
    took = time.perf_counter() - began
    with world.ground.writing() as session:
        for model, name in TABLES[1:]:  # decisions are append-only, and nothing reads these
            session.execute(delete(model).where(ids_in(col(model.id), [row["id"] for row in copies[name]])))
        session.execute(delete(FunnelDay).where(col(FunnelDay.day) == day))
    return took


def _with_new_ids(rows: Any) -> list[dict[str, Any]]:
    fresh = []
    for row in rows:
        changed: dict[str, Any] = {"id": new_id()}
        if "decision_id" in row:
            changed["decision_id"] = new_id()
        if "token_hash" in row:
            changed["token_hash"] = os.urandom(32)
        fresh.append({**row, **changed})
    return fresh


def timed_orm(world: BenchWorld, number: int) -> float:
    """C: each candidate on its own through the ORM; seconds per candidate."""
    ids: list[UUID] = list(world.candidates(number))
    world.rest()
    began = time.perf_counter()
    for candidate_id in ids:
        with world.ground.writing() as session:
            decide_one(session, world.ground.keys, world.ground.settings, candidate_id, NOW)
    return (time.perf_counter() - began) / number


def measure(world: BenchWorld, rounds: int) -> dict[str, Any]:
    """A, B and C in turn."""
    found: dict[str, Any] = {}
    for _ in range(WARMING):
        timed_batch(world, SIZES[0])
    for size in SIZES:
        ratios, seconds, references, orm, statements, sent, least = [], [], [], [], set(), 0, float("inf")
        for _ in range(rounds):
            took = timed_batch(world, size)
            watched = Watched()
            with watched.watching(world.ground.db.engine):
                timed_batch(world, size)
            reference = timed_reference(world, watched)
            again = timed_batch(world, size)
            least = min(least, took, again)
            ratios.append((took + again) / 2 / reference)
            seconds.append((took + again) / 2)
            references.append(reference)
            orm.append(timed_orm(world, ROW_BY_ROW) / ((took + again) / 2 / size))
            statements.add(watched.statements)
            sent = len(watched.written.contacts) if watched.written else 0
        found[str(size)] = {
            "ratio": round(statistics.median(ratios), 2), "of_the_least": round(least / min(references), 2),
            "ms": round(1000 * statistics.median(seconds), 1),
            "reference_ms": round(1000 * statistics.median(references), 1), "orm_times": round(statistics.median(orm), 1),
            "statements": sorted(statements), "sent_of_batch": sent,
        }  # fmt: skip
    return found


@contextmanager
def ground_of(kind: str) -> Iterator[Ground]:
    """A fresh, migrated database of a kind, thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="soundings-bench-") as folder:
        url, server, name = f"sqlite:///{folder}/bench.db", os.environ.get("SOUNDINGS_BENCH_POSTGRES", ""), f"bench_{new_id().hex}"
        if kind == "postgresql":
            _administer(server, f"CREATE DATABASE {name}")
            url = server.rsplit("/", 1)[0] + f"/{name}"
        database = Database(url)
        migrations.upgrade(database.engine)
        try:
            yield Ground(Settings(data_dir=Path(folder), database_url=url), database, new_keys(), SystemClock())
        finally:
            database.close()
            if kind == "postgresql":
                _administer(server, f"DROP DATABASE {name}")


def _administer(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of the rows")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    chosen = parser.parse_args()
    load_all()
    customers, contacts = (100_000, 500_000) if chosen.small else (1_000_000, 5_000_000)
    for kind in chosen.database or ["sqlite", *(["postgresql"] if os.environ.get("SOUNDINGS_BENCH_POSTGRES") else [])]:
        with ground_of(kind) as ground:
            print(f"{kind}: {customers:,} customers, {contacts:,} contacts", file=sys.stderr)
            world = BenchWorld(ground, customers, contacts, lambda line: print(line, file=sys.stderr))
            print(f"{kind}: {world.warm()}", file=sys.stderr)
            for size, figures in measure(world, chosen.rounds).items():
                print(f"{kind} batch {size}: {figures}")


if __name__ == "__main__":
    main()
