"""The clock: APScheduler runs every feature's jobs in whichever process holds the lease, or hands them to the workers."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from portal.foundation.ground import Ground
from portal.foundation.jobs import Job
from scheduler.engine import node_store, store
from scheduler.engine.beating import Beat
from scheduler.engine.running import run_job, run_rounds
from scheduler.engine.tasks import HandOver, run_held

LEASE = "clock"
FORGOTTEN = timedelta(days=1)
ALONE_SECONDS = 5.0
"""So long the clock goes on with one job where the broker can't be reached; others are due as well."""
log = structlog.get_logger()


class ClockWork:
    """Sees to jobs while it leads. Several may be started, on one machine or many: one leads, the others wait.

    A lease is no fence: every job claims its rows atomically as well, so that an old leader does no harm.
    With `hand_over` the workers run the jobs; where the broker can't be reached, this process runs them itself.
    """

    def __init__(self, ground: Ground, jobs: Iterable[Job], hand_over: HandOver | None = None) -> None:
        self.ground = ground
        self.jobs = tuple(jobs)
        self.hand_over = hand_over
        self.beat = Beat(ground, "clock")
        self.span = timedelta(seconds=ground.settings.lease_seconds)
        self.holder = self.beat.id
        self._leads, self._ending = threading.Event(), threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=ground.settings.zone, executors={"default": ThreadPoolExecutor(4), "lease": ThreadPoolExecutor(1)}
        )

    @property
    def leads(self) -> bool:
        """Whether this process holds the lease."""
        return self._leads.is_set()

    def start(self) -> None:
        """Begin; returns at once."""
        self.beat.start()
        self.renew()
        see_to: Callable[[Job], None] = self._hand if self.hand_over else self._run
        self._every(self.span / 3, self.renew, LEASE, executor="lease")
        self._every(FORGOTTEN / 24, self._forget, "clock.forget")
        at_once = datetime.now(UTC)  # the scheduler goes by the machine's own clock, right or wrong
        for job in self.jobs:
            self._every(job.every, see_to, job.name, args=[job], next_run_time=at_once)
        self._scheduler.start()

    def _every(self, span: timedelta, call: Callable[..., None], name: str, **more: object) -> None:
        self._scheduler.add_job(
            call, "interval", seconds=span.total_seconds(), id=name, max_instances=1, coalesce=True, misfire_grace_time=None, **more
        )

    def stop(self) -> None:
        """Let running jobs end, then give the lease back."""
        self._ending.set()
        self._scheduler.shutdown(wait=True)
        if self.leads:
            with self.ground.writing() as session:
                store.release_lease(session, LEASE, self.holder)
        self._leads.clear()
        self.beat.stop()

    def renew(self) -> None:
        """Take or renew the lease; on any failure step down until the next try."""
        try:
            with self.ground.writing() as session:
                taken = store.take_lease(session, LEASE, self.holder, self.span)
        except Exception:
            self._leads.clear()
            log.exception("lease_not_renewed")
            return
        (self._leads.set if taken else self._leads.clear)()

    def _goes_on(self) -> bool:
        return self.leads and not self._ending.is_set()

    def _run(self, job: Job) -> None:
        run_rounds(job, lambda: run_job(self.ground, job, holder=self.holder), self._goes_on)

    def _hand(self, job: Job) -> None:
        assert self.hand_over is not None
        for part in self.hand_over.parts(job):
            if not self._goes_on():
                return
            if not self.hand_over(job, part):
                run_held(self.beat, job, part, self.ground.settings.shard_parts, most_seconds=ALONE_SECONDS)

    def _forget(self) -> None:
        if self.leads:
            with self.ground.writing() as session:
                node_store.forget(session, store.database_now(session) - FORGOTTEN)
