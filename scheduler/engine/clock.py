"""The clock: APScheduler runs every feature's jobs in whichever process holds the lease."""

import os
import socket
import threading
import uuid
from collections.abc import Iterable
from datetime import timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from portal.foundation.ground import Ground
from portal.foundation.jobs import Job
from scheduler.engine import store

LEASE = "clock"
SPAN = timedelta(seconds=15)
RENEW = timedelta(seconds=5)
MOST_ROUNDS = 200
log = structlog.get_logger()


class ClockWork:
    """Runs jobs while it leads. Several may be started, on one machine or many: one leads, the others wait.

    A lease is no fence: every job claims its rows atomically as well, so that an old leader does no harm.
    """

    def __init__(self, ground: Ground, jobs: Iterable[Job]) -> None:
        self.ground = ground
        self.jobs = tuple(jobs)
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._leads = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=ground.settings.zone, executors={"default": ThreadPoolExecutor(4), "lease": ThreadPoolExecutor(1)}
        )

    @property
    def leads(self) -> bool:
        """Whether this process holds the lease."""
        return self._leads.is_set()

    def start(self) -> None:
        """Begin; returns at once."""
        self.renew()
        self._scheduler.add_job(
            self.renew, "interval", seconds=RENEW.total_seconds(), id=LEASE, executor="lease", max_instances=1, coalesce=True
        )
        for job in self.jobs:
            self._scheduler.add_job(
                self._run, "interval", args=[job], seconds=job.every.total_seconds(), id=job.name,
                max_instances=1, coalesce=True, misfire_grace_time=None, next_run_time=self.ground.now(),
            )  # fmt: skip
        self._scheduler.start()

    def stop(self) -> None:
        """Let running jobs end, then give the lease back."""
        self._scheduler.shutdown(wait=True)
        if self.leads:
            with self.ground.writing() as session:
                store.release_lease(session, LEASE, self.holder)
        self._leads.clear()

    def renew(self) -> None:
        """Take or renew the lease; on any failure step down until the next try."""
        try:
            with self.ground.writing() as session:
                taken = store.take_lease(session, LEASE, self.holder, SPAN)
        except Exception:
            self._leads.clear()
            log.exception("lease_not_renewed")
            return
        (self._leads.set if taken else self._leads.clear)()

    def _run(self, job: Job) -> None:
        rounds = 0
        while self.leads and rounds < MOST_ROUNDS:
            rows = run_job(self.ground, job)
            rounds += 1
            if not job.batch or rows < job.batch:
                return


def run_job(ground: Ground, job: Job) -> int:
    """Run a job once and write down what became of it; a failure is logged with a number and does not stop the clock."""
    rows, error = 0, None
    with ground.writing() as session:
        store.record_start(session, job.name, ground.now())
    try:
        rows = job.run(ground, ground.now())
    except Exception as failure:
        error = f"{type(failure).__name__} {uuid.uuid4().hex[:8]}"
        log.exception("job_failed", job=job.name, number=error)
    with ground.writing() as session:
        store.record_end(session, job.name, ground.now(), rows, error)
    return rows
