"""Events that do not fit: kept with their reason, without a name in the clear, and taken in once the cause is mended."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people.models import OrgUnit
from scheduler.intake import dead, redrive
from scheduler.intake import dead_store as store
from scheduler.intake.batch import EventReceipt, read_batch, receive_batch
from scheduler.intake.dead_store import Filter
from scheduler.intake.hearing import Desk
from scheduler.intake.models import Candidate, DeadLetter, Event
from scheduler.touchpoints import touchpoints
from scheduler.touchpoints.models import EventType, Touchpoint
from tests.bank import Sample
from tests.conftest import NOON

MakeTouchpoint = Callable[..., Touchpoint]
SOMEBODY = Actor.system("test")
LATER = NOON + timedelta(hours=2)


def send(ground: Ground, *bodies: dict[str, Any], at: Any = NOON) -> EventReceipt:
    lines = b"\n".join(json.dumps(one).encode() for one in bodies)
    batch = read_batch("application/x-ndjson", lines)
    with ground.writing() as session:
        return receive_batch(session, batch, Desk(at, "Asia/Shanghai", keys=ground.keys))


def body(number: int = 1, **changes: Any) -> dict[str, Any]:
    at = (NOON - timedelta(hours=1)).isoformat()
    return {"event_id": f"E{number}", "event_type": "loan.approved", "customer_ref": "SECRET-C1", "occurred_at": at, **changes}


def letters(ground: Ground) -> list[DeadLetter]:
    with ground.reading() as session:
        return list(session.scalars(select(DeadLetter).order_by(col(DeadLetter.event_id))))


def test_a_refused_event_is_kept_and_names_nobody_in_the_clear(ground: Ground, make_touchpoint: MakeTouchpoint) -> None:
    make_touchpoint("loan")
    send(ground, body(1, unit="NOWHERE", attributes={"note": "Zhang San"}), body(2, shoe="red"), body(3))
    found = letters(ground)
    assert [(one.event_id, one.code, one.field) for one in found] == [("E1", "unknown_unit", "unit"), ("E2", "unknown_field", "shoe")]
    assert all(b"SECRET" not in one.body and b"Zhang" not in one.body for one in found)
    clear = dead.body_of(found[0], ground.keys)
    assert clear["customer_ref"] == "SECRET-C1"
    assert dead.masked(clear) == {
        "event_id": "E1", "event_type": "loan.approved", "customer_ref": "••••C1", "occurred_at": "2026-06-15T03:00:00Z",
        "unit": "NOWHERE", "attributes": {"note": "text"},
    }  # fmt: skip


def test_the_same_event_refused_again_is_counted_not_kept_twice(ground: Ground, make_touchpoint: MakeTouchpoint) -> None:
    make_touchpoint("loan")
    for minute in range(3):
        send(ground, body(unit="NOWHERE"), at=NOON + timedelta(minutes=minute))
    (found,) = letters(ground)
    assert (found.times, found.first_at, found.last_at) == (3, NOON, NOON + timedelta(minutes=2))


def test_once_the_unit_is_there_the_event_is_taken_as_if_it_had_come_in_time(ground: Ground, make_touchpoint: MakeTouchpoint) -> None:
    make_touchpoint("loan")
    send(ground, body(1, unit="NEW"), body(2, unit="ELSEWHERE"))
    with ground.writing() as session:
        session.add(OrgUnit(code="NEW", kind="outlet", name_zh="新", name_en="New", created_at=NOON))
    much_later = NOON + timedelta(days=5)  # past the 72 hours, but it reached us in time
    done, ended = redrive.everything(ground, Filter(), SOMEBODY, much_later, kept=False)
    assert (done.tried, done.taken, done.candidates, ended) == (2, 1, 1, True)
    with ground.reading() as session:
        event = session.scalars(select(Event)).one()
        assert (event.event_id, event.reason, event.received_at) == ("E1", None, NOON)
        assert session.scalars(select(Candidate)).one().touchpoint == "loan"
        acts = list(session.scalars(select(AuditEntry)))
    assert [(one.act, one.facts["taken"]) for one in acts if one.act.startswith("dead_letter")] == [("dead_letter.redrive", 1)]
    assert [(one.event_id, one.state, one.last_code) for one in letters(ground)] == [
        ("E1", "taken", None),
        ("E2", "waiting", "unknown_unit"),
    ]
    again, _ = redrive.everything(ground, Filter(code="unknown_unit"), SOMEBODY, much_later, kept=False)
    assert (again.tried, again.taken) == (1, 0)


def test_an_event_of_an_unknown_type_is_kept_and_heard_once_it_is_in_the_catalogue(ground: Ground, make_touchpoint: MakeTouchpoint) -> None:
    receipt = send(ground, body(1, event_type="card.lost"), body(2, event_type="card.lost"))
    assert (receipt.received, receipt.rejected) == (2, [])
    with ground.reading() as session:
        assert store.counts(session) == ({}, {"UNKNOWN_TYPE": 2})
    with ground.writing() as session:
        touchpoints.add_event_type(session, "card.lost", "挂失", "Card lost")
    make_touchpoint("card", "card.lost")
    done, _ = redrive.everything(ground, Filter(event_id="E1"), SOMEBODY, LATER, kept=True)
    assert (done.tried, done.taken, done.candidates) == (1, 1, 1)
    done, _ = redrive.everything(ground, Filter(), SOMEBODY, LATER, kept=True)
    assert (done.tried, done.taken, done.candidates) == (1, 1, 1)
    with ground.reading() as session:
        assert {one.reason for one in session.scalars(select(Event))} == {None}
        assert {one.received_at for one in session.scalars(select(Candidate))} == {NOON}
    assert redrive.everything(ground, Filter(), SOMEBODY, LATER, kept=True)[0].tried == 0


SHAPE = [
    {"name": "amount", "type": "number", "required": True}, {"name": "kind", "values": ["car", "home"]}, {"name": "vip", "type": "flag"},
    {"name": "day", "type": "date"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"amount": 5, "kind": "car", "vip": True, "day": "2026-05-01", "more": "is no concern"}, None),
        ({"amount": 5}, None),
        ({}, "ATTRIBUTE"),
        ({"amount": "5"}, "ATTRIBUTE"),
        ({"amount": True}, "ATTRIBUTE"),
        ({"amount": 5, "kind": "boat"}, "ATTRIBUTE"),
        ({"amount": 5, "kind": ["car", "boat"]}, "ATTRIBUTE"),
        ({"amount": 5, "vip": "yes"}, "ATTRIBUTE"),
        ({"amount": 5, "day": "soon"}, "ATTRIBUTE"),
    ],
)
@pytest.mark.sqlite_only
def test_attributes_must_be_as_the_catalogue_says(
    ground: Ground, make_touchpoint: MakeTouchpoint, attributes: dict[str, Any], reason: str | None
) -> None:
    make_touchpoint("loan")
    with ground.writing() as session:
        kind = session.get(EventType, "loan.approved")
        assert kind is not None
        kind.shape = SHAPE
    send(ground, body(attributes=attributes))
    with ground.reading() as session:
        assert session.scalars(select(Event)).one().reason == reason


@pytest.mark.sqlite_only
def test_a_long_re_drive_may_stop_and_go_on(ground: Ground, make_touchpoint: MakeTouchpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redrive, "STEP", 2)
    send(ground, *(body(n, event_type="card.lost", customer_ref=f"C{n}") for n in range(1, 6)))
    with ground.writing() as session:
        touchpoints.add_event_type(session, "card.lost", "挂失", "Card lost")
    first, ended = redrive.everything(ground, Filter(), SOMEBODY, LATER, kept=True, go_on=lambda _done: False)
    assert (first.tried, ended) == (2, False)
    rest, ended = redrive.everything(ground, Filter(), SOMEBODY, LATER, kept=True, after=first.last)
    assert (rest.tried, rest.taken, ended) == (3, 3, True)


@pytest.mark.sqlite_only
def test_an_erased_customers_refused_events_go_too_and_none_is_kept_of_them(ground: Ground, sample: Sample) -> None:
    customer = sample.customer("SECRET-C1")
    send(ground, body(unit="NOWHERE"))
    with ground.writing() as session:
        assert dead.forget(session, [customer.id], NOON) == 1
    assert letters(ground) == []
    assert "customer_erased" in dead.NEVER_KEPT
