"""A bank on many machines: web, two clocks, workers, PostgreSQL, a broker and a provider, any of which may be killed at any moment."""

import json
import os
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlmodel import col

from portal.audit.trail import Actor
from portal.foundation.crypto import save_keys
from portal.foundation.db import Database, insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id, new_ids
from portal.people import api_keys
from portal.people.models import Consent, Customer
from portal.people.rules.persons import shard_of
from scheduler.contacts.rules.policy import from_toml
from scheduler.touchpoints.models import Touchpoint
from tests.faults.servers import GatewayProcess, PostgresServer
from tests.processes import ROOT, answers, free_port, group_members, kill_group, until, zygote
from tests.rabbitmq import RabbitServer
from tests.redis import RedisServer
from tests.scheduler.contacts.world import World

POLICY = "[[caps]]\nn = 1\nwindow = '24h'\n[[caps]]\nn = 2\nwindow = '90d'\n"
ROLES = {"web": 1, "clock": 3, "second clock": 3, "worker": 6, "fast worker": 4, "slow worker": 4}
"""Who is killed how often; a web process takes some seconds to be back."""
Broker = RedisServer | RabbitServer
SKEWS = {"fast worker": "600", "slow worker": "-600", "second clock": "600"}


@dataclass
class Town:
    """All of it. `kills` counts processes that were killed, by role."""

    folder: Path
    ground: Ground
    postgres: PostgresServer
    broker: Broker
    gateway: GatewayProcess
    port: int
    secret: str
    chance: random.Random
    pids: dict[str, int] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)
    persons: list[Any] = field(default_factory=list)

    @property
    def shift(self) -> Path:
        """How many seconds all clocks are ahead of real time."""
        return self.folder / "shift"

    def start(self, role: str) -> None:
        """Start a process in a role; whoever was in it before is gone."""
        words = {"web": ["serve", "--without-clock", "--port", str(self.port)], "clock": ["clock"], "second clock": ["clock"]}
        self.pids[role] = zygote().run(words.get(role, ["worker", "--processes", "1"]), self.environment(role), self.folder / "log")

    def environment(self, role: str) -> dict[str, str]:
        """What a process is told."""
        return {
            "SOUNDINGS_DATA_DIR": str(self.folder),
            "SOUNDINGS_DATABASE_URL": self.postgres.url,
            "SOUNDINGS_BROKER_URL": self.broker.url,
            "SOUNDINGS_SMS_GATEWAY_URL": self.gateway.url,
            "SOUNDINGS_LEASE_SECONDS": "2",
            "SOUNDINGS_LOG_FORMAT": "json",
            "SOUNDINGS_TEST_SHIFT": str(self.shift),
            "SOUNDINGS_TEST_SKEW": SKEWS.get(role, "0"),
            "PYTHONPATH": str(ROOT),
        }

    def kill(self, role: str) -> None:
        """Kill -9 a role's processes, all at one moment, or now and then only one that the others must do without."""
        members = group_members(self.pids[role])
        if not members:
            self.start(role)
            return
        if len(members) > 1 and self.chance.random() < 0.3:
            with suppress(ProcessLookupError):
                os.kill(self.chance.choice(members[1:]), signal.SIGKILL)
        else:
            kill_group(self.pids[role])
            self.start(role)
        self.kills[role] = self.kills.get(role, 0) + 1

    def look_after(self) -> None:
        """What a machine's own supervisor does: start again whoever ended by itself, such as while the database was away."""
        for role, pid in self.pids.items():
            if not group_members(pid):
                self.start(role)

    def kill_somebody(self) -> None:
        """Whoever is drawn, at a moment that is drawn."""
        _never.wait(self.chance.uniform(0.05, 0.9))
        self.look_after()
        self.kill(self.chance.choices(list(ROLES), weights=list(ROLES.values()))[0])

    def post(self, lines: list[str]) -> bool:
        """Hand in events; False where no answer came: then they are handed in again, under the same ids."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/events", "\n".join(lines).encode(),
            {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/x-ndjson"},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                told = json.loads(answer.read())
                return bool(answer.status == 202 and told["received"] + told["duplicates"] == len(lines))
        except (urllib.error.URLError, ConnectionError, TimeoutError, ValueError):
            return False

    def events(self, first: int, number: int) -> list[str]:
        """Events of customers drawn by chance; a quarter of the bank's customers come again and again."""
        now = datetime.now(UTC) + timedelta(seconds=float(self.shift.read_text()))
        return [
            json.dumps({
                "event_id": f"F{first + place:06d}", "event_type": "done", "occurred_at": now.isoformat(),
                "customer_ref": f"C{self.chance.randrange(len(self.persons)) // (1 + 3 * (place % 2)) + 1:06}",
            })
            for place in range(number)
        ]  # fmt: skip

    def forward(self, span: timedelta) -> None:
        """Simulated time goes on, everywhere at once."""
        temporary = self.shift.with_suffix(".new")
        temporary.write_text(str(float(self.shift.read_text()) + span.total_seconds()))
        temporary.replace(self.shift)

    def rows(self, statement: str) -> list[Any]:
        """What the database says; asked again while it is on its way back."""
        for _ in range(100):
            with suppress(Exception), self.postgres.connect() as connection:
                return list(connection.execute(statement))
            _never.wait(0.1)
        raise AssertionError("the database does not come back")

    def number(self, statement: str) -> int:
        """One number of the database's."""
        return int(self.rows(statement)[0][0])

    def taken(self) -> tuple[dict[str, int], int]:
        """The provider's journal: how often each key came and was taken or dropped as a copy, and how many were handed over twice."""
        seen: dict[str, int] = {}
        for line in self.gateway.journal.read_text().splitlines() if self.gateway.journal.exists() else ():
            with suppress(ValueError):  # a killed gateway may leave half a line
                key = json.loads(line)["key"]
                seen[key] = seen.get(key, 0) + 1
        return seen, sum(number - 1 for number in seen.values())


_never = threading.Event()


@contextmanager
def town(
    folder: Path, keys: Any, settings: Any, customers: int, seed: int, chance: str = "{}", kind: type[Broker] = RedisServer
) -> Iterator[Town]:
    """Found a bank and start everything."""
    broker = kind()  # first: it says where there is none
    postgres = PostgresServer()
    gateway = GatewayProcess(folder, chance)
    pids: dict[str, int] = {}
    from portal.migrations import run as migrations

    database = Database(postgres.url)
    try:
        broker.start()
        postgres.start()
        gateway.start()
        migrations.upgrade(database.engine)
        ground = Ground(settings.model_copy(update={"database_url": postgres.url}), database, keys, _RealClock())
        save_keys(folder / "keys.json", keys)
        (folder / "shift").write_text("0")
        made = Town(folder, ground, postgres, broker, gateway, free_port(), _found(ground), random.Random(seed), pids)
        made.persons = _people(ground, customers)
        for role in ROLES:
            made.start(role)
        until(lambda: answers(f"http://127.0.0.1:{made.port}/readyz"), seconds=90, what="web is ready")
        yield made
    finally:
        for pid in pids.values():
            kill_group(pid)
        gateway.kill()
        broker.remove()
        database.close()
        postgres.remove()


class _RealClock:
    def now(self) -> datetime:
        """This moment."""
        return datetime.now(UTC)


def _found(ground: Ground) -> str:
    World(ground).start(from_toml(POLICY), ("transfer",))
    with ground.writing() as session:
        session.execute(update(Touchpoint).values(channels=["sms"], delay_minutes=0).where(col(Touchpoint.code) == "transfer"))
        return api_keys.make(session, "faults", ["events.write"], ["events.write"], None, Actor.system("test"), ground.now())[1]


def _people(ground: Ground, number: int) -> list[Any]:
    ids, now = new_ids(number), ground.now() - timedelta(days=30)
    rows = [
        {"id": one, "ref": f"C{place:06}", "person_id": one, "shard": shard_of(one), "origin": "bank", "staff": False, "attributes": {},
         "phone_enc": ground.keys.encrypt(f"+86138{place:08}"), "created_at": now, "updated_at": now}
        for place, one in enumerate(ids, 1)
    ]  # fmt: skip
    said = [{"id": new_id(), "customer_id": one, "purpose": "survey", "channel": "", "at": now, "given_at": now} for one in ids]
    with ground.writing() as session:
        insert_rows(session, Customer, rows)
        insert_rows(session, Consent, said)
    return ids


def seconds() -> float:
    """For how long something went on."""
    return time.monotonic()
