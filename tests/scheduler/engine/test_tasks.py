"""Jobs as tasks: a request is taken up once, runs under its lease, and is made again where nobody took it up."""

from datetime import datetime, timedelta
from time import monotonic

import pytest

from portal.foundation.ground import Ground
from portal.foundation.jobs import LONGEST_NAME, SHARDS, Job, Shards, parts_of
from scheduler.engine import store
from scheduler.engine.beating import Beat
from scheduler.engine.tasks import HandOver, lease_of, run_asked, run_held
from wsgi import FEATURES

PATIENCE = timedelta(seconds=20)


class Counting:
    """A job that tells what it was asked for."""

    def __init__(self, rows: int = 0) -> None:
        self.seen: list[Shards | None] = []
        self.rows = rows
        self.job = Job("test.count", timedelta(seconds=2), self, "count", batch=5, by_shard=self)

    def __call__(self, _ground: Ground, _now: datetime, shards: Shards | None = None) -> int:
        self.seen.append(shards)
        return self.rows if len(self.seen) < 4 else 0


def ask(ground: Ground, name: str = "test.count/1") -> int | None:
    with ground.writing() as session:
        return store.ask(session, name, lease_of(name), PATIENCE)


def test_every_shard_is_in_one_part() -> None:
    for number in (1, 2, 3, 4, 7, 64):
        parts = parts_of(number)
        assert [shard for part in parts for shard in range(part.first, part.last + 1)] == list(range(SHARDS))


def test_a_request_is_taken_up_once_and_the_next_one_waits_for_it(ground: Ground) -> None:
    counting, beat = Counting(), Beat(ground, "worker")
    jobs = {"test.count": counting.job}
    first = ask(ground)
    assert first == 1
    assert ask(ground) is None, "the first is still on its way"
    assert run_asked(beat, jobs, "test.count", 1, 4, 1) == 0
    assert counting.seen == [Shards(64, 127)]
    run_asked(beat, jobs, "test.count", 1, 4, 1)
    assert len(counting.seen) == 1, "the same task came twice"
    assert ask(ground) == 2
    run_asked(beat, jobs, "test.count", 1, 4, 1)
    assert len(counting.seen) == 1, "an old task came late"
    run_asked(beat, jobs, "unknown", None, 4, 1)


def test_a_request_that_nobody_took_up_is_made_again(ground: Ground) -> None:
    assert ask(ground) == 1
    with ground.writing() as session:
        assert store.ask(session, "test.count/1", lease_of("test.count/1"), timedelta(0)) == 2


def test_a_task_does_not_run_beside_itself_and_its_lease_ends_with_a_killed_holder(ground: Ground) -> None:
    counting, one, two = Counting(), Beat(ground, "worker"), Beat(ground, "worker")
    with one.holding(lease_of("test.count/1"), "test.count/1") as held:
        assert held
        assert run_held(two, counting.job, 1, 4) == 0
        assert ask(ground) is None, "it runs"
        one.once()
    assert counting.seen == []
    with ground.writing() as session:
        assert store.take_lease(session, lease_of("test.count/1"), "killed", -PATIENCE)
    assert ask(ground) == 1
    run_held(two, counting.job, 1, 4)
    assert len(counting.seen) == 1


def test_a_full_job_goes_on_at_once_as_long_as_there_is_time(ground: Ground) -> None:
    full, brief = Counting(rows=5), Counting(rows=5)
    assert run_held(Beat(ground, "worker"), full.job, None, 4) == 15
    assert full.seen == [None] * 4
    assert run_held(Beat(ground, "worker"), brief.job, 3, 4, most_seconds=0) == 0
    assert brief.seen == []
    with ground.reading() as session:
        (run,) = store.job_runs(session)
    assert (run.runs, run.total_rows, run.rows) == (4, 15, 0)


def test_a_broker_that_is_not_there_is_said_so_and_the_clock_runs_the_job(ground: Ground) -> None:
    pytest.importorskip("celery")
    for url in ("amqp://127.0.0.1:1//", "redis://127.0.0.1:1/0"):
        settings = ground.settings.model_copy(update={"broker_url": url})
        lonely = Ground(settings, ground.db, ground.keys, ground.clock)
        hand_over, counting, began = HandOver(lonely), Counting(), monotonic()
        assert list(hand_over.parts(counting.job)) == [0, 1, 2, 3]
        assert hand_over(counting.job, 0) is False
        assert hand_over(counting.job, 1) is False, "it was away just now: it is not asked for every job"
        assert monotonic() - began < 3
    assert ask(ground, "test.count/0") == 3, "what could not be handed over is asked for again when it is due, not after some patience"
    assert run_held(Beat(lonely, "clock"), counting.job, 0, 4) == 0
    assert counting.seen == [Shards(0, 63)]


def test_names_of_jobs_fit_where_they_are_kept() -> None:
    names = [job.name for feature in FEATURES for job in feature.jobs]
    assert len(names) == len(set(names))
    assert [name for name in names if len(name) > LONGEST_NAME or "/" in name] == []
