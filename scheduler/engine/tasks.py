"""Jobs as tasks of Celery. Tables are the queues: a task carries only which job and part; losing one loses no work.

No result store, no late acknowledgement, no due times in the broker: a task that is lost, comes twice or comes late is known
by its number, and the clock asks again.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog

from portal.foundation.errors import SoundingsError
from portal.foundation.ground import Ground
from portal.foundation.jobs import Job, parts_of
from portal.foundation.settings import Settings
from scheduler.engine import store
from scheduler.engine.beating import Beat
from scheduler.engine.running import name_of, run_job, run_rounds

TASK = "soundings.run_job"
GENERAL = "soundings"
PATIENCE = timedelta(seconds=20)
"""A request that no worker took up within this time is made again."""
REST_SECONDS = 5.0
"""So long a broker that was not reached is left alone."""
MOST_SECONDS = 20.0
"""So long a task goes on while there is work; then others have their turn."""
log = structlog.get_logger()


class CeleryMissing(SoundingsError):
    """A broker is set, but the extra that talks to it is not installed."""

    code, status = "celery_missing", 500


def make_celery(settings: Settings) -> Any:
    """The Celery application: JSON only, acknowledged early, nothing stored, nothing waited for without end.

    Raises  CeleryMissing
    """
    try:
        from celery import Celery
    except ImportError:
        raise CeleryMissing(install="soundings[celery]") from None
    app = Celery("soundings", broker=settings.broker_url, set_as_current=False)
    app.conf.update(
        task_serializer="json", accept_content=["json"], task_ignore_result=True, task_acks_late=False, task_default_queue=GENERAL,
        worker_prefetch_multiplier=1, worker_hijack_root_logger=False, worker_enable_remote_control=False, worker_send_task_events=False,
        broker_connection_retry_on_startup=True, broker_connection_max_retries=None, broker_connection_timeout=3, enable_utc=True,
        broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 3} if settings.broker_url.startswith("redis") else {},
        task_default_delivery_mode="transient", task_publish_retry=False, worker_cancel_long_running_tasks_on_connection_loss=False,
    )  # fmt: skip
    return app


def queue_of(part: int | None) -> str:
    """The queue in the broker: one for all that is not by shard, one for each part."""
    return GENERAL if part is None else f"{GENERAL}.{part}"


def lease_of(name: str) -> str:
    """The lease under which one task of a job runs, so that it does not run beside itself."""
    return f"job:{name}"


class HandOver:
    """Hands due jobs to the workers, and says which it could not."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._parts = len(parts_of(ground.settings.shard_parts))
        app = make_celery(ground.settings)
        app.conf.broker_transport_options |= {"max_retries": 1, "interval_start": 0}  # the clock can do it itself: it need not wait
        if ground.settings.broker_url.startswith("amqp"):
            app.conf.broker_transport_options |= {"read_timeout": 5, "write_timeout": 5}
        self._send: Callable[..., Any] = app.send_task
        self._rests_until = 0.0

    def parts(self, job: Job) -> Iterable[int | None]:
        """The parts of a job: one for the whole, or so many as the customers are divided into."""
        return range(self._parts) if job.by_shard else (None,)

    def __call__(self, job: Job, part: int | None) -> bool:
        """Ask a worker to run a job; True also where that is not needed now. The request is counted first, sent after the commit."""
        if monotonic() < self._rests_until:
            return False
        name = name_of(job, part)
        with self._ground.writing() as session:
            number = store.ask(session, name, lease_of(name), PATIENCE)
        if number is None:
            return True
        try:
            self._send(TASK, args=[job.name, part, self._parts, number], queue=queue_of(part), ignore_result=True)
        except Exception as error:
            log.warning("broker_not_reached", job=name, kind=type(error).__name__)
            self._rests_until = monotonic() + REST_SECONDS
            with self._ground.writing() as session:  # the clock does it: should the task come after all, it is an old one
                store.take_up(session, name, number)
            return False
        return True


def run_asked(beat: Beat, jobs: dict[str, Job], name: str, part: int | None, parts: int, number: int) -> int:
    """What a worker does with a task; rows seen, 0 where the task was not the newest or another runs it."""
    job = jobs.get(name)
    if job is None:
        log.warning("unknown_job", job=name)
        return 0
    key = name_of(job, part)
    with beat.ground.writing() as session:
        if not store.take_up(session, key, number):
            return 0
    return run_held(beat, job, part, parts)


def run_held(beat: Beat, job: Job, part: int | None, parts: int, most_seconds: float = MOST_SECONDS) -> int:
    """Run a job's part under its lease, as long as there is work and time."""
    shards = None if part is None else parts_of(parts)[part]
    key, until = name_of(job, part), monotonic() + most_seconds
    with beat.holding(lease_of(key), key) as held:
        if not held:
            return 0
        return run_rounds(job, lambda: run_job(beat.ground, job, part, shards, beat.id), lambda: monotonic() < until)
