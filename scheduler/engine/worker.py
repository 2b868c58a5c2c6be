"""`soundings worker`: Celery's processes, each with a ground and a beat of its own."""

from collections.abc import Iterable, Sequence
from typing import Any

from portal.foundation.ground import open_ground
from portal.foundation.jobs import Job
from portal.foundation.processes import die_with_parent
from portal.foundation.settings import Settings
from scheduler.engine.beating import Beat
from scheduler.engine.tasks import TASK, make_celery, queue_of, run_asked


def queues_for(settings: Settings, parts: Sequence[int] | None) -> list[str]:
    """The queues a worker listens to: all of them, or the general one's and those of some parts."""
    return [queue_of(None), *(queue_of(part) for part in (range(settings.shard_parts) if parts is None else parts))]


def work(settings: Settings, jobs: Iterable[Job], parts: Sequence[int] | None = None) -> int:
    """Work until told to end; returns the exit status. A first signal lets what runs end, a second does not."""
    from celery import signals

    app = make_celery(settings)
    known = {job.name: job for job in jobs}
    own: list[Beat] = []

    def begin(**_: Any) -> None:
        die_with_parent()
        own.append(Beat(open_ground(settings), "worker").start())

    def end(**_: Any) -> None:
        for beat in own:
            beat.stop()

    def run(name: str, part: int | None, of: int, number: int) -> int:
        return run_asked(own[0], known, name, part, of, number)

    app.task(run, name=TASK)
    signals.worker_process_init.connect(begin, weak=False)
    signals.worker_process_shutdown.connect(end, weak=False)
    signals.setup_logging.connect(lambda **_: None, weak=False)  # ours is set up already
    worker = app.Worker(
        queues=queues_for(settings, parts), concurrency=settings.worker_processes, pool="prefork", loglevel="WARNING",
        without_gossip=True, without_mingle=True, without_heartbeat=True, optimization="fair", quiet=True,
    )  # fmt: skip
    worker.start()
    return int(worker.exitcode or 0)
