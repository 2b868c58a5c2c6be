"""Many processes at once, and processes that are killed: nobody is ever asked too often, and nothing is lost."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.foundation.clock import SystemClock
from portal.foundation.db import Database
from portal.foundation.ground import Ground
from scheduler.contacts import jobs
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.models import Contact, Decision
from scheduler.contacts.replay import replay
from scheduler.contacts.rules.policy import from_toml
from scheduler.contacts.simulator import Setup, simulate
from scheduler.contacts.store.claiming import waiting_count
from scheduler.engine.lease import ClockLease
from scheduler.intake.layout.reading import read_file
from scheduler.intake.layout.shape import read_layout
from scheduler.intake.models import Event
from tests.conftest import NOON
from tests.scheduler.contacts.world import World, all_of

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
ROUNDS = 25 if os.environ.get("SOUNDINGS_DEEP") else 1
PROCESSES = 8
POLICY = "[[caps]]\nn = 1\nwindow = '24h'\n[[caps]]\nn = 2\nwindow = '90d'\n[cooldown.same.sent]\ndays = 30\n[pending]\ndays = 1\n"
LAYOUT = """
[file]
delimiter = ","
[event]
type = "call"
event_id = "{id}"
customer_ref = "{who}"
occurred_at = "{at}"
unit = "call-centre"
"""
CONTEXT = get_context("fork")
"""A process each, but without loading everything anew eight times."""


def _fresh(ground: Ground) -> Ground:
    """The same ground on connections of this process's own."""
    return replace(ground, db=Database(ground.db.url), clock=SystemClock())


def _decide(ground: Ground, now: datetime) -> None:
    """Decide until nothing is due; while the others hold every person there is nothing to do, and yet no end of work."""
    ground = _fresh(ground)
    while True:
        jobs.decide(ground, now)
        with ground.reading() as session:
            if not waiting_count(session):
                return


def _replay(ground: Ground, events: Path, layout: Path, policy: Path) -> None:
    plan, own = read_layout(layout), _fresh(ground)
    with closing(own.db), read_file(events, plan) as reading:
        replay(own, reading, plan, _setup(ground, policy), ClockLease())


def _setup(ground: Ground, policy: Path) -> Setup:
    return Setup(from_toml(policy.read_text()), ground.settings.zone)


def _start(target: Callable[..., None], *arguments: object) -> BaseProcess:
    process = CONTEXT.Process(target=target, args=arguments)
    process.start()
    return process


@pytest.mark.parametrize("number", range(ROUNDS))
def test_eight_processes_decide_at_once_over_the_same_customers(ground: Ground, number: int) -> None:
    world = World(ground).start(from_toml(POLICY))
    persons = world.customers(400)
    for minute in range(4):  # each on its own: no window, so that they do not compete but run into the caps
        world.candidates(persons, "transfer" if minute % 2 else "loan", due=NOON - timedelta(minutes=minute))
    ground.db.close()
    running = [_start(_decide, ground, NOON) for _ in range(PROCESSES)]
    for process in running:
        process.join(300)
    assert [process.exitcode for process in running] == [0] * PROCESSES
    audit = check_contacts(ground)
    assert audit.violations == []
    with ground.reading() as session:
        assert waiting_count(session) == 0
        assert Counter(one.outcome for one in all_of(session, Decision)) == {"SEND": 400, "DROP": 1_200}
        assert len({one.person_id for one in all_of(session, Contact)}) == 400


@pytest.fixture
def calls(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A made-up file of 6,000 calls of 900 customers over 30 days, its layout and a policy."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    lines = ["id,who,at"]
    for number in range(6_000):
        at = start + timedelta(minutes=(number * 7_919) % 43_200)
        lines.append(f"E{number},C{(number * 104_729) % 900},{at.isoformat()}")
    paths = tmp_path / "calls.csv", tmp_path / "layout.toml", tmp_path / "policy.toml"
    for path, text in zip(paths, ("\n".join(lines), LAYOUT, POLICY), strict=True):
        path.write_text(text)
    return paths


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_replay_that_is_killed_goes_on_and_loses_nothing(ground: Ground, calls: tuple[Path, Path, Path], number: int) -> None:
    ground.db.close()
    kills = 0
    for wanted in (1_000, 5_000, 8_000):
        process = _start(_replay, ground, *calls)
        kills += _kill_when(ground, process, wanted + number * 101)
    assert kills, "it was too quick to be killed"
    _replay(ground, *calls)
    _equals_the_simulator(ground, *calls)


def _kill_when(ground: Ground, process: BaseProcess, wanted: int) -> bool:
    """Kill -9 once so many events are in and decided; it falls somewhere in the next transaction."""
    while process.is_alive():
        with ground.reading() as session:
            done = sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in (Event, Decision))
        if done >= wanted:
            process.kill()
        process.join(0.01)
    return process.exitcode == -signal.SIGKILL


def _equals_the_simulator(ground: Ground, events: Path, layout: Path, policy: Path) -> None:
    plan, setup = read_layout(layout), _setup(ground, policy)
    with read_file(events, plan) as reading:
        expected = simulate(reading.events(), setup)
        found = replay(ground, reading, plan, setup, ClockLease())
    assert found.decisions == expected.decisions
    assert found.as_dict() == expected.as_dict()
    assert check_contacts(ground).violations == []
