"""RabbitMQ as the broker: the workers run what the clock hands out, and after it was away or emptied the same processes go on."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.foundation.db import Database
from portal.migrations import run as migrations
from tests.faults.servers import PostgresServer
from tests.processes import group_members, started, until
from tests.rabbitmq import RabbitServer

pytestmark = [pytest.mark.faults, pytest.mark.deep, pytest.mark.timeout(600)]
BY_WORKERS = "SELECT coalesce(sum(j.runs), 0) FROM job_run j JOIN node n ON n.id = j.holder WHERE n.kind = 'worker'"
"""Runs of jobs whose last run was a worker's."""
LAST_BY_CLOCK = (
    "SELECT count(*) FROM job_run j JOIN node n ON n.id = j.holder WHERE n.kind = 'clock' AND j.started_at > now() - interval '3 s'"
)
"""Jobs that the clock itself ran just now."""


@pytest.fixture
def rabbit() -> Iterator[RabbitServer]:
    """A RabbitMQ at work."""
    server = RabbitServer()
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A migrated PostgreSQL of the story's own."""
    server = PostgresServer()
    try:
        database = Database(server.start().url)
        migrations.upgrade(database.engine)
        database.close()
        yield server
    finally:
        server.remove()


def test_the_same_clock_and_workers_go_on_after_rabbitmq_was_away_and_emptied(
    tmp_path: Path, rabbit: RabbitServer, postgres: PostgresServer
) -> None:
    told = {"SOUNDINGS_DATABASE_URL": postgres.url, "SOUNDINGS_BROKER_URL": rabbit.url, "SOUNDINGS_LEASE_SECONDS": "2"}

    def number(statement: str) -> int:
        with psycopg.connect(postgres.url.replace("+psycopg", "")) as connection:
            return int(connection.execute(statement).fetchone()[0])  # type: ignore[arg-type,index]

    def more_by_workers(what: str) -> None:
        before = number(BY_WORKERS)
        until(lambda: number(BY_WORKERS) > before + 20, seconds=90, what=what)

    with started(tmp_path, "worker", "--processes", "1", **told) as worker, started(tmp_path, "clock", **told) as clock:
        more_by_workers("the workers run jobs")
        one, two = group_members(worker.pid), group_members(clock.pid)
        rabbit.purge()
        more_by_workers("they are asked again for what was lost")
        rabbit.kill()
        until(lambda: number(LAST_BY_CLOCK) > 5, seconds=60, what="the clock runs the jobs itself")
        rabbit.start()
        more_by_workers("the workers are back at it")
        until(lambda: number(LAST_BY_CLOCK) == 0, seconds=60, what="the clock leaves them to the workers again")
        assert (group_members(worker.pid), group_members(clock.pid)) == (one, two), "nobody had to be started again"
