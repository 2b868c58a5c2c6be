"""What taking in events over HTTP costs over what can't be saved: COPY of the rows that come of it.

`python -m bench.intake` serves a bank of 100,000 customers, posts 10,000 events as NDJSON and waits for the answer, by which
events, keys and candidates are committed (A); then it puts just those rows under new ids into the same tables, with COPY on
PostgreSQL and one prepared statement on SQLite (B). Printed is the median of B ÷ A over rounds in turn; the limit is 0.2.
Half the events are of a type that two touchpoints hear, half of one that nobody asks about.
PostgreSQL: SOUNDINGS_BENCH_POSTGRES, the address of a server where databases may be made.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from bench.decide import ground_of
from bench.decide_world import BenchWorld
from portal.audit.trail import Actor
from portal.foundation.bulk import bulk_insert
from portal.foundation.crypto import save_keys
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id, new_ids
from portal.migrations.models import load_all
from portal.people import api_keys
from questionnaires.library.models import Questionnaire
from scheduler.intake.models import Candidate, Event, SeenKey
from scheduler.touchpoints.models import EventType, Touchpoint
from tests.processes import answers, free_port

EVENTS = 10_000
LIMIT = 0.2
HEARING = ("transfer", "loan")
TABLES: tuple[Any, ...] = (Event, Candidate, SeenKey)


class Bank:
    """A served bank, its events, and the rows that the last batch left."""

    def __init__(self, ground: Ground, customers: int) -> None:
        self.ground = ground
        self.world = BenchWorld(ground, customers, 1_000, lambda line: print(line, file=sys.stderr))
        self.number, self.before = 0, new_id()
        with ground.writing() as session:
            session.add(EventType(code="seen", name_zh="浏览", name_en="Seen"))
            session.execute(update(Questionnaire).values(current_version_id=self.world.version_id))
            session.execute(update(Touchpoint).where(col(Touchpoint.code).not_in(HEARING)).values(active=False))
            _key, self.secret = api_keys.make(
                session, "bench", ["events.write"], ["events.write"], None, Actor.system("bench"), datetime.now(UTC)
            )

    def body(self) -> bytes:
        """The next 10,000 events of customers drawn by chance."""
        lines, now = [], datetime.now(UTC)
        for _ in range(EVENTS):
            self.number += 1
            customer = self.world.chance.randrange(len(self.world.persons))
            lines.append(json.dumps({
                "event_id": f"I{self.number:09d}", "event_type": ("done", "seen")[self.number % 2], "customer_ref": f"C{customer:08d}",
                "occurred_at": (now - timedelta(seconds=self.number % 3_000)).isoformat(), "transaction_ref": f"T{self.number:09d}",
                "unit": f"U{self.number % 20}", "channel": "app", "attributes": {"amount_band": self.number % 5, "product": "loan"},
            }))  # fmt: skip
        return "\n".join(lines).encode()

    def post(self, port: int) -> float:
        """A: seconds from the first byte sent to the answer."""
        self.before = new_id()
        body, headers = self.body(), {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/x-ndjson"}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        began = time.perf_counter()
        connection.request("POST", "/api/v1/events", body, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        took = time.perf_counter() - began
        connection.close()
        if answer.status != 202 or told["received"] != EVENTS:
            raise SystemExit(f"{answer.status}: {told}")
        return took

    def copy(self) -> float:
        """B: seconds to put the rows of the last batch in again under new ids, committed."""
        rows = [self._rows(model) for model in TABLES]
        if [len(several) for several in rows] != [EVENTS, EVENTS, 2 * EVENTS]:
            raise SystemExit(f"not the rows that were meant: {[len(several) for several in rows]}")
        began = time.perf_counter()
        with self.ground.writing() as session:
            for model, several in zip(TABLES, rows, strict=True):
                bulk_insert(session, model, several)
        return time.perf_counter() - began

    def _rows(self, model: Any) -> list[dict[str, Any]]:
        table, of_keys = model.__table__, model is SeenKey
        with self.ground.reading() as session:
            query = select(table).where((table.c.event_row if of_keys else table.c.id) > self.before)
            found = [dict(row) for row in session.execute(query).mappings()]
        for row, fresh in zip(found, new_ids(len(found)), strict=True):
            row |= {"key": os.urandom(16)} if of_keys else {"id": fresh}
        return found


@contextmanager
def served(ground: Ground) -> Iterator[int]:
    """`soundings serve` with one worker on this database."""
    port, folder = free_port(), ground.settings.data_dir
    save_keys(folder / "keys.json", ground.keys)
    more = {"SOUNDINGS_DATA_DIR": str(folder), "SOUNDINGS_DATABASE_URL": ground.db.url, "SOUNDINGS_LOG_LEVEL": "error"}
    command = [sys.executable, "-m", "wsgi", "serve", "--without-clock", "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, **more})
    try:
        for _ in range(600):
            if answers(f"http://127.0.0.1:{port}/readyz"):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def measure(kind: str, rounds: int, customers: int) -> bool:
    """Print the ratio of one kind of database; whether the limit was kept."""
    with ground_of(kind) as ground:
        bank = Bank(ground, customers)
        with served(ground) as port:
            bank.post(port)  # the first is never like the others
            pairs = [(bank.post(port), bank.copy()) for _ in range(rounds)]
    ratio = statistics.median(copied / posted for posted, copied in pairs)
    posted, copied = (statistics.median(pair[place] for pair in pairs) for place in (0, 1))
    print(f"{kind}: {EVENTS:,} events in {posted:.2f} s over HTTP, their rows by COPY in {copied:.2f} s: ratio {ratio:.2f} (limit {LIMIT})")
    return ratio >= LIMIT


def main() -> int:
    """Run and print; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    chosen = parser.parse_args()
    load_all()
    kinds = chosen.database or ["sqlite", *(["postgresql"] if os.environ.get("SOUNDINGS_BENCH_POSTGRES") else [])]
    kept = [measure(kind, chosen.rounds, chosen.customers) for kind in kinds]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
