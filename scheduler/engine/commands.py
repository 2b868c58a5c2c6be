"""`soundings clock` and `soundings worker`: the jobs, in processes of their own."""

import signal
import sys
import threading

import click

from portal.foundation.processes import die_with_parent
from portal.foundation.settings import Settings
from portal.shell.cli import OpenGround
from scheduler.engine.clock import ClockWork
from scheduler.engine.tasks import HandOver


@click.command()
@click.option("--with-parent", type=int, hidden=True, help="End when the process of this number, which started this one, ends.")
@click.pass_obj
def clock(opened: OpenGround, with_parent: int | None) -> None:
    """See to the jobs of all features while this process holds the lease: run them, or hand them to the workers."""
    if with_parent:
        die_with_parent(with_parent)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    ground = opened.ground
    hand_over = HandOver(ground) if ground.settings.broker_url else None
    work = ClockWork(ground, [job for feature in opened.features for job in feature.jobs], hand_over)
    work.start()
    ended.wait()
    work.stop()


@click.command()
@click.option("--processes", type=click.IntRange(1, 64), help="Processes; else SOUNDINGS_WORKER_PROCESSES, else 2.")
@click.option("--parts", help="Only these parts of the customers, such as 0,1 (of SOUNDINGS_SHARD_PARTS); else all.")
@click.pass_obj
def worker(opened: OpenGround, processes: int | None, parts: str | None) -> None:
    """Run the tasks that the clock hands out through the broker."""
    from scheduler.engine.worker import work

    settings = opened.settings
    if not settings.broker_url:
        raise click.UsageError("SOUNDINGS_BROKER_URL is not set: the clock runs all jobs itself")
    chosen = _parts(parts, settings)
    opened.ground.db.close()  # the schema was checked; each process opens its own
    if processes:
        settings = settings.model_copy(update={"worker_processes": processes})
    sys.exit(work(settings, [job for feature in opened.features for job in feature.jobs], chosen))


def _parts(told: str | None, settings: Settings) -> list[int] | None:
    if told is None:
        return None
    try:
        chosen = [int(one) for one in told.split(",")]
    except ValueError:
        raise click.UsageError("--parts takes numbers with commas between") from None
    if not all(0 <= one < settings.shard_parts for one in chosen):
        raise click.UsageError(f"--parts: from 0 to {settings.shard_parts - 1}, as SOUNDINGS_SHARD_PARTS says")
    return chosen
