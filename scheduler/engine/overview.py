"""How the installation does, as operators see it and Prometheus reads it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from portal.foundation.jobs import Job, Queue, QueueState
from scheduler.engine import node_store, store
from scheduler.engine import watching_store as watching
from scheduler.engine.clock import LEASE
from scheduler.engine.models import JobRun, Node
from scheduler.engine.watching_store import Sent

HOUR = timedelta(hours=1)
LATE = 3
"""A job is late once it has not begun for so many times its span, and never before a minute."""
SKEWED = timedelta(seconds=5)
STALE = timedelta(days=2)
"""Runs of parts that are no longer handed out are left out after so long."""


@dataclass(frozen=True)
class JobLine:
    """A job with its last run; over all parts where it is handed out by shard."""

    job: Job
    last: datetime | None = None
    took_ms: int | None = None
    rows: int = 0
    runs: int = 0
    total_rows: int = 0
    failures: int = 0
    failed_at: datetime | None = None
    error: str | None = None
    running: bool = False

    @property
    def next(self) -> datetime | None:
        """When it is due again."""
        return self.last + self.job.every if self.last else None

    def late(self, now: datetime) -> bool:
        """Whether it should have run long ago."""
        return self.last is None or now - self.last > max(LATE * self.job.every, timedelta(minutes=1))


@dataclass(frozen=True)
class NodeLine:
    """A process, and whether it was heard of lately; its clock may be wrong."""

    node: Node
    alive: bool

    @property
    def skewed(self) -> bool:
        """Whether its machine's clock is far from the database's; it is put right, yet should be seen to."""
        return abs(timedelta(milliseconds=self.node.skew_ms)) > SKEWED


@dataclass(frozen=True)
class Overview:
    """All of it at one moment; `now` is the database's time."""

    now: datetime
    queues: Sequence[tuple[Queue, QueueState]]
    jobs: Sequence[JobLine]
    channels: Mapping[str, Sent]
    nodes: Sequence[NodeLine]
    leader: str | None

    def alive(self, kind: str) -> int:
        """How many processes of a kind are at work."""
        return sum(line.alive and line.node.kind == kind for line in self.nodes)


def overview(session: Session, jobs: Iterable[Job], queues: Iterable[Queue]) -> Overview:
    """Look at everything; each queue through an index, messages of the last hour only."""
    now = store.database_now(session)
    lines = _lines(jobs, store.job_runs(session), now)
    return Overview(
        now,
        [(queue, queue.look(session, now)) for queue in queues],
        lines,
        watching.by_channel(session, now - HOUR),
        [NodeLine(node, now - node.beat_at < node_store.SILENT) for node in node_store.nodes(session)],
        store.holder_of(session, LEASE),
    )


def _lines(jobs: Iterable[Job], runs: Sequence[JobRun], now: datetime) -> list[JobLine]:
    by_job: dict[str, list[JobRun]] = {}
    for run in runs:
        if run.runs or run.finished_at or run.asked == run.taken:
            by_job.setdefault(run.name.partition("/")[0], []).append(run)
    lines = []
    for job in jobs:
        own = by_job.get(job.name, [])
        live = [run for run in own if now - run.started_at < STALE] or own
        lines.append(_line(job, own, live))
    return sorted(lines, key=lambda line: (line.error is None, not line.late(now)))  # what needs somebody stands first


def _line(job: Job, own: Sequence[JobRun], live: Sequence[JobRun]) -> JobLine:
    if not own:
        return JobLine(job)
    newest = max(live, key=lambda run: run.started_at)
    failed = max((run for run in live if run.failed_at), key=lambda run: str(run.failed_at), default=None)
    return JobLine(
        job,
        last=newest.started_at,
        took_ms=max((run.took_ms for run in live if run.took_ms is not None), default=None),
        rows=sum(run.rows for run in live),
        runs=sum(run.runs for run in own),
        total_rows=sum(run.total_rows for run in own),
        failures=sum(run.failures for run in own),
        failed_at=failed.failed_at if failed else None,
        error=newest.error,
        running=any(run.finished_at is None or run.finished_at < run.started_at for run in live),
    )


def per_minute(times: Iterable[datetime], now: datetime, minutes: int = 60) -> list[int]:
    """How many of these fell into each of the last minutes, the oldest first."""
    counted = Counter(int((now - at) / timedelta(minutes=1)) for at in times)
    return [counted.get(minutes - 1 - place, 0) for place in range(minutes)]
