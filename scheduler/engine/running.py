"""Running a job: once, or as long as there is work; what became of it is written down."""

import uuid
from collections.abc import Callable
from time import monotonic

import structlog

from portal.foundation.ground import Ground
from portal.foundation.jobs import Job, Shards
from portal.house import switches
from scheduler.engine import store

MOST_ROUNDS = 200
log = structlog.get_logger()


def name_of(job: Job, part: int | None) -> str:
    """Under which name a job's run, or that of one of its parts, is written down."""
    return job.name if part is None else f"{job.name}/{part}"


def run_job(ground: Ground, job: Job, part: int | None = None, shards: Shards | None = None, holder: str | None = None) -> int:
    """Run a job once and write down what became of it; a failure is logged with a number and does not stop the clock."""
    rows, error, name, began = 0, None, name_of(job, part), monotonic()
    with ground.writing() as session:
        if switches.rests(session, job.name):
            return 0
        store.record_start(session, name, ground.now(), holder)
    try:
        if shards is not None and job.by_shard is not None:
            rows = job.by_shard(ground, ground.now(), shards)
        else:
            rows = job.run(ground, ground.now())
    except Exception as failure:
        error = f"{type(failure).__name__} {uuid.uuid4().hex[:8]}"
        log.exception("job_failed", job=name, number=error)
    with ground.writing() as session:
        store.record_end(session, name, ground.now(), rows, error, int(1000 * (monotonic() - began)))
    return rows


def run_rounds(job: Job, once: Callable[[], int], goes_on: Callable[[], bool]) -> int:
    """Run a job again at once while it is full and nothing speaks against it; how many rows were seen."""
    seen = 0
    for _ in range(MOST_ROUNDS):
        if not goes_on():
            break
        rows = once()
        seen += rows
        if not job.batch or rows < job.batch:
            break
    return seen
