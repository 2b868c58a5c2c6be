"""What the club's lists cost among few and among many: statements counted, time taken in turn within one run.

The leaderboard, the board and the list of activities are asked at 1,000 and at `most` officers and rows; each page must cost no
more than 1.3 times as much among many.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlmodel import Session

from officers.club import jobs
from officers.club.models import Activity, Post, Topic
from officers.club.store import activities, board, standings
from officers.people.models import GrowthEntry, Officer
from portal.foundation.bulk import bulk_insert
from portal.foundation.crypto import new_keys
from portal.foundation.db import Database
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id, new_ids
from portal.foundation.settings import Settings
from portal.migrations import run as migrations
from portal.people.models import OrgUnit, UnitAncestor

NOW = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
FEW, LIMIT, ROUNDS = 1_000, 1.3, 200
Page = Callable[[Session], object]


def world(folder: Path, count: int, url: str = "") -> tuple[Ground, dict[str, Page]]:
    """A bank with so many officers, posts and activities, and the pages that are asked."""
    database = Database(url or f"sqlite:///{folder / f'club{count}.db'}")
    migrations.upgrade(database.engine)
    ground = replace(_ground(folder, database))
    unit, topic = new_id(), new_id()
    officers, day = list(new_ids(count)), NOW.date()
    with ground.writing() as session:
        session.add(OrgUnit(id=unit, code="HO", name_zh="总行", name_en="Head office", kind="head"))
        session.add(Topic(id=topic, code="tips", name={"zh-Hans": "心得", "en": "Tips"}))
        session.flush()
        session.add(UnitAncestor(unit_id=unit, ancestor_id=unit, depth=0, valid_from=day - timedelta(days=900)))
        session.flush()
        bulk_insert(session, Officer, [_officer(key, unit) for key in officers])
        bulk_insert(session, GrowthEntry, [_growth(key, number) for number, key in enumerate(officers)])
        bulk_insert(session, Post, [_post(key, topic, officers[n % count], n) for n, key in enumerate(new_ids(count))])
        bulk_insert(session, Activity, [_activity(key, unit, n) for n, key in enumerate(new_ids(count))])
    began = time.perf_counter()
    lines = jobs.make_standings(ground, NOW)
    print(f"{count:>9,} officers: {lines:,} lines of leaderboards made in {time.perf_counter() - began:.2f} s")
    _gather_statistics(database)
    reader = activities.Reader(officers[count // 2], "customer", 0, unit)
    middle = board_middle(ground, topic)
    return ground, {
        "leaderboard, first page": lambda session: standings.page(session, standings.ALL, 0),
        "leaderboard, from the middle": lambda session: standings.page(session, standings.unit_board(unit), count // 2),
        "one's own line": lambda session: standings.own(session, officers[count // 2], standings.ALL),
        "board, newest": lambda session: board.posts(session, None, "", None),
        "board, a topic from the middle": lambda session: board.posts(session, topic, "", middle),
        "activities, first page": lambda session: activities.coming(session, reader, NOW, None),
        "activities, from the middle": lambda session: activities.coming(session, reader, NOW, (NOW + timedelta(minutes=count // 2), unit)),
    }


def _ground(folder: Path, database: Database) -> Ground:
    class Still:
        def now(self) -> datetime:
            return NOW

    return Ground(Settings(data_dir=folder, database_url=database.url), database, new_keys(), Still())


def board_middle(ground: Ground, topic: UUID) -> UUID:
    """A post in the middle of the board."""
    with ground.reading() as session:
        ids = [one.post.id for one in board.posts(session, topic, "", None, 1_000_000)]
    return ids[len(ids) // 2]


def _gather_statistics(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _row(made: Any) -> dict[str, Any]:
    return dict(made.model_dump())


def _officer(key: UUID, unit: UUID) -> dict[str, Any]:
    return _row(Officer(id=key, kind="customer", unit_id=unit, alias=key.hex, state="active", applied_at=NOW, erased_at=NOW))


def _growth(key: UUID, number: int) -> dict[str, Any]:
    at = NOW - timedelta(days=number % 300)
    return _row(GrowthEntry(officer_id=key, amount=1 + number * 7919 % 997, source=f"bench:{key.hex}", at=at, counts_at=at))


def _post(key: UUID, topic: UUID, author: UUID, number: int) -> dict[str, Any]:
    text = "words " * 40
    return _row(
        Post(id=key, topic_id=topic, author_id=author, title=f"Post {number}", text=text, state="shown", created_at=NOW, shown_at=NOW)
    )


def _activity(key: UUID, unit: UUID, number: int) -> dict[str, Any]:
    starts = NOW + timedelta(minutes=number)
    return _row(
        Activity(
            id=key, title=f"Activity {number}", way="online", unit_id=unit, starts_at=starts, ends_at=starts + timedelta(hours=1),
            sign_up_until=starts, capacity=20, secret="s", state="published", created_at=NOW,
        )
    )  # fmt: skip


def statements(ground: Ground, page: Page) -> int:
    """How many statements a page asks."""
    count = 0

    def one_more(*_args: Any) -> None:
        nonlocal count
        count += 1

    event.listen(ground.db.engine, "before_cursor_execute", one_more)
    try:
        with ground.reading() as session:
            page(session)
    finally:
        event.remove(ground.db.engine, "before_cursor_execute", one_more)
    return count


def timed(ground: Ground, page: Page) -> float:
    """Milliseconds of one page."""
    with ground.reading() as session:
        began = time.perf_counter()
        page(session)
        return (time.perf_counter() - began) * 1000


def main() -> int:
    """Print each page's cost; 1 where one costs more than 1.3 times as much among many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--few-url", default="", help="an empty database for the few, instead of SQLite in a folder")
    parser.add_argument("--many-url", default="", help="an empty database for the many")
    asked = parser.parse_args()
    worst = 0.0
    with tempfile.TemporaryDirectory() as name:
        small, few = world(Path(name), FEW, asked.few_url)
        large, many = world(Path(name), asked.most, asked.many_url)
        print(f"{'page':<32}{'statements':>12}{f'{FEW:,} ms':>12}{f'{asked.most:,} ms':>14}{'ratio':>8}")
        for title, page in few.items():
            pairs = [(timed(small, page), timed(large, many[title])) for _round in range(ROUNDS)]  # in turn: drift meets both
            one, other = (statistics.median(times) for times in zip(*pairs, strict=True))
            counts = statements(small, page), statements(large, many[title])
            worst = max(worst, other / one, counts[1] / counts[0])
            print(f"{title:<32}{f'{counts[0]} / {counts[1]}':>12}{one:>12.3f}{other:>14.3f}{other / one:>8.2f}")
        small.db.close()
        large.db.close()
    print(f"worst {worst:.2f}, limit {LIMIT}: {'holds' if worst <= LIMIT else 'BROKEN'}")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
