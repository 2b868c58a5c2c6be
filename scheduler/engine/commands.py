"""`soundings clock`: the jobs, in a process of their own."""

import signal
import threading

import click

from portal.foundation.processes import die_with_parent
from portal.shell.cli import OpenGround
from scheduler.engine.clock import ClockWork


@click.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="End when the process that started this one ends.")
@click.pass_obj
def clock(opened: OpenGround, with_parent: bool) -> None:
    """Run the jobs of all features while this process holds the lease."""
    if with_parent:
        die_with_parent()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    work = ClockWork(opened.ground, [job for feature in opened.features for job in feature.jobs])
    work.start()
    ended.wait()
    work.stop()
