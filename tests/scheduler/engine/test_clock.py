"""Of several clocks one leads; a job that fails is written down and stops nobody."""

from datetime import datetime, timedelta

from portal.foundation.ground import Ground
from portal.foundation.jobs import Job
from scheduler.engine import store
from scheduler.engine.clock import LEASE, ClockWork
from scheduler.engine.running import run_job

SPAN = timedelta(seconds=30)


def _job(name: str, rows: int) -> Job:
    def run(_ground: Ground, _now: datetime) -> int:
        return 1 // rows

    return Job(name, timedelta(minutes=1), run, name)


def test_a_lease_has_one_holder_until_it_ends_or_is_given_back(ground: Ground) -> None:
    def take(holder: str, span: timedelta = SPAN) -> bool:
        with ground.writing() as session:
            return store.take_lease(session, LEASE, holder, span)

    assert take("one")
    assert take("one")
    assert not take("two")
    with ground.writing() as session:
        store.release_lease(session, LEASE, "two")
    assert not take("two")
    with ground.writing() as session:
        store.release_lease(session, LEASE, "one")
    assert take("two", timedelta(seconds=-1))
    assert take("three")
    with ground.reading() as session:
        assert store.holder_of(session, LEASE) == "three"


def test_the_second_clock_waits_while_the_first_leads(ground: Ground) -> None:
    first, second = ClockWork(ground, []), ClockWork(ground, [])
    first.start()
    second.start()
    assert first.leads
    assert not second.leads
    first.stop()
    second.renew()
    assert second.leads
    second.stop()


def test_what_became_of_a_job_is_written_down(ground: Ground) -> None:
    assert run_job(ground, _job("good", 1)) == 1
    run_job(ground, _job("bad", 0))
    with ground.reading() as session:
        runs = {run.name: run for run in store.job_runs(session)}
    assert (runs["good"].rows, runs["good"].error) == (1, None)
    assert runs["bad"].failures == 1
    assert (runs["bad"].error or "").startswith("ZeroDivisionError")
