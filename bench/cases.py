"""The list of cases with a million of them against ten thousand, open ones and all, at the head office, a branch and an outlet.

Each page is asked by three people: one who sees the whole bank, one who sees a branch, one who sees an outlet; with every view, the
filters that people keep, and the search. The large bank has ten times the small one's open cases (work that waits does not grow
with what was done in years) and a hundred times its closed ones; their pages are asked in turn within one run, and medians are
compared. The limits are on the ratio and on the number of statements a page takes.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url

from bench.staff import signed_in
from portal.foundation.bulk import bulk_insert
from portal.foundation.ground import Ground, open_ground
from portal.foundation.ids import new_ids
from portal.foundation.settings import Settings
from portal.migrations import run as migrations
from portal.people import users
from portal.people.models import OrgUnit, UnitAncestor
from portal.people.rules.roles import Role
from scheduler.cases.models import Case
from scheduler.contacts.models import UnitLoad

SMALL, LARGE, OUTLETS, BRANCHES = 10_000, 1_000_000, 20, 4
OPEN_SHARE = {SMALL: 0.2, LARGE: 0.02, LARGE // 10: 0.05}
LIMIT, MOST_STATEMENTS, ROUNDS, PORTION = 1.3, 12, 25, 20_000
DAYS = 1_000
"""Cases are numbered within a day: ten, or a thousand."""
PAGES = (
    *("", "?view=overdue", "?view=mine", "?view=resolved", "?view=closed", "?view=all"),
    *("?view=all&unit={unit}", "?kind=complaint", "?view=all&kind=complaint", "?view=all&state=closed&sort=number", "?sort=-due"),
    *("?view=all&q={number}", "?view=all&q={tail}", "?q={tail}", "?view=all&q={beginning}"),
)
VIEWERS = ("head office", "branch", "outlet")
FRAME = "/portal/account"
"""A page with hardly anything but the frame, whose statements (who is it, the menu's numbers) are left out of the list's."""
NOW = datetime.now(UTC)


class Bank:
    """A bank with so many cases, and a manager who looks at them."""

    def __init__(self, ground: Ground, cases: int) -> None:
        self.ground, self.count, self.chance = ground, cases, Random(20260615)
        migrations.upgrade(ground.db.engine)
        self.units = new_ids(OUTLETS + 1 + BRANCHES)
        self._people()
        rows = self._cases()
        while portion := list(islice(rows, PORTION)):
            with ground.writing() as session:
                bulk_insert(session, Case, portion)
        self._settle()
        self.clients = dict(zip(VIEWERS, self._clients(ground), strict=True))
        self.statements = 0
        event.listen(ground.db.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.statements += not statement.startswith("BEGIN")

    def _people(self) -> None:
        head, outlets = self.units[0], self.units[1 : OUTLETS + 1]
        branches = self.units[OUTLETS + 1 :]
        with self.ground.writing() as session:
            session.add(OrgUnit(id=head, code="HO", name_zh="总行", name_en="Head office", kind="head"))
            session.add_all(OrgUnit(id=one, code=f"U{n}", name_zh="网点", name_en="Outlet", kind="outlet") for n, one in enumerate(outlets))
            session.add_all(
                OrgUnit(id=one, code=f"B{n}", name_zh="分行", name_en="Branch", kind="branch") for n, one in enumerate(branches)
            )
            session.flush()
            day = (NOW - timedelta(days=4000)).date()
            session.add_all(UnitAncestor(unit_id=one, ancestor_id=one, depth=0, valid_from=day) for one in self.units)
            session.add_all(UnitAncestor(unit_id=one, ancestor_id=head, depth=1, valid_from=day) for one in branches)
            session.add_all(UnitAncestor(unit_id=one, ancestor_id=head, depth=2, valid_from=day) for one in outlets)
            session.add_all(
                UnitAncestor(unit_id=one, ancestor_id=branches[n % BRANCHES], depth=1, valid_from=day) for n, one in enumerate(outlets)
            )
            load = int(self.count * OPEN_SHARE[self.count] / OUTLETS)
            session.add_all(UnitLoad(unit_id=one, open_cases=load, changed_at=NOW) for one in outlets)
            self.users = [
                users.create(session, f"bench{n}", "Bench", "a long pass phrase", [(role, unit)], NOW, unit_id=unit, language="en").id
                for n, (role, unit) in enumerate(
                    ((Role.COMPLAINT_CENTRE, head), (Role.OUTLET_MANAGER, branches[0]), (Role.OUTLET_MANAGER, outlets[0]))
                )
            ]

    def _cases(self) -> Iterator[dict[str, Any]]:
        """The newest last; most are closed, some overdue, few the manager's own; an outlet's open complaints fill a page in either bank."""
        ids = new_ids(self.count)
        share, outlets = OPEN_SHARE[self.count], self.units[1 : OUTLETS + 1]
        mine_from = self.count - int(180 / share)  # each of the three has some 60 of the last open ones, in either bank
        for n in range(self.count):
            opened = NOW - timedelta(days=DAYS) * (1 - n / self.count)
            is_open = self.chance.random() < share
            due = NOW + timedelta(hours=self.chance.uniform(-48, 96)) if is_open else None
            state = self.chance.choice(("new", "assigned", "in_progress", "resolved")) if is_open else "closed"
            owner = n % 3
            unit = outlets[0] if is_open and n >= mine_from and owner else self.chance.choice(outlets)  # both see the outlet
            yield {
                "id": ids[n],
                "number": f"GD-{opened:%Y%m%d}-{n % (self.count // DAYS) + 1:04d}",
                "kind": "complaint" if n % 4 == 0 else "low_score",
                "kind_version": 1,
                "source": "answer",
                "title": "",
                "unit_id": unit,
                "touchpoint": "",
                "state": state,
                "owner_id": self.users[owner] if is_open and n >= mine_from else None,
                "score": float(n % 7),
                "indicator": "nps",
                "opened_at": opened,
                "accept_due_at": opened,
                "contact_due_at": opened,
                "resolve_due_at": due or opened,
                "clock_from": opened,
                "due_at": due,
                "closed_at": None if is_open else opened + timedelta(days=3),
                "escalated": 0,
                "clock_mark": 0,
                "result": "",
                "fields": {},
                "checks": [],
                "reopened": 0,
                "revision": 1,
            }

    def _settle(self) -> None:
        """Let the planner know how much there is."""
        with self.ground.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))

    def _clients(self, ground: Ground) -> Iterator[FlaskClient]:
        from wsgi import create_app

        app = create_app(ground)
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        for user in self.users:
            yield signed_in(app, ground, user, NOW)

    def ask(self, viewer: str, address: str) -> tuple[float, int]:
        """One page: milliseconds (of this process where the database is in it), and statements."""
        clock = time.process_time if self.ground.db.dialect == "sqlite" else time.perf_counter
        self.statements, begun = 0, clock()
        answer = self.clients[viewer].get(address)
        spent = (clock() - begun) * 1000
        assert answer.status_code == 200, (address, answer.status_code)
        return spent, self.statements

    def second_page(self, viewer: str, address: str) -> str:
        """The address of a list's second page; the same where there is none."""
        page = self.clients[viewer].get(address).get_data(as_text=True)
        mark = 'href="?'
        found = [part.split('"')[0] for part in page.split(mark)[1:] if "cursor=" in part.split('"')[0]]
        return f"/portal/cases?{found[0].replace('&amp;', '&')}" if found else address


def measure(banks: dict[int, Bank], rounds: int) -> Iterator[tuple[str, dict[int, float], int]]:
    """For each page of each viewer the medians of both banks and the most statements."""
    for viewer in VIEWERS:
        frame = max(bank.ask(viewer, FRAME)[1] for bank in banks.values() for _ in range(2))
        for name in (*PAGES, "second"):
            times: dict[int, list[float]] = {size: [] for size in banks}
            most = 0
            addresses = {size: _address(bank, viewer, name) for size, bank in banks.items()}
            for number in range(rounds + 3):
                for size, bank in banks.items():
                    spent, statements = bank.ask(viewer, addresses[size])
                    if number >= 3:  # the first rounds warm templates and caches
                        times[size].append(spent)
                        most = max(most, statements - frame)
            yield f"{viewer} {name or 'open'}", {size: statistics.median(values) for size, values in times.items()}, most


def _address(bank: Bank, viewer: str, name: str) -> str:
    if name == "second":
        return bank.second_page(viewer, "/portal/cases?view=all")
    day = f"GD-{NOW - timedelta(days=40):%Y%m%d}"
    said = {"unit": bank.units[1], "number": f"{day}-0007", "tail": "7", "beginning": f"{day}-000"}  # as many of them in either bank
    return "/portal/cases" + name.format(**{key: str(value) for key, value in said.items()})


@contextmanager
def _database(server: str | None, folder: Path, size: int) -> Iterator[Settings]:
    """A database of its own for one bank; on PostgreSQL it is dropped afterwards."""
    if server is None:
        yield Settings(data_dir=folder / str(size))
        return
    name = f"bench_cases_{uuid4().hex[:8]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield Settings(data_dir=folder / str(size), database_url=make_url(server).set(database=name).render_as_string(hide_password=False))
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()


def _report(found: Iterator[tuple[str, dict[int, float], int]], small: int, large: int) -> bool:
    """Print each page; whether all limits are kept."""
    fine = True
    for name, medians, most in found:
        ratio = medians[large] / medians[small]
        fine = fine and ratio <= LIMIT and most <= MOST_STATEMENTS
        times = f"{medians[small]:6.1f} ms of {small:,} cases, {medians[large]:6.1f} ms of {large:,}"
        print(f"{name:48} {times}; ratio {ratio:.2f} (limit {LIMIT}); {most} statements (limit {MOST_STATEMENTS})", flush=True)
    return fine


def main() -> int:
    """Print medians, ratios and statements; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="100,000 in place of a million, for a quick look")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    server = os.environ.get("SOUNDINGS_BENCH_POSTGRES") if options.database == "postgresql" else None
    if options.database == "postgresql" and server is None:
        parser.error("SOUNDINGS_BENCH_POSTGRES names the server")
    large = LARGE // 10 if options.small else LARGE
    with (
        tempfile.TemporaryDirectory() as folder,
        _database(server, Path(folder), SMALL) as first,
        _database(server, Path(folder), large) as second,
    ):
        grounds = {SMALL: open_ground(first), large: open_ground(second)}
        banks = {size: Bank(ground, size) for size, ground in grounds.items()}
        fine = _report(measure(banks, options.rounds), SMALL, large)
        for ground in grounds.values():
            ground.db.close()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
