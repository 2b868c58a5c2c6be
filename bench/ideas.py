"""A page of ideas at 100 and at 100,000 rows, in turn within one run: the best times may differ by at most 1.3.

`python -m bench.ideas [rows]`; SOUNDINGS_BENCH_POSTGRES names a server on which it makes databases of its own besides SQLite.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from bench.decide import ground_of
from officers.ideas import reading
from officers.ideas.models import Idea, IdeaComment, IdeaGram, IdeaVote
from officers.ideas.persons import guest
from officers.ideas.store import ideas as store
from officers.ideas.store import votes
from officers.ideas.store.ideas import Filter
from portal.foundation import cursors
from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_ids
from portal.people.rules.roles import EVERYTHING

LIMIT, TURNS, SMALL, WAITING = 1.3, 60, 100, 40
NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
READER = guest("f" * 32, "en")


def fill(ground: Ground, rows: int) -> None:
    """So many ideas with a few votes each and pieces of their words; the first of them with as many comments."""
    ids = new_ids(rows)
    for start in range(0, rows, 5000):
        some = list(enumerate(ids[start : start + 5000], start))
        with ground.writing() as session:
            insert_rows(session, Idea, [_row(n, key) for n, key in some])
            insert_rows(session, IdeaVote, [{"idea_id": key, "who": f"guest:{v:032x}", "at": NOW} for n, key in some for v in range(n % 3)])
            insert_rows(session, IdeaGram, [{"idea_id": key, "gram": gram} for n, key in some for gram in ("网点", f"w{n}")])
            insert_rows(session, IdeaComment, [_comment(n, ids[0]) for n, _key in some])
    with ground.db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _row(n: int, key: UUID) -> dict[str, object]:
    at = NOW - timedelta(minutes=n)
    waits = n < WAITING
    row = Idea(
        id=key, number=f"B-{n}", title=f"网点 idea {n}", who=f"guest:{n + 10**6:032x}", author_kind="guest",
        state="submitted" if waits else "screened", submitted_at=at, screened_at=None if waits else at, votes=n % 3,
    )  # fmt: skip
    return row.model_dump()


def _comment(n: int, idea_id: UUID) -> dict[str, object]:
    at = NOW + timedelta(seconds=n)
    shown = None if n < WAITING else at
    return IdeaComment(idea_id=idea_id, body="words", who=f"guest:{n:032x}", author_kind="guest", at=at, shown_at=shown).model_dump()


def pages(ground: Ground, rows: int) -> dict[str, Callable[[Session], object]]:
    """The lists that are asked, from their top and from the middle."""
    middle, last = NOW - timedelta(minutes=rows // 2), UUID(int=2**128 - 1)
    first = min(ground_ids(ground))

    def listed(session: Session, wanted: Filter) -> None:
        found = store.page(session, wanted)[: store.PAGE]
        assert len(reading.lines(session, found, READER, inside=True)) == store.PAGE

    return {
        "newest ideas": lambda session: listed(session, Filter("new")),
        "newest ideas, from the middle": lambda session: listed(session, Filter("new", cursor=cursors.text_of(middle, last))),
        "most votes": lambda session: listed(session, Filter("top")),
        "most votes, from the middle": lambda session: listed(session, Filter("top", cursor=cursors.text_of(1, last))),
        "ideas in a state": lambda session: listed(session, Filter("top", "screened")),
        "what waits for the desk": lambda session: (store.to_screen(session, EVERYTHING, NOW), store.waiting(session, EVERYTHING, NOW)),
        "comments that wait": lambda session: (votes.to_look_at(session, EVERYTHING, NOW), votes.waiting(session, EVERYTHING, NOW)),
        "comments of an idea": lambda session: votes.comments(session, first, cursors.text_of(NOW + timedelta(seconds=WAITING), last)),
        "an idea with its votes": lambda session: (reading.read(session, store.of_ids(session, [first])[first], READER, inside=True),
                                                   votes.guests(session, first)),
    }  # fmt: skip


def ground_ids(ground: Ground) -> list[UUID]:
    """The ideas that there are."""
    with ground.reading() as session:
        return list(session.scalars(select(col(Idea.id))))


def timed(ground: Ground, page: Callable[[Session], object]) -> float:
    """Milliseconds of one page with all that stands beside it."""
    with ground.reading() as session:
        began = time.perf_counter()
        page(session)
        return (time.perf_counter() - began) * 1000


def measure(kind: str, large: int) -> float:
    """The worst ratio on one database."""
    worst = 0.0
    with ground_of(kind) as few, ground_of(kind) as many:
        fill(few, SMALL)
        fill(many, large)
        small_pages, large_pages = pages(few, SMALL), pages(many, large)
        for title, page in small_pages.items():
            pairs = [(timed(few, page), timed(many, large_pages[title])) for _turn in range(TURNS)]
            one, other = (min(times) for times in zip(*pairs, strict=True))  # the machine does other things, too
            worst = max(worst, other / one)
            print(f"{kind}, {title}: {one:.2f} ms at {SMALL}, {other:.2f} ms at {large:,} rows, ratio {other / one:.2f}", flush=True)
    return worst


def main() -> int:
    """Print the best times and their ratio; 1 where it is above the limit."""
    large = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    kinds = ["sqlite", *(["postgresql"] if os.environ.get("SOUNDINGS_BENCH_POSTGRES") else [])]
    worst = max(measure(kind, large) for kind in kinds)
    print(f"limit {LIMIT}: {'kept' if worst <= LIMIT else 'NOT KEPT'}, worst {worst:.2f}")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
