"""What the outbox costs when much waits, and what more workers bring.

`python -m bench.delivery` measures two things. The claim: 200 messages out of 10,000 and out of 1,000,000 that wait (`--small`:
100,000), in turn, each rolled back; the ratio of the medians may be 1.3. The workers: PostgreSQL, Redis, one clock and workers
with 1, 2 and 4 processes send messages to a local HTTP gateway which takes 40 ms to answer, as a provider does, each checked once
more before it goes; from 1 to 2 processes the messages a second must grow 1.7 times (on two cores that nobody else uses: the gateway
and PostgreSQL run beside them).
PostgreSQL: SOUNDINGS_BENCH_POSTGRES, the address of a server where databases may be made; without it only SQLite's claim.
"""

import argparse
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text, update
from sqlmodel import col

from bench.decide import ground_of
from bench.decide_world import NOW
from portal.foundation.bulk import bulk_insert
from portal.foundation.crypto import save_keys
from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id, new_ids
from portal.migrations.models import load_all
from portal.people.models import Consent, Customer
from portal.people.rules.persons import shard_of
from scheduler.contacts.decide import Means, decide_due
from scheduler.contacts.rules.policy import from_toml
from scheduler.delivery import outbox
from scheduler.delivery.models import Message
from scheduler.delivery.outbox import MessageSpec
from scheduler.delivery.store import queue
from scheduler.touchpoints.models import Touchpoint
from tests.faults.servers import GatewayProcess
from tests.processes import Zygote
from tests.redis import RedisServer
from tests.scheduler.contacts.world import World

CLAIM, PORTION = 200, 50_000
LIMIT, GROWTH = 1.3, 1.7
PROCESSES = (1, 2, 4)
TAKES = 0.04
A_WORKER = 400
"""Messages for each process: some seconds of work."""


def fill(ground: Ground, number: int) -> None:
    """So many messages that wait, due one after the other in the past."""
    customer = new_id()
    specs = (
        MessageSpec(("sms", "email")[place % 2], customer, place % 256, "invite", "en", NOW - timedelta(seconds=number - place))
        for place in range(number)
    )
    while portion := list(islice(specs, PORTION)):
        with ground.writing() as session:
            bulk_insert(session, Message, outbox.make_rows(portion, NOW))
    with ground.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE message" if ground.db.dialect == "postgresql" else "ANALYZE"))


class _RolledBack(Exception):
    pass


def timed_claim(ground: Ground) -> float:
    """Seconds for one claim, taken back afterwards."""
    took = 0.0
    with suppress(_RolledBack), ground.writing() as session:
        began = time.perf_counter()
        held = queue.claim(session, NOW, NOW + timedelta(minutes=10), "sms", CLAIM)
        took = time.perf_counter() - began
        if len(held) != CLAIM:
            raise SystemExit(f"claimed {len(held)}")
        raise _RolledBack
    return took


def claim_ratio(kind: str, many: int, rounds: int) -> bool:
    """Print what a claim costs among few and among many; whether the limit was kept."""
    with ExitStack() as stack:
        few_ground, many_ground = (stack.enter_context(ground_of(kind)) for _ in range(2))
        fill(few_ground, 10_000)
        fill(many_ground, many)
        pairs = [(timed_claim(few_ground), timed_claim(many_ground)) for _ in range(rounds + 3)][3:]
    few, lots = (statistics.median(pair[place] for pair in pairs) for place in (0, 1))
    print(f"{kind}: claim of {CLAIM} among 10,000 in {1000 * few:.1f} ms, among {many:,} in {1000 * lots:.1f} ms: "
          f"ratio {lots / few:.2f} (limit {LIMIT})")  # fmt: skip
    return lots / few <= LIMIT


class Workers:
    """A bank whose workers' number is changed."""

    def __init__(self, ground: Ground, redis: RedisServer, gateway: GatewayProcess, zygote: Zygote) -> None:
        self.ground, self._redis, self._gateway, self._zygote = ground, redis, gateway, zygote
        self.world = World(ground).start(from_toml(""), ("transfer",))
        with ground.writing() as session:
            session.execute(update(Touchpoint).where(col(Touchpoint.code) == "transfer").values(channels=["sms"]))
        save_keys(ground.settings.data_dir / "keys.json", ground.keys)

    def ask(self, number: int) -> None:
        """New customers, all of whom are to be asked now."""
        ids, now, first = new_ids(number), self.ground.now() - timedelta(days=1), self.world.made
        self.world.made += number
        rows = [
            {"id": one, "ref": f"C{place:06}", "person_id": one, "shard": shard_of(one), "origin": "bank", "staff": False,
             "attributes": {}, "phone_enc": self.ground.keys.encrypt(f"+86138{place:08}"), "created_at": now, "updated_at": now}
            for place, one in enumerate(ids, first)
        ]  # fmt: skip
        said = [{"id": new_id(), "customer_id": one, "purpose": "survey", "channel": "", "at": now, "given_at": now} for one in ids]
        with self.ground.writing() as session:
            insert_rows(session, Customer, rows)
            insert_rows(session, Consent, said)
        self.world.candidates(ids, due=self.ground.now() - timedelta(minutes=1))
        means = Means(self.ground.settings.model_copy(update={"sms_gateway_url": self._gateway.url}), self.ground.keys)
        while True:
            with self.ground.writing() as session:
                if not decide_due(session, means, self.ground.now(), 500):
                    return

    def rate(self, processes: int) -> float:
        """Messages a second that the gateway took, between a tenth and nine tenths of them."""
        number, before = A_WORKER * processes, self._accepted()
        self.ask(number)
        with self._running(processes):
            began = self._reached(before + number // 10)
            ended = self._reached(before + number * 9 // 10)
        return (number * 9 // 10 - number // 10) / (ended - began)

    def _reached(self, wanted: int) -> float:
        until = time.monotonic() + 180
        while self._accepted() < wanted:
            if time.monotonic() > until:
                raise SystemExit(f"only {self._accepted()} of {wanted} were sent")
            time.sleep(0.05)
        return time.monotonic()

    def _accepted(self) -> int:
        with self.ground.reading() as session:
            return session.scalar(select(func.count()).select_from(Message).where(col(Message.state) == "accepted")) or 0

    @contextmanager
    def _running(self, processes: int) -> Iterator[None]:
        folder = self.ground.settings.data_dir
        env = {
            "SOUNDINGS_DATA_DIR": str(folder), "SOUNDINGS_DATABASE_URL": self.ground.db.url, "SOUNDINGS_BROKER_URL": self._redis.url,
            "SOUNDINGS_SMS_GATEWAY_URL": self._gateway.url, "SOUNDINGS_SHARD_PARTS": "8", "SOUNDINGS_LOG_LEVEL": "error",
        }  # fmt: skip
        words: Any = (["worker", "--processes", str(processes)], ["clock"])
        pids = [self._zygote.run(one, env, folder / "log") for one in words]
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGTERM)  # as a supervisor does: the worker lets its own processes end
            for pid in pids:
                while Path(f"/proc/{pid}").exists():
                    time.sleep(0.05)


def growth(rounds: int) -> bool:
    """Print messages a second by the number of processes; whether the second brought enough."""
    rates: dict[int, list[float]] = {number: [] for number in PROCESSES}
    with tempfile.TemporaryDirectory() as name, ground_of("postgresql") as ground:
        folder, redis = Path(name), RedisServer().start()
        gateway, zygote = GatewayProcess(folder, takes=TAKES).start(), Zygote().start()
        try:
            workers = Workers(ground, redis, gateway, zygote)
            workers.rate(1)  # the first is never like the others
            for _ in range(rounds):
                for number in PROCESSES:
                    rates[number].append(workers.rate(number))
        finally:
            zygote.end()
            gateway.kill()
            redis.kill()
    medians = {number: statistics.median(found) for number, found in rates.items()}
    grown = statistics.median(two / one for one, two in zip(rates[1], rates[2], strict=True))
    told = ", ".join(f"{number}: {rate:.0f}" for number, rate in medians.items())
    print(f"messages a second by worker processes: {told}; from 1 to 2 ×{grown:.2f} (at least {GROWTH})")
    return grown >= GROWTH


def main() -> int:
    """Run and print; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="100,000 instead of 1,000,000 that wait")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("claim", "workers"))
    chosen = parser.parse_args()
    load_all()
    with_postgres = bool(os.environ.get("SOUNDINGS_BENCH_POSTGRES"))
    kept = []
    if chosen.only != "workers":
        many = 100_000 if chosen.small else 1_000_000
        kept += [claim_ratio(kind, many, 10 * chosen.rounds) for kind in ("sqlite", *(["postgresql"] if with_postgres else []))]
    if chosen.only != "claim" and with_postgres:
        kept.append(growth(chosen.rounds))
    sys.stdout.flush()
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
