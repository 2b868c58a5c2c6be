"""Whatever is killed, and whenever: every candidate has one decision, every SEND one message at the provider, no cap is broken."""

import os
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from portal.audit import chain
from portal.foundation.crypto import Keys
from portal.foundation.settings import Settings
from questionnaires.metrics.additions import CHECKS as METRICS
from scheduler.cases.additions import CHECKS as CASES
from scheduler.contacts.auditor import check_contacts
from tests.faults.town import ROLES, Broker, Town, town
from tests.processes import until
from tests.rabbitmq import RabbitServer
from tests.redis import RedisServer

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3000)]
DEEP = bool(os.environ.get("SOUNDINGS_DEEP"))
FAILING = '{"500": 0.03, "lost": 0.02, "late": 0.02}'
WAITING = "SELECT count(*) FROM candidate WHERE decided_at IS NULL"
UNSENT = "SELECT count(*) FROM message WHERE state IN ('waiting', 'sending')"
NOT_TAKEN_OVER = "SELECT count(*) FROM message WHERE done_at IS NOT NULL AND taken_over_at IS NULL"
PROGRESS = "SELECT (SELECT count(*) FROM decision) + (SELECT coalesce(sum(attempts) + count(done_at), 0) FROM message)"
PORTION = 40
BROKERS = pytest.mark.parametrize("broker", [RedisServer, RabbitServer], ids=lambda kind: kind.name)
"""RabbitMQ is tried where Debian's package is installed; nowhere else it is needed."""


class Customers(threading.Thread):
    """Transactions go on all the time; what gets no answer is handed in again."""

    def __init__(self, bank: Town, total: int) -> None:
        super().__init__(daemon=True)
        self.bank, self.total, self.done, self.tries = bank, total, 0, 0
        self._pause = threading.Event()

    def run(self) -> None:
        """Hand in portion by portion."""
        while self.done < self.total:
            lines = self.bank.events(self.done, PORTION)
            while not self.bank.post(lines):
                self.tries += 1
                self._pause.wait(0.3)
            self.done += PORTION
            self._pause.wait(0.1)


def settle(bank: Town) -> None:
    """Nobody is killed any more, and everything that waits is done. Time goes on only where nothing else does: a lease, a pause."""
    for role in ROLES:
        bank.kill(role)
    bank.kills.clear()
    before, still = -1, 0
    for _ in range(500):
        if not (bank.number(WAITING) or bank.number(UNSENT) or bank.number(NOT_TAKEN_OVER)):
            return
        bank.look_after()
        done = bank.number(PROGRESS)
        still = still + 1 if done == before else 0
        before = done
        if still == 6:
            bank.forward(timedelta(minutes=11))
            still = 0
        threading.Event().wait(0.4)
    messages = "SELECT state, reason, attempts, count(*), min(due_at), now() FROM message GROUP BY 1, 2, 3"
    jobs = "SELECT name, asked, taken, runs, error FROM job_run WHERE name LIKE 'delivery.send%' OR name LIKE 'contacts.%'"
    raise AssertionError(f"not settled: {bank.rows(messages)}, {bank.rows(jobs)}")


def figures(bank: Town, handed_in: int, kills: int) -> dict[str, int]:
    """What is left of it all."""
    sent = {str(row[0]) for row in bank.rows("SELECT m.id FROM message m JOIN contact c ON c.id = m.contact_id")}
    taken, dropped = bank.taken()
    return {
        "kills": kills,
        "events": bank.number("SELECT count(*) FROM event"),
        "lost events": handed_in - bank.number("SELECT count(DISTINCT event_id) FROM event"),
        "doubled events": bank.number("SELECT count(*) - count(DISTINCT event_id) FROM event"),
        "candidates": bank.number("SELECT count(*) FROM candidate"),
        "without decision": bank.number("SELECT count(*) FROM candidate c LEFT JOIN decision d ON d.id = c.id WHERE d.id IS NULL"),
        "messages": len(sent),
        "lost messages": len(sent - taken.keys()),
        "messages of nobody": len(taken.keys() - sent),
        "not accepted": bank.number("SELECT count(*) FROM message WHERE state <> 'accepted'"),
        "SEND without message": bank.number(
            "SELECT count(*) FROM decision d LEFT JOIN contact c ON c.decision_id = d.id LEFT JOIN message m ON m.contact_id = c.id "
            "WHERE d.outcome = 'SEND' AND m.id IS NULL"
        ),
        "doubled messages": bank.number("SELECT count(*) - count(DISTINCT contact_id) FROM message"),
        "copies dropped by the provider": dropped,
    }


def is_whole(bank: Town, handed_in: int, kills: int) -> None:
    """Nothing lost, nothing doubled, no cap broken, the audit clean."""
    found = figures(bank, handed_in, kills)
    sys.stderr.write(f"\n{', '.join(f'{name} {number:,}' for name, number in found.items())}\n")
    wrong = {name: number for name, number in found.items() if name in WRONG and number}
    assert wrong == {}
    assert found["messages"] > 0
    assert found["events"] == found["candidates"] == handed_in
    assert check_contacts(bank.ground).violations == []
    for check in (*CASES, *METRICS):
        assert check.run(bank.ground).violations == [], check.name
    with bank.ground.reading() as session:
        assert chain.verify(session, bank.ground.now())[1] == []


WRONG = (
    "lost events", "doubled events", "without decision", "lost messages", "messages of nobody", "not accepted", "SEND without message",
    "doubled messages",
)  # fmt: skip


def story(bank: Town, kills: int, total: int, between: dict[int, Callable[[], None]]) -> None:
    """Customers go on while processes are killed; at some kills something else happens."""
    customers = Customers(bank, total)
    customers.start()
    for number in range(kills):
        bank.kill_somebody()
        if number in between:
            between[number]()
    customers.join(240)
    assert not customers.is_alive(), f"only {customers.done} events were taken in"


def crash_postgres(bank: Town) -> None:
    """What was not committed is gone."""
    bank.postgres.crash()
    bank.postgres.start()


def hour_without_gateway(bank: Town) -> None:
    """An hour of simulated time."""
    bank.gateway.kill()
    for _ in range(12):
        threading.Event().wait(0.5)
        bank.forward(timedelta(minutes=5))
    bank.gateway.start()


def test_a_few_kills_lose_and_double_nothing(tmp_path: Path, keys: Keys, settings: Settings) -> None:
    with town(tmp_path, keys, settings, customers=120, seed=20261122, chance=FAILING) as bank:
        between = {2: bank.broker.lose, 4: lambda: crash_postgres(bank)}
        story(bank, 6, 8 * PORTION, between)
        settle(bank)
        is_whole(bank, 8 * PORTION, 6)


@pytest.mark.deep
@BROKERS
@pytest.mark.parametrize("seed", [1, 2])
def test_two_hundred_kills_lose_and_double_nothing(tmp_path: Path, keys: Keys, settings: Settings, seed: int, broker: type[Broker]) -> None:
    kills, total = 110, 60 * PORTION
    with town(tmp_path, keys, settings, customers=1_500, seed=seed, chance=FAILING, kind=broker) as bank:
        between: dict[int, Callable[[], None]] = {20: bank.broker.empty, 60: bank.broker.lose, 90: bank.broker.empty}
        between |= {place: lambda: crash_postgres(bank) for place in (35, 75)}
        between[50] = lambda: hour_without_gateway(bank)
        story(bank, kills, total, between)
        counted = dict(bank.kills)
        settle(bank)
        sys.stderr.write(f"\nover {broker.name}, killed: {counted}\n")
        is_whole(bank, total, sum(counted.values()))


@pytest.mark.deep
@BROKERS
def test_two_clocks_and_wrong_clocks_do_no_harm(tmp_path: Path, keys: Keys, settings: Settings, broker: type[Broker]) -> None:
    with town(tmp_path, keys, settings, customers=60, seed=7, kind=broker) as bank:
        until(lambda: bank.number("SELECT count(*) FROM lease WHERE name = 'clock' AND until > now()") == 1, what="a leader")
        story(bank, 0, 2 * PORTION, {})
        until(lambda: not (bank.number(WAITING) or bank.number(UNSENT) or bank.number(NOT_TAKEN_OVER)), seconds=60, what="all is sent")
        skews = sorted({round(int(row[0]) / 1000) for row in bank.rows("SELECT skew_ms FROM node WHERE kind <> 'web'")})
        assert skews == [-600, 0, 600]
        wrong = bank.number("SELECT count(*) FROM message WHERE abs(extract(epoch FROM accepted_at - now())) > 120")
        assert wrong == 0, "times of a machine whose clock is wrong are put right"
        is_whole(bank, 2 * PORTION, 0)
