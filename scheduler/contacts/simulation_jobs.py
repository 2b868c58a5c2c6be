"""The simulator in the background: a job that starts a process of its own for the run that waits, and the command it runs."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import click

from portal.foundation.ground import Ground
from portal.foundation.processes import die_with_parent
from portal.shell.cli import OpenGround
from scheduler.contacts import simulation_runs
from scheduler.contacts import simulation_store as store

NICE = 15
"""The web and the clock go first."""


def start_process(run_id: UUID) -> None:
    """Play a run in a process of its own; its output is the clock's."""
    subprocess.Popen([sys.executable, "-m", "wsgi", "simulation-run", str(run_id)], stdin=subprocess.DEVNULL)


def simulations(ground: Ground, now: datetime, start: Callable[[UUID], None] = start_process) -> int:
    """Start the run that waits, where none is being played."""
    alive = now - simulation_runs.DEAD
    with ground.writing() as session:
        store.bury(session, alive, now)
        claimed = None if store.going(session, alive) else store.claim(session, now)
    if claimed is None:
        return 0
    start(claimed)
    return 1


@click.command("simulation-run", hidden=True)
@click.argument("run_id", type=click.UUID)
@click.pass_obj
def simulation_run(opened: OpenGround, run_id: UUID) -> None:
    """Play one run of the simulator that the clock claimed."""
    die_with_parent()
    with suppress(OSError, AttributeError):
        os.nice(NICE)
    simulation_runs.play(opened.ground, run_id)
