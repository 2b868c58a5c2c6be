"""What the club's lists cost among few and among many: statements counted, the best time of two hundred, taken in turn.

The leaderboard, the board, its moderators' queue, articles and activities are asked at 100 and at `most` officers and rows; each
page must cost no more than 1.3 times as much among many. The leaderboard is asked as an officer's telephone asks it, too: the whole
page, with session, frame and words.
"""

import argparse
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import event
from sqlmodel import Session

from bench.decide import ground_of
from officers.club import jobs
from officers.club.models import Activity, Article, Post, Topic
from officers.club.store import activities, articles, board, moderating, standings
from officers.people import sessions
from officers.people.models import GrowthEntry, Officer
from portal.foundation.bulk import bulk_insert
from portal.foundation.db import Database
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id, new_ids
from portal.people.models import Customer, OrgUnit, UnitAncestor

NOW = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
FEW, LIMIT, ROUNDS, WAITING = 100, 1.3, 200, 20
Page = Callable[[Session], object]


def world(ground: Ground, count: int) -> dict[str, Page]:
    """A bank with so many officers, posts, articles and activities, and the pages that are asked."""
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
        bulk_insert(session, Article, [_article(key, n) for n, key in enumerate(new_ids(count))])
        bulk_insert(session, Activity, [_activity(key, unit, n) for n, key in enumerate(new_ids(count))])
    began = time.perf_counter()
    lines = jobs.make_standings(ground, NOW)
    print(f"{count:>9,} officers: {lines:,} lines of leaderboards made in {time.perf_counter() - began:.2f} s")
    _gather_statistics(ground.db)
    reader = activities.Reader(officers[count // 2], "customer", 0, unit)
    middle = board_middle(ground, topic)
    phone = officers_phone(ground, officers[count // 2])
    return {
        "leaderboard, whole page": lambda _session: _asked(phone, "/officers/club/leaderboard"),
        "leaderboard, whole page, from the middle": lambda _session: _asked(phone, f"/officers/club/leaderboard?cursor={count // 2}"),
        "leaderboard, first page": lambda session: standings.page(session, standings.ALL, 0),
        "leaderboard, from the middle": lambda session: standings.page(session, standings.unit_board(unit), count // 2),
        "one's own line": lambda session: standings.own(session, officers[count // 2], standings.ALL),
        "board, newest": lambda session: board.posts(session, None, "", None),
        "board, a topic from the middle": lambda session: board.posts(session, topic, "", middle),
        "board, headings with numbers": board.topics,
        "moderators' queue": lambda session: (moderating.queue(session, None), moderating.waiting(session)),
        "posts of a state, for moderators": lambda session: moderating.everything(session, "hidden", None),
        "articles, first page": lambda session: articles.published(session, "", None),
        "articles of a kind, from the middle": lambda session: articles.published(
            session, "news", (NOW - timedelta(minutes=count // 4), unit)
        ),
        "reading list and what is pinned": lambda session: (articles.to_read(session, officers[0]), articles.pinned(session, NOW)),
        "activities, first page": lambda session: activities.coming(session, reader, NOW, None),
        "activities, from the middle": lambda session: activities.coming(session, reader, NOW, (NOW + timedelta(minutes=count // 2), unit)),
    }


def officers_phone(ground: Ground, officer_id: UUID) -> FlaskClient:
    """A client that an officer is signed in with, as a customer of the bank."""
    from wsgi import create_app

    now, key = ground.clock.now(), new_id()
    with ground.writing() as session:
        officer = session.get_one(Officer, officer_id)
        session.add(
            Customer(id=key, ref="bench", person_id=key, shard=key.bytes[-1], unit_id=officer.unit_id, created_at=now, updated_at=now)
        )
        session.flush()
        officer.customer_id, officer.erased_at, officer.joined_at = key, None, now
        token = sessions.open_for(session, key, "ticket", now).token
    app = create_app(ground)
    app.config.update(RATELIMIT_ENABLED=False)
    client = app.test_client()
    client.set_cookie(sessions.COOKIE, token, path=sessions.PATH)
    return client


def _asked(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)


def board_middle(ground: Ground, topic: UUID) -> UUID:
    """A post in the middle of the board."""
    with ground.reading() as session:
        ids = [one.post.id for one in board.posts(session, topic, "", None, 1_000_000)]
    return ids[len(ids) // 3]


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
    """Ten wait in any bank and ten are hidden; a queue of a hundred thousand is no list that anybody reads."""
    state = "waiting" if number < WAITING // 2 else "hidden" if number < WAITING else "shown"
    return _row(
        Post(
            id=key, topic_id=topic, author_id=author, title=f"Post {number}", text="words " * 40, state=state, reason="-", created_at=NOW,
            shown_at=NOW,
        )
    )  # fmt: skip


def _article(key: UUID, number: int) -> dict[str, Any]:
    """Thirty are to be confirmed and two are pinned in any bank."""
    at, ahead = NOW - timedelta(minutes=number), NOW + timedelta(days=9)
    return _row(
        Article(
            id=key, kind=("news", "article", "practice")[number % 3], title=f"Article {number}", text="words", state="published",
            must_read=number < 30, pinned_until=ahead if number < 2 else None, published_at=at, created_at=at,
        )
    )  # fmt: skip


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
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    asked = parser.parse_args()
    kinds = asked.database or ["sqlite", *(["postgresql"] if os.environ.get("SOUNDINGS_BENCH_POSTGRES") else [])]
    worst = max(measure(kind, asked.most) for kind in kinds)
    print(f"worst {worst:.2f}, limit {LIMIT}: {'holds' if worst <= LIMIT else 'BROKEN'}")
    return 0 if worst <= LIMIT else 1


def measure(kind: str, most: int) -> float:
    """The worst ratio on one database."""
    worst = 0.0
    with ground_of(kind) as small, ground_of(kind) as large:
        few, many = world(small, FEW), world(large, most)
        print(f"{kind + ': page':<40}{'statements':>12}{f'{FEW:,} ms':>12}{f'{most:,} ms':>14}{'ratio':>8}")
        for title, page in few.items():
            pairs = [(timed(small, page), timed(large, many[title])) for _round in range(ROUNDS)]  # in turn: drift meets both
            one, other = (min(times) for times in zip(*pairs, strict=True))  # the machine does other things, too
            counts = statements(small, page), statements(large, many[title])
            worst = max(worst, other / one, counts[1] / counts[0])
            print(f"{title:<40}{f'{counts[0]} / {counts[1]}':>12}{one:>12.3f}{other:>14.3f}{other / one:>8.2f}", flush=True)
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
