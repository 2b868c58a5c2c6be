"""T2: eight processes at once over the same customers, companies and quotas, and nothing is taken twice."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context

import pytest
from sqlalchemy import select
from sqlmodel import col

from portal.foundation.clock import SystemClock
from portal.foundation.db import Database, insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_ids
from portal.people.models import Company, CompanyContact
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.models import Budget, Contact, Decision, Quota
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.store.claiming import waiting_count
from tests.conftest import NOON
from tests.scheduler.contacts.world import World, all_of

pytestmark = [pytest.mark.faults, pytest.mark.deep, pytest.mark.timeout(300)]
CONTEXT = get_context("fork")
PROCESSES, PERSONS, FIRMS = 8, 160, 20
POLICY = {
    "quotas": [{"n": 30, "by": ["touchpoint"]}, {"n": 45}],
    "budgets": [{"channel": "file", "cents": 200}],
    "costs": {"file": 5},
    "caps": [{"n": 1, "window": "24h"}],
}  # fmt: skip


def _decide(ground: Ground) -> None:
    """Small batches, so that all eight are in one another's way."""
    own = replace(ground, db=Database(ground.db.url), clock=SystemClock())
    from scheduler.contacts.decide import Means, decide_due

    while True:
        with own.writing() as session:
            decide_due(session, Means(own.settings, own.keys), NOON, 25)
        with own.reading() as session:
            if not waiting_count(session):
                break
    own.db.close()


def test_eight_processes_share_quotas_budgets_and_companies(ground: Ground) -> None:
    world = World(ground).start(ContactPolicy.model_validate(POLICY))
    persons = world.customers(PERSONS)
    firms = new_ids(FIRMS)
    with ground.writing() as session:
        insert_rows(session, Company, [{"id": key, "ref": f"F{key.hex}", "created_at": NOON} for key in firms])
        contacts = zip(new_ids(4 * FIRMS), persons[: 4 * FIRMS], strict=True)
        rows = [{"id": key, "company_id": firms[place % FIRMS], "customer_id": one} for place, (key, one) in enumerate(contacts)]
        insert_rows(session, CompanyContact, [{**row, "position": ""} for row in rows])
    for minute in range(2):
        world.candidates(persons, ("transfer", "loan")[minute], due=NOON - timedelta(minutes=minute))
    ground.db.close()
    running = [CONTEXT.Process(target=_decide, args=(ground,)) for _ in range(PROCESSES)]
    for process in running:
        process.start()
    for process in running:
        process.join(200)
    assert [process.exitcode for process in running] == [0] * PROCESSES
    assert check_contacts(ground).violations == []
    with ground.reading() as session:
        sent = Counter(session.scalars(select(col(Contact.touchpoint))))
        assert sum(sent.values()) == 40, "200 cents pay for 40"
        assert max(sent.values()) <= 30
        used = {one.scope: one.used for one in all_of(session, Quota)}
        assert used == {"invites": 40, **{f"invites touchpoint:{code}": sent[code] for code in ("transfer", "loan")}}
        assert [(one.used, one.cap) for one in all_of(session, Budget)] == [(200, 200)]
        assert len(all_of(session, Decision)) == 2 * PERSONS
