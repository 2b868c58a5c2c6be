"""Operators and Prometheus see whether everything that runs by itself runs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from portal.foundation.clock import CorrectedClock, machine_now
from portal.foundation.ground import Ground
from portal.foundation.jobs import Job
from portal.people.rules.roles import Role
from portal.shell.readiness import schema_state
from scheduler.engine import node_store, store
from scheduler.engine.beating import Beat
from scheduler.engine.overview import overview, per_minute
from scheduler.engine.queues import QUEUES
from scheduler.engine.running import run_job
from tests.bank import Sample
from tests.conftest import FixedClock
from tests.scheduler.delivery.conftest import MakeMessage, make_message

__all__ = ["make_message"]
MINUTE = timedelta(minutes=1)


def _job(name: str, rows: int) -> Job:
    return Job(name, MINUTE, lambda _ground, _now: 1 // rows, f"Job {name}")


def test_the_overview_counts_what_waits_and_tells_of_processes(ground: Ground, make_message: MakeMessage, clock: FixedClock) -> None:
    make_message("sms")
    clock.at(datetime.now(UTC))
    good, bad, part = _job("good", 1), _job("bad", 0), _job("part", 1)
    run_job(ground, good)
    run_job(ground, bad)
    for number in range(3):
        run_job(ground, part, number)
    worker = Beat(ground, "worker")
    worker.once()
    with ground.writing() as session:
        gone = {"id": "old", "kind": "web", "host": "h", "pid": 1, "revision": "", "skew_ms": 9_000, "doing": None}
        node_store.beat(session, gone)
        found = {node.id: node for node in node_store.nodes(session)}
        found["old"].beat_at -= MINUTE
    with ground.reading() as session:
        seen = overview(session, [good, bad, part, _job("never", 1)], QUEUES)
    assert {queue.name: state.depth for queue, state in seen.queues}["messages"] == 1
    lines = {line.job.name: line for line in seen.jobs}
    assert (lines["good"].runs, lines["good"].total_rows, lines["good"].failures, lines["good"].error) == (1, 1, 0, None)
    assert lines["good"].next == (lines["good"].last or seen.now) + MINUTE
    assert (lines["bad"].failures, (lines["bad"].error or "")[:17]) == (1, "ZeroDivisionError")
    assert (lines["part"].runs, lines["part"].rows) == (3, 3)
    assert not lines["good"].late(seen.now)
    assert lines["never"].late(seen.now)
    assert (seen.alive("worker"), seen.alive("web"), seen.leader) == (1, 0, None)
    assert [line.skewed for line in seen.nodes if line.node.id == "old"] == [True]
    worker.stop()
    with ground.writing() as session:
        assert [node.id for node in node_store.nodes(session)] == ["old"]
        assert node_store.forget(session, store.database_now(session)) == 1


def test_a_clock_that_is_wrong_is_put_right_by_the_database(ground: Ground) -> None:
    own = CorrectedClock()
    own.correct(timedelta(minutes=10))
    assert machine_now() - own.now() > timedelta(minutes=9)
    Beat(Ground(ground.settings, ground.db, ground.keys, own), "worker").once()
    assert abs(machine_now() - own.now()) < timedelta(seconds=2)


def test_the_rate_is_counted_by_minute() -> None:
    now = datetime(2026, 6, 15, 12, tzinfo=UTC)
    times = [now - timedelta(seconds=5), now - timedelta(seconds=65), now - timedelta(seconds=70), now - timedelta(hours=2)]
    assert per_minute(times, now, 3) == [0, 2, 1]


@pytest.mark.sqlite_only
def test_the_page_is_for_operators_and_shows_all_of_it(
    ground: Ground, sample: Sample, sign_in: Callable[..., FlaskClient], make_message: MakeMessage
) -> None:
    make_message("sms")
    run_job(ground, Job("delivery.send_due", MINUTE, lambda _ground, _now: 1 // 0, "x"))
    page = sign_in(Role.ADMINISTRATOR).get("/portal/operations").get_data(as_text=True)
    for word in ("Messages to be sent", "Send messages that are due", "ZeroDivisionError", "No clock leads", "SQLite", "24 months"):
        assert word in page, word
    assert sign_in(Role.OUTLET_MANAGER, "O1").get("/portal/operations").status_code == 403


@pytest.mark.sqlite_only
def test_metrics_are_for_this_machine_or_for_the_token(app: Flask, ground: Ground, client: FlaskClient, sample: Sample) -> None:
    run_job(ground, Job("audit.seal", MINUTE, lambda _ground, _now: 7, "x"))
    text = client.get("/metrics").get_data(as_text=True)
    assert 'soundings_job_rows_total{job="audit.seal"} 7.0' in text
    assert 'soundings_queue_depth{queue="messages"} 0.0' in text
    assert 'soundings_schema{state="current"} 1.0' in text
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403, "through a proxy on this machine"
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 403
    ground.settings.metrics_token = SecretStr("for prometheus")
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    told = {"Authorization": "Bearer for prometheus", "X-Forwarded-For": "203.0.113.9"}
    assert client.get("/metrics", headers=told).status_code == 200


@pytest.mark.sqlite_only
def test_ready_says_how_the_schema_stands(client: FlaskClient, ground: Ground) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["schema"]) == (200, "current")
    with ground.db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0009'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "schema_behind")
    with ground.db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert client.get("/readyz").get_json()["schema"] == "ahead"
    assert schema_state(None) == "behind"
