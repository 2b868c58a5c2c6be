"""What it costs when a million lots expire.

`python -m bench.points` fills 1,000,000 lots of 100,000 officers that are over (`--small`: 100,000 of 10,000) and lets them
expire in batches of 2,000, each in a transaction of its own. Two limits: every full batch takes the same number of statements,
whatever else is in the table, and the process's memory in the last tenth of the run is at most 1.15 times that after the first.
Afterwards the audit must be clean. PostgreSQL: SOUNDINGS_BENCH_POSTGRES; without it only SQLite.
"""

import argparse
import os
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench.decide import ground_of
from bench.decide_world import NOW
from officers.people.models import Officer
from officers.points import expiry
from officers.points.auditor import check_points
from officers.points.models import PointAccount, PointEntry, PointLot
from portal.foundation.bulk import bulk_insert
from portal.foundation.clock import SystemClock
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id, new_ids
from portal.migrations.models import load_all
from portal.people.models import Customer, OrgUnit
from portal.people.rules.persons import shard_of

A_PERSON, PORTION, BATCH = 10, 5_000, 2_000
LIMIT = 1.15
EARNED, OVER = NOW - timedelta(days=400), NOW - timedelta(days=10)


def fill(ground: Ground, officers: int) -> None:
    """So many officers with ten lots each that are over, ten points in a lot."""
    unit = new_id()
    with ground.writing() as session:
        session.add(OrgUnit(id=unit, code="BENCH", name_zh="测", name_en="Bench", kind="outlet"))
    for first in range(0, officers, PORTION):
        ids = new_ids(min(PORTION, officers - first))
        with ground.writing() as session:
            bulk_insert(session, Customer, [_customer(one, first + place, unit) for place, one in enumerate(ids)])
            bulk_insert(session, Officer, [_officer(one, first + place, unit) for place, one in enumerate(ids)])
            bulk_insert(session, PointAccount, [{"officer_id": one, "balance": 10 * A_PERSON, "held": 0, "owed": 0} for one in ids])
            keys = new_ids(len(ids) * A_PERSON)
            bulk_insert(session, PointEntry, [_entry(key, ids[place // A_PERSON]) for place, key in enumerate(keys)])
            bulk_insert(session, PointLot, [_lot(key, ids[place // A_PERSON], place) for place, key in enumerate(keys)])


def _customer(key: Any, place: int, unit: Any) -> dict[str, Any]:
    return {"id": key, "ref": f"B{place:07}", "person_id": key, "shard": shard_of(key), "origin": "bank", "staff": False,
            "attributes": {}, "unit_id": unit, "unreachable": "", "created_at": EARNED, "updated_at": EARNED}  # fmt: skip


def _officer(key: Any, place: int, unit: Any) -> dict[str, Any]:
    row = Officer(
        id=key, kind="customer", customer_id=key, unit_id=unit, alias=f"bench {place}", state="active", applied_at=EARNED, joined_at=EARNED
    )
    return row.model_dump()


def _entry(key: Any, officer: Any) -> dict[str, Any]:
    return {"id": key, "officer_id": officer, "kind": "correction", "amount": 10, "owed": 0, "key": f"bench:{key.hex}",
            "payload_hash": "0" * 64, "rule": "", "factors": {}, "actor_kind": "system", "actor_id": "bench", "at": EARNED}  # fmt: skip


def _lot(key: Any, officer: Any, place: int) -> dict[str, Any]:
    return {"id": key, "officer_id": officer, "entry_id": key, "amount": 10, "remaining": 10, "usable_from": EARNED,
            "expires_at": OVER + timedelta(seconds=place % 3_600), "told_at": EARNED, "warned": 3}  # fmt: skip


def memory() -> int:
    """Resident memory of this process, in KiB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise SystemExit("no VmRSS")


def run(ground: Ground, now: datetime) -> tuple[set[int], list[int], int]:
    """Expire all of it: how many statements full batches took, memory after each batch, and how many lots it were."""
    counted, sizes, total = [0], list[int](), 0
    numbers: set[int] = set()

    def count(*_: object) -> None:
        counted[0] += 1

    event.listen(ground.db.engine, "before_cursor_execute", count)
    while True:
        counted[0] = 0
        with ground.writing() as session:
            seen = expiry.expire(session, now, BATCH)
        if seen == BATCH:
            numbers.add(counted[0])
            sizes.append(memory())
        total += seen
        if not seen:
            event.remove(ground.db.engine, "before_cursor_execute", count)
            return numbers, sizes, total


def measure(kind: str, officers: int) -> bool:
    """Print what it took; whether the limits were kept."""
    with ExitStack() as stack:
        ground = stack.enter_context(ground_of(kind))
        fill(ground, officers)
        began = time.perf_counter()
        numbers, sizes, total = run(ground, NOW)
        took = time.perf_counter() - began
        audit = check_points(replace(ground, clock=SystemClock()))
    tenth = max(1, len(sizes) // 10)
    growth = max(sizes[-tenth:]) / max(sizes[:tenth])
    print(f"{kind}: {total:,} lots expired in {took:.1f} s, {total / took:,.0f} a second; statements of a batch: {sorted(numbers)}")
    print(f"{kind}: memory {max(sizes[:tenth]) // 1024} → {max(sizes[-tenth:]) // 1024} MiB, ratio {growth:.2f} (limit {LIMIT})")
    print(f"{kind}: audit of {audit.checked:,} entries: {len(audit.violations)} violations")
    return len(numbers) == 1 and growth <= LIMIT and not audit.violations and total == officers * A_PERSON


def main() -> int:
    """Run and print; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="100,000 lots instead of 1,000,000")
    chosen = parser.parse_args()
    load_all()
    kinds = ("sqlite", *(["postgresql"] if os.environ.get("SOUNDINGS_BENCH_POSTGRES") else []))
    kept = [measure(kind, 10_000 if chosen.small else 100_000) for kind in kinds]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
