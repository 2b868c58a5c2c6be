"""A month of a million events in the simulator, beside a site that serves.

`python -m bench.simulator` fills a bank of 272,000 customers with 1,000,000 events of 30 days (`--small`: a tenth), serves it with
one worker, and has the clock's command play the shipped policy against it in a process of its own. Meanwhile the home page and the
list of touchpoints are asked for, in turn with the player halted and at work, by one connection. Limits: the median page costs at
most 1.3 times as much beside the player, and the player gets through at least 50,000 events a minute of its CPU time. Its greatest
memory is printed. PostgreSQL: SOUNDINGS_BENCH_POSTGRES.
"""

import argparse
import http.client
import os
import resource
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import update

from bench.decide import ground_of
from bench.decide_world import NOW, PORTION, BenchWorld
from bench.intake import served
from bench.staff import signed_in
from portal.foundation.bulk import bulk_insert
from portal.foundation.ground import Ground
from portal.foundation.ids import new_ids
from portal.migrations.models import load_all
from portal.people import users
from portal.people.rules.roles import Role
from questionnaires.library.models import Questionnaire
from scheduler.contacts import simulation_store as store
from scheduler.contacts.models import SimulationRun
from scheduler.contacts.rules.policy import standard_policy
from scheduler.intake.models import Event
from wsgi import create_app

SLOWER, A_MINUTE = 1.3, 50_000
PAGES = ("/portal/", "/portal/touchpoints")
TURN, REST = 12, 0.4
FIRST = NOW - timedelta(days=30)


def events(world: BenchWorld, number: int) -> Iterator[dict[str, Any]]:
    """Events of a month in order of time; some customers have many."""
    step, people = timedelta(days=30) / number, len(world.persons)
    for place, key in enumerate(new_ids(number)):
        person, at = world.persons[int(people * world.chance.random() ** 1.5)], FIRST + place * step
        yield {
            "id": key, "event_id": f"S{place:08d}", "event_type": "done", "customer_id": person, "person_id": person, "occurred_at": at,
            "received_at": at, "unit_id": world.units[place % 20], "attributes": {"amount_band": place % 5, "channel": "app"},
        }  # fmt: skip


def prepare(ground: Ground, number: int) -> tuple[BenchWorld, UUID, str]:
    """The bank with its month, a run that waits, and the cookie of somebody who may look."""
    world = BenchWorld(ground, number * 272 // 1000, 1_000, lambda line: print(line, file=sys.stderr))
    rows = events(world, number)
    while portion := list(islice(rows, PORTION)):
        with ground.writing() as session:
            bulk_insert(session, Event, portion)
    run = SimulationRun(
        title="bench", source="recorded", first=FIRST, last=NOW + timedelta(days=1), created_at=datetime.now(UTC),
        policies=[{"label": "shipped", "policy": standard_policy().model_dump(mode="json", exclude_none=True), "salt": "bench"}],
    )  # fmt: skip
    now = datetime.now(UTC)
    with ground.writing() as session:
        session.execute(update(Questionnaire).values(current_version_id=world.version_id))
        looker = users.create(session, "bench", "Bench", "a long word for the bench", [(Role.ADMINISTRATOR, world.units[0])], now).id
        session.add(run)
        session.flush()
        claimed = store.claim(session, now)
    app = create_app(ground)
    cookie = signed_in(app, ground, looker, now).get_cookie(app.config["SESSION_COOKIE_NAME"])
    if claimed is None or cookie is None:
        raise SystemExit("the run was not claimed, or nobody is signed in")
    return world, claimed, f"{cookie.key}={cookie.value}"


def asked(port: int, cookie: str) -> list[float]:
    """Seconds of some pages, one after another."""
    took = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(TURN):
        began = time.perf_counter()
        connection.request("GET", PAGES[number % len(PAGES)], headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        took.append(time.perf_counter() - began)
        if answer.status != 200:
            raise SystemExit(f"{PAGES[number % len(PAGES)]}: {answer.status}")
        time.sleep(0.02)
    connection.close()
    return took


def played(ground: Ground, port: int, cookie: str, run_id: UUID) -> tuple[list[float], list[float]]:
    """The player from its start to its end: seconds of pages while it was halted, and while it was at work."""
    more = {"SOUNDINGS_DATA_DIR": str(ground.settings.data_dir), "SOUNDINGS_DATABASE_URL": ground.db.url}
    player = subprocess.Popen([sys.executable, "-m", "wsgi", "simulation-run", str(run_id)], env={**os.environ, **more})
    halted, working = [], []
    while player.poll() is None:
        time.sleep(REST)
        working += asked(port, cookie)
        if player.poll() is None:
            player.send_signal(signal.SIGSTOP)
            halted += asked(port, cookie)
            player.send_signal(signal.SIGCONT)
        time.sleep(5 * REST)
    if player.returncode:
        raise SystemExit(f"the player ended with {player.returncode}")
    return halted, working


def measure(kind: str, number: int) -> bool:
    """Print what one kind of database comes to; whether both limits were kept."""
    with ground_of(kind) as ground:
        _world, run_id, cookie = prepare(ground, number)
        with served(ground) as port:
            asked(port, cookie)  # the first is never like the others
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            halted, working = played(ground, port, cookie, run_id)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        with ground.reading() as session:
            found = store.run(session, run_id)
            if found is None or found.state != "done" or not found.result:
                raise SystemExit(f"the run did not end well: {found}")
            told = found.result[0]
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    slower, rate = statistics.median(working) / statistics.median(halted), 60 * number / seconds
    kept = slower <= SLOWER and rate >= A_MINUTE
    player = f"{seconds:.0f} s of CPU: {rate:,.0f} a minute (limit {A_MINUTE:,}), memory at most {after.ru_maxrss / 1024:.0f} MiB"
    site = f"{1000 * statistics.median(halted):.1f} ms halted, {1000 * statistics.median(working):.1f} ms beside it: × {slower:.2f}"
    print(f"{kind}: {number:,} events, {told['invitations']:,} invitations, {player}")
    print(f"  of {len(working)} pages one took {site} (limit {SLOWER})  {'ok' if kept else 'MISSED'}", flush=True)
    return kept


def main() -> int:
    """Run and print; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="100,000 events, for a quick look")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    chosen = parser.parse_args()
    load_all()
    kinds = chosen.database or ["sqlite", *(["postgresql"] if os.environ.get("SOUNDINGS_BENCH_POSTGRES") else [])]
    kept = [measure(kind, 100_000 if chosen.small else 1_000_000) for kind in kinds]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
