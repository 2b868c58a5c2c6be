"""What was kept long enough goes, with its decision; what waits stays; the audit stays clean."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError

from portal.foundation import ids
from portal.foundation.ground import Ground
from portal.migrations.partitions import ensure_partitions, month_of
from portal.privacy.models import LegalHold
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.models import Contact, Decision
from scheduler.contacts.rules.policy import from_toml
from scheduler.engine import retention
from scheduler.engine import watching_store as watching
from scheduler.engine.retention import remove_old
from scheduler.intake.models import Candidate, Event
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World

Past = Callable[[int], World]


@pytest.fixture
def past(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Past:
    """Makes a bank in which three customers were asked so many months before noon: what is old by its ids is old."""

    def make(months: int) -> World:
        start = month_of(NOON, -months)
        with ground.writing() as session:
            ensure_partitions(session.connection(), start, ahead=0)
        world = World(ground).start(from_toml("[[caps]]\nn = 1\nwindow = '24h'\n"))
        persons = world.customers(3)
        monkeypatch.setattr(ids, "_last", 0)
        with time_machine.travel(start + timedelta(days=2), tick=False):
            world.candidates(persons, "loan", due=NOON - timedelta(hours=1))
        monkeypatch.setattr(ids, "_last", 0)
        world.decide(NOON)
        return world

    return make


def _counts(ground: Ground) -> tuple[int, ...]:
    with ground.reading() as session:
        return tuple(session.scalar(select(func.count()).select_from(model)) or 0 for model in (Event, Candidate, Decision, Contact))


def test_old_months_go_with_their_decisions_and_the_audit_stays_clean(ground: Ground, past: Past) -> None:
    world = past(30)
    waiting = world.customers(1)
    assert _counts(ground) == (3, 3, 3, 3)
    assert check_contacts(ground).violations == []
    for _ in range(2):
        remove_old(ground, NOON)
    assert _counts(ground) == (0, 3, 3, 3), "events are kept for 24 months, decisions for 36"
    world.candidates(waiting, "loan", due=NOON + timedelta(hours=1))
    for _ in range(2):
        remove_old(ground, NOON + timedelta(days=310))
    assert _counts(ground) == (1, 1, 0, 3), "what waits stays, and so does the ledger"
    assert check_contacts(ground).violations == []
    with ground.reading() as session:
        assert {row.table_name: row.rows for row in watching.removals(session)} == {"event": 3, "candidate": 3, "decision": 3}
    world.decide(NOON + timedelta(hours=2))
    with pytest.raises(DBAPIError, match="append-only"), ground.writing() as session:
        session.execute(text("DELETE FROM decision"))


def test_a_month_in_which_somebody_waits_is_not_touched(ground: Ground, past: Past) -> None:
    past(40)
    with ground.writing() as session:
        one = session.scalars(select(Candidate).limit(1)).one()
        one.decided_at = None
    for _ in range(2):
        remove_old(ground, NOON)
    events, candidates, decisions, _contacts = _counts(ground)
    assert events == 0
    assert (candidates, decisions) == ((3, 3) if ground.db.dialect == "postgresql" else (1, 1))


def test_a_detached_month_stays_until_it_could_be_archived(ground: Ground, past: Past) -> None:
    if ground.db.dialect == "sqlite":
        pytest.skip("SQLite has no partitions")
    past(40)
    remove_old(ground, NOON)
    name = f"decision_{month_of(NOON, -40):%Y_%m}"
    with ground.reading() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {name}")) == 3
        assert name not in [one.name for one in watching.partitions(session)]
    remove_old(ground, NOON + timedelta(days=31))
    with ground.reading() as session:
        assert session.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is None
        assert all(row.dropped_at for row in watching.removals(session))


def _hold(ground: Ground, customer_id: UUID, by: Sequence[UUID]) -> None:
    """One customer's legal hold, by two people."""
    asked, approved = by
    with ground.writing() as session:
        base = {"state": "in_force", "reason": "lawsuit", "asked_at": NOON, "approved_at": NOON}
        session.add(LegalHold(customer_id=customer_id, asked_by=asked, approved_by=approved, **base))


def test_nothing_of_a_customer_under_a_legal_hold_goes_until_it_is_lifted(ground: Ground, sample: Sample, past: Past) -> None:
    past(40)
    two = sample.user("compliance_officer"), sample.user("complaint_centre")
    with ground.reading() as session:
        first, second, _third = session.scalars(select(Event.customer_id).order_by(Event.id)).all()
    _hold(ground, first, two)
    for _ in range(2):
        remove_old(ground, NOON)
    assert _counts(ground) == (1, 1, 1, 3)
    with ground.reading() as session:
        assert [session.scalars(select(model.customer_id)).all() for model in (Event, Candidate)] == [[first]] * 2
    if ground.db.dialect == "postgresql":  # a month that is detached is not gone yet: a hold still reaches it
        _hold(ground, second, two)
    for _ in range(2):
        remove_old(ground, NOON + timedelta(days=31))
    kept = 2 if ground.db.dialect == "postgresql" else 1
    assert _counts(ground) == (kept, kept, kept, 3)
    assert check_contacts(ground).violations == []
    with ground.writing() as session:
        session.execute(delete(LegalHold))
    for _ in range(2):
        remove_old(ground, NOON + timedelta(days=32))
    assert _counts(ground) == (0, 0, 0, 3)


def test_rows_outside_any_month_go_in_small_steps(ground: Ground, monkeypatch: pytest.MonkeyPatch, past: Past) -> None:
    monkeypatch.setattr("portal.migrations.partitions.PARTITIONED", ())  # no month is made, so that they lie in the default partition
    past(40)
    monkeypatch.setattr(retention, "STEP", 2)
    assert [remove_old(ground, NOON) for _ in range(3)] == [2, 1, 0]
    assert _counts(ground) == (0, 0, 0, 3)
    assert check_contacts(ground).violations == []
