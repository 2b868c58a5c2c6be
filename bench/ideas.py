"""A page of ideas at 100 and at 100,000 rows, in turn within one run: the medians may differ by at most 1.3.

`python -m bench.ideas [rows]`; SOUNDINGS_BENCH_URL names another database than SQLite in a folder of its own.
"""

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from officers.ideas import reading
from officers.ideas.models import Idea, IdeaGram, IdeaVote
from officers.ideas.persons import guest
from officers.ideas.store import ideas as store
from officers.ideas.store.ideas import Filter
from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground, open_ground
from portal.foundation.ids import new_ids
from portal.foundation.settings import Settings
from portal.migrations import run as migrations

LIMIT, TURNS, SMALL = 1.3, 60, 100
NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
READER = guest("f" * 32, "en")


def made(folder: Path, rows: int) -> Ground:
    """A database with so many ideas, a few votes each, and pieces of their words."""
    url = os.environ.get("SOUNDINGS_BENCH_URL", "")
    ground = open_ground(Settings(data_dir=folder, database_url=f"{url}_{rows}" if url else ""))
    migrations.upgrade(ground.db.engine)
    ids = new_ids(rows)
    for start in range(0, rows, 5000):
        some = list(enumerate(ids[start : start + 5000], start))
        with ground.writing() as session:
            insert_rows(session, Idea, [_row(n, key) for n, key in some])
            insert_rows(session, IdeaVote, [{"idea_id": key, "who": f"guest:{v:032x}", "at": NOW} for n, key in some for v in range(n % 3)])
            insert_rows(session, IdeaGram, [{"idea_id": key, "gram": gram} for n, key in some for gram in ("网点", f"w{n}")])
    with ground.db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return ground


def _row(n: int, key: UUID) -> dict[str, object]:
    at = NOW - timedelta(minutes=n)
    row = Idea(
        id=key, number=f"B-{n}", title=f"网点 idea {n}", who=f"guest:{n + 10**6:032x}", author_kind="guest", state="screened",
        submitted_at=at, screened_at=at, votes=n % 3,
    )  # fmt: skip
    return row.model_dump()


def page(ground: Ground, sort: str, cursor: str) -> float:
    """Seconds of one page with all that stands beside it."""
    began = time.perf_counter()
    with ground.reading() as session:
        rows = store.page(session, Filter(sort, cursor=cursor))[: store.PAGE]
        assert len(reading.lines(session, rows, READER, inside=True)) == store.PAGE
    return time.perf_counter() - began


def main() -> int:
    """Print the medians and their ratio; 1 where it is above the limit."""
    large = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        grounds = [made(Path(folder) / str(rows), rows) for rows in (SMALL, large)]
        for sort in ("new", "top"):
            cursors = []
            for ground in grounds:
                with ground.reading() as session:
                    cursors.append(store.cursor_of(store.page(session, Filter(sort))[store.PAGE - 1], sort))
            times: list[list[float]] = [[], []]
            for turn in range(TURNS):
                for place, ground in enumerate(grounds):
                    times[place].append(page(ground, sort, cursors[place] if turn % 2 else ""))
            few, many = (statistics.median(one[5:]) * 1000 for one in times)
            worst = max(worst, many / few)
            print(f"ideas by {sort}: {few:.2f} ms at {SMALL}, {many:.2f} ms at {large:,} rows, ratio {many / few:.2f}")
        for ground in grounds:
            ground.db.close()
    print(f"limit {LIMIT}: {'kept' if worst <= LIMIT else 'NOT KEPT'}")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
