"""Taking events in: kept once, refused one by one, and turned into candidates with a constant number of statements."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as listen
from sqlalchemy import func, select
from sqlmodel import col

from portal.foundation.db import Database
from portal.foundation.ground import Ground
from portal.people.models import Customer, ErasedRef
from questionnaires.metrics.models import NO_UNIT, FunnelDay
from scheduler.intake.events import EventIn
from scheduler.intake.models import Candidate, Event, SeenKey
from scheduler.intake.receive import Desk, Receipt, Refusal, receive
from scheduler.intake.rules.terms import REPLAY, Terms
from scheduler.touchpoints.models import Touchpoint
from tests.bank import Sample
from tests.conftest import NOON

MakeTouchpoint = Callable[..., Touchpoint]


def event(number: int = 1, **changes: Any) -> EventIn:
    values = {"event_id": f"E{number}", "event_type": "loan.approved", "customer_ref": "C1", "occurred_at": NOON - timedelta(hours=1)}
    return EventIn.model_validate({**values, **changes})


def take(ground: Ground, *events: EventIn, **desk: Any) -> Receipt:
    with ground.writing() as session:
        return receive(session, events, Desk(**{"now": NOON, "zone": "Asia/Shanghai", **desk}))


def events_of(ground: Ground) -> list[Event]:
    with ground.reading() as session:
        return list(session.scalars(select(Event).order_by(col(Event.event_id))))


def candidates_of(ground: Ground) -> list[Candidate]:
    with ground.reading() as session:
        return list(session.scalars(select(Candidate).order_by(col(Candidate.touchpoint), col(Candidate.occurred_at))))


def test_an_event_makes_a_candidate_for_each_touchpoint_that_listens(
    ground: Ground, sample: Sample, make_touchpoint: MakeTouchpoint
) -> None:
    customer = sample.customer("C1")
    make_touchpoint("LOAN", class_="high", priority=80, delay_minutes=30, group="loans")
    make_touchpoint("LOAN-B", delay_minutes=0)
    make_touchpoint("CARD", "card.used")
    receipt = take(ground, event(unit="O1", staff="S7", attributes={"counter": 3}))
    assert (receipt.received, receipt.candidates, receipt.rejected) == (1, 2, [])
    (kept,) = events_of(ground)
    assert (kept.customer_id, kept.unit_id, kept.account_unit_id, kept.counter, kept.reason) == (
        customer.id, sample.units["O1"], sample.units["O1"], "3", None,
    )  # fmt: skip
    first, second = candidates_of(ground)
    assert (first.touchpoint, first.class_, first.priority, first.group, first.event_row) == ("LOAN", "high", 80, "loans", kept.id)
    assert first.due_at == NOON - timedelta(minutes=30)
    assert first.expires_at == NOON - timedelta(hours=1) + timedelta(days=10)
    assert (second.touchpoint, second.due_at, second.person_id) == ("LOAN-B", NOON - timedelta(hours=1), customer.person_id)


def test_the_conditions_of_a_touchpoint_read_attributes_and_the_events_own_fields(
    ground: Ground, sample: Sample, make_touchpoint: MakeTouchpoint
) -> None:
    make_touchpoint(
        "BIG", filter={"all": [{"field": "amount", "op": "ge", "value": 100}, {"field": "channel", "op": "eq", "value": "app"}]}
    )
    take(
        ground,
        event(1, attributes={"amount": 100}, channel="app"),
        event(2, attributes={"amount": 99}, channel="app"),
        event(3, channel="app"),
    )
    assert [(one.event_id, one.reason) for one in events_of(ground)] == [("E1", None), ("E2", "FILTERED"), ("E3", "FILTERED")]


@pytest.mark.parametrize(
    ("columns", "published"),
    [({"active": False}, True), ({}, False), ({"starts_at": NOON + timedelta(hours=1)}, True), ({"ends_at": NOON}, True)],
)
def test_a_touchpoint_that_is_not_live_makes_no_candidate(
    ground: Ground, sample: Sample, make_touchpoint: MakeTouchpoint, columns: dict[str, Any], published: bool
) -> None:
    make_touchpoint("LOAN", published=published, **columns)
    take(ground, event())
    assert [one.reason for one in events_of(ground)] == ["INACTIVE"]


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        (timedelta(hours=72), None),
        (timedelta(hours=72, seconds=1), "STALE"),
        (timedelta(minutes=-5), None),
        (timedelta(minutes=-5, seconds=-1), "FUTURE"),
    ],
)
def test_events_out_of_time_are_kept_with_their_reason(
    ground: Ground, sample: Sample, make_touchpoint: MakeTouchpoint, age: timedelta, reason: str | None
) -> None:
    make_touchpoint("LOAN")
    receipt = take(ground, event(occurred_at=NOON - age))
    assert receipt.received == 1
    assert [one.reason for one in events_of(ground)] == [reason]
    assert len(candidates_of(ground)) == (reason is None)


def test_a_replay_receives_events_when_they_occurred(ground: Ground, sample: Sample, make_touchpoint: MakeTouchpoint) -> None:
    make_touchpoint("LOAN")
    long_ago = datetime(1999, 1, 4, 8, tzinfo=UTC)
    take(ground, event(occurred_at=long_ago), terms=REPLAY)
    assert [one.received_at for one in candidates_of(ground)] == [long_ago]
    with ground.reading() as session:
        assert session.scalars(select(col(Customer.origin)).where(col(Customer.ref) == "C1")).one() == "replay"


def test_an_unknown_customer_is_kept_as_a_stub_without_consent(ground: Ground, sample: Sample, make_touchpoint: MakeTouchpoint) -> None:
    make_touchpoint("LOAN")
    assert take(ground, event(customer_ref="NEW")).candidates == 1
    with ground.reading() as session:
        stub = session.scalars(select(Customer).where(col(Customer.ref) == "NEW")).one()
    assert (stub.origin, stub.unit_id) == ("stub", None)


def test_an_erased_customer_stays_erased(ground: Ground, sample: Sample) -> None:
    with ground.writing() as session:
        session.add(ErasedRef(ref_hash=ground.keys.blind_index("ref", "GONE"), erased_at=NOON))
    receipt = take(ground, event(customer_ref="GONE"), event(2), keys=ground.keys)
    assert receipt.rejected == [Refusal(0, "customer_erased", "customer_ref")]
    assert [one.event_id for one in events_of(ground)] == ["E2"]


def test_an_unknown_unit_is_refused_and_the_others_are_kept(ground: Ground, sample: Sample) -> None:
    receipt = take(ground, event(1, unit="O1"), event(2, unit="O99"), event(3))
    assert (receipt.received, receipt.rejected) == (2, [Refusal(1, "unknown_unit", "unit")])


def test_the_same_event_again_is_a_duplicate_and_another_body_a_conflict(
    ground: Ground, sample: Sample, make_touchpoint: MakeTouchpoint
) -> None:
    make_touchpoint("LOAN")
    take(ground, event(1, attributes={"a": 1}))
    receipt = take(ground, event(1, attributes={"a": 1.0}), event(1, attributes={"a": 2}), event(2), event(2), event(2, staff="S"))
    assert (receipt.received, receipt.duplicates) == (1, 2)
    assert receipt.rejected == [Refusal(1, "event_id_conflict", "event_id"), Refusal(4, "event_id_conflict", "event_id")]
    assert [one.attributes for one in events_of(ground)] == [{"a": 1}, {}]
    assert len(candidates_of(ground)) == 2


def test_one_transaction_is_asked_about_once_at_each_touchpoint(ground: Ground, sample: Sample, make_touchpoint: MakeTouchpoint) -> None:
    make_touchpoint("LOAN")
    make_touchpoint("OTHER", "loan.signed")
    take(ground, event(1, transaction_ref="T1"), event(2, transaction_ref="T1"))
    take(
        ground,
        event(3, transaction_ref="T1"),
        event(4, transaction_ref="T1", event_type="loan.signed"),
        event(5, transaction_ref="T1", customer_ref="C2"),
    )
    assert [one.reason for one in events_of(ground)] == [None, "DUPLICATE", "DUPLICATE", None, None]
    assert len(candidates_of(ground)) == 3


def test_the_funnel_counts_events_where_they_happened_and_candidates_where_somebody_is_in_charge(
    ground: Ground, sample: Sample, make_touchpoint: MakeTouchpoint
) -> None:
    make_touchpoint("DEPT", in_charge="department", department_id=sample.units["HO"])
    take(ground, event(1, unit="O1"), event(2, unit="O1"), event(3, occurred_at=NOON - timedelta(hours=13)))
    take(ground, event(4, unit="O1"))
    with ground.reading() as session:
        found = {(row.day.day, row.unit_id, row.touchpoint, row.step): row.n for row in session.scalars(select(FunnelDay))}
    assert found == {
        (15, sample.units["O1"], "", "events"): 3,
        (14, NO_UNIT, "", "events"): 1,
        (15, sample.units["HO"], "DEPT", "candidates"): 3,
        (14, sample.units["HO"], "DEPT", "candidates"): 1,
    }


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    listen.listen(db.engine, "before_cursor_execute", note)
    yield seen
    listen.remove(db.engine, "before_cursor_execute", note)


def test_the_number_of_statements_does_not_grow_with_the_batch(
    ground: Ground, db: Database, sample: Sample, make_touchpoint: MakeTouchpoint
) -> None:
    make_touchpoint("LOAN")
    counts = []
    for start, size in ((0, 2), (10, 2_000)):
        batch = [event(start + n, customer_ref=f"C{start + n}", transaction_ref=f"T{n}", unit="O1") for n in range(size)]
        with statements(db) as seen:
            assert take(ground, *batch).candidates == size
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 16


def test_a_full_batch_fits_into_the_databases_limits(ground: Ground, sample: Sample) -> None:
    assert take(ground, *(event(n) for n in range(10_000))).received == 10_000
    assert take(ground, *(event(n) for n in range(10_000))).duplicates == 10_000


def test_events_sent_by_several_at_once_are_kept_once(ground: Ground, sample: Sample, make_touchpoint: MakeTouchpoint) -> None:
    make_touchpoint("LOAN")
    batch = [event(n, customer_ref=f"N{n % 7}", transaction_ref=f"T{n}") for n in range(60)]
    receipts: list[Receipt] = []

    def send(order: int) -> None:
        receipts.append(take(ground, *batch[::order]))

    threads = [threading.Thread(target=send, args=(order,)) for order in (1, -1, 1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(receipt.received for receipt in receipts) == 60
    assert sum(receipt.duplicates for receipt in receipts) == 180
    assert len(candidates_of(ground)) == 60
    with ground.reading() as session:
        assert session.scalar(select(func.count()).select_from(SeenKey)) == 120


def test_terms_that_are_off_refuse_nothing() -> None:
    assert Terms(stale_after=None, future_after=None).untimely(NOON - timedelta(days=9_000), NOON) is None
