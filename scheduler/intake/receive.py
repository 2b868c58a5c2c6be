"""Take events in: each is kept once, and makes a candidate for every touchpoint that will ask about it.

The number of statements is the same for one event and for ten thousand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.foundation.crypto import Keys
from portal.foundation.ids import new_ids
from portal.people.customers import CustomerKey, customers_by_ref
from questionnaires.metrics.models import NO_UNIT
from questionnaires.metrics.store.counting import FunnelKey, add_funnel
from scheduler.intake.events import EventIn
from scheduler.intake.rules.terms import LIVE, Terms, event_key, transaction_key
from scheduler.intake.store import events as store
from scheduler.intake.store import seen
from scheduler.touchpoints.rules.listening import Listening, by_event_type, hear, unit_in_charge
from scheduler.touchpoints.store import all_listening

CONFLICT, UNKNOWN_UNIT, ERASED = "event_id_conflict", "unknown_unit", "customer_erased"
_FIELD = {CONFLICT: "event_id", UNKNOWN_UNIT: "unit", ERASED: "customer_ref"}


class Refusal(NamedTuple):
    """An event that was not taken: its place in the batch, and why."""

    place: int
    code: str
    field: str | None


@dataclass
class Receipt:
    """What became of a batch: every event of it is received, a duplicate or rejected."""

    received: int = 0
    duplicates: int = 0
    candidates: int = 0
    rejected: list[Refusal] = field(default_factory=list)

    def reject(self, place: int, code: str) -> None:
        """Note an event that is not taken."""
        self.rejected.append(Refusal(place, code, _FIELD.get(code)))


class _Taken(NamedTuple):
    """An event on its way in: its place, itself, the id its row will have, and its unit."""

    place: int
    event: EventIn
    row: UUID
    unit_id: UUID | None


@dataclass(frozen=True)
class Desk:
    """What the batch stands on: the moment, the bank's zone, the terms, and the keys that know erased customers again."""

    now: datetime
    zone: str
    terms: Terms = LIVE
    keys: Keys | None = None

    @property
    def today(self) -> date:
        """The bank's day."""
        return day_in(self.zone, self.now)

    def received_at(self, event: EventIn) -> datetime:
        """When an event counts as received."""
        return event.occurred_at if self.terms.as_it_happened else self.now


def receive(session: Session, events: Sequence[EventIn], desk: Desk) -> Receipt:
    """Take a batch of parsed events. Good ones are kept though others are refused.

    Returns the receipt; an event that is there already is a duplicate, with another body it is rejected as a conflict
    """
    receipt = Receipt()
    taken = _with_units(session, events, receipt)
    customers = customers_by_ref(session, {one.event.customer_ref for one in taken}, desk.now, desk.terms.origin, desk.keys)
    known = [one for one in taken if _known(one, customers, receipt)]
    fresh = _unseen(session, _once(known, receipt), desk, receipt)
    _keep(session, fresh, customers, desk, receipt)
    receipt.received = len(fresh)
    receipt.rejected.sort()
    return receipt


def _with_units(session: Session, events: Sequence[EventIn], receipt: Receipt) -> list[_Taken]:
    units = store.units_by_code(session, (event.unit for event in events if event.unit))
    taken = []
    for place, (event, row) in enumerate(zip(events, new_ids(len(events)), strict=True)):
        if event.unit and event.unit not in units:
            receipt.reject(place, UNKNOWN_UNIT)
        else:
            taken.append(_Taken(place, event, row, units.get(event.unit or "")))
    return taken


def _known(one: _Taken, customers: Mapping[str, CustomerKey], receipt: Receipt) -> bool:
    known = one.event.customer_ref in customers
    if not known:
        receipt.reject(one.place, ERASED)
    return known


def _once(taken: Iterable[_Taken], receipt: Receipt) -> list[_Taken]:
    """The first of each event id in the batch; the others are duplicates or conflicts of it."""
    first: dict[str, _Taken] = {}
    for one in taken:
        held = first.setdefault(one.event.event_id, one)
        if held is not one:
            _again(one, held.event.digest(), receipt)
    return list(first.values())


def _again(one: _Taken, digest: bytes, receipt: Receipt) -> None:
    if one.event.digest() == digest:
        receipt.duplicates += 1
    else:
        receipt.reject(one.place, CONFLICT)


def _unseen(session: Session, taken: Sequence[_Taken], desk: Desk, receipt: Receipt) -> list[_Taken]:
    claims = {one.row: seen.Claim(event_key(one.event.event_id), one.event.digest(), one.row) for one in taken}
    held = seen.claim(session, list(claims.values()), desk.today)
    fresh = []
    for one in taken:
        digest, row = held[claims[one.row].key]
        if row == one.row:
            fresh.append(one)
        else:
            _again(one, digest, receipt)
    return fresh


class _Wish(NamedTuple):
    """A touchpoint that would ask about an event."""

    taken: _Taken
    customer: CustomerKey
    touchpoint: Listening


def _keep(session: Session, fresh: Sequence[_Taken], customers: Mapping[str, CustomerKey], desk: Desk, receipt: Receipt) -> None:
    if not fresh:
        return
    listening = by_event_type(all_listening(session, {one.event.event_type for one in fresh}))
    reasons: dict[UUID, str | None] = {}
    wishes: list[_Wish] = []
    for one in fresh:
        received_at = desk.received_at(one.event)
        reasons[one.row] = desk.terms.untimely(one.event.occurred_at, received_at)
        if reasons[one.row] is None:
            heard = hear(listening, one.event.event_type, one.event.facts(), received_at)
            reasons[one.row] = heard.reason
            wishes += [_Wish(one, customers[one.event.customer_ref], touchpoint) for touchpoint in heard.touchpoints]
    granted = _first_of_transaction(session, wishes, desk)
    for row in {wish.taken.row for wish in wishes} - {wish.taken.row for wish in granted}:
        reasons[row] = "DUPLICATE"
    store.add_events(session, [_event_row(one, customers[one.event.customer_ref], reasons[one.row], desk) for one in fresh])
    ids = new_ids(len(granted))
    store.add_candidates(session, [_candidate_row(id_, wish, desk) for id_, wish in zip(ids, granted, strict=True)])
    add_funnel(session, _funnel(fresh, granted, ZoneInfo(desk.zone)))
    receipt.candidates = len(granted)


def _first_of_transaction(session: Session, wishes: Sequence[_Wish], desk: Desk) -> list[_Wish]:
    """R1: one transaction makes one candidate for a person at a touchpoint, whatever events tell of it."""
    claims: dict[bytes, seen.Claim] = {}
    keys: list[bytes | None] = []
    for wish in wishes:
        ref = wish.taken.event.transaction_ref
        key = transaction_key(wish.touchpoint.code, wish.customer.person_id, ref) if ref else None
        keys.append(key)
        if key is not None:
            claims.setdefault(key, seen.Claim(key, b"", wish.taken.row))
    held = seen.claim(session, list(claims.values()), desk.today)
    return [wish for wish, key in zip(wishes, keys, strict=True) if key is None or held[key][1] == wish.taken.row]


def _event_row(one: _Taken, customer: CustomerKey, reason: str | None, desk: Desk) -> dict[str, Any]:
    event = one.event
    return {
        "id": one.row,
        "event_id": event.event_id,
        "event_type": event.event_type,
        "customer_id": customer.id,
        "person_id": customer.person_id,
        "transaction_ref": event.transaction_ref,
        "occurred_at": event.occurred_at,
        "received_at": desk.received_at(event),
        "unit_id": one.unit_id,
        "account_unit_id": customer.unit_id,
        "counter": event.counter,
        "staff": event.staff,
        "channel": event.channel,
        "attributes": event.attributes,
        "reason": reason,
    }


def _candidate_row(id_: UUID, wish: _Wish, desk: Desk) -> dict[str, Any]:
    event, touchpoint = wish.taken.event, wish.touchpoint
    return {
        "id": id_,
        "event_row": wish.taken.row,
        "person_id": wish.customer.person_id,
        "customer_id": wish.customer.id,
        "touchpoint": touchpoint.code,
        "group": touchpoint.group,
        "version_id": touchpoint.version_id,
        "class": touchpoint.class_,
        "priority": touchpoint.priority,
        "occurred_at": event.occurred_at,
        "received_at": desk.received_at(event),
        "due_at": event.occurred_at + touchpoint.delay,
        "expires_at": event.occurred_at + desk.terms.expires_after,
        "deferrals": 0,
        "shard": wish.customer.shard,
    }


def _funnel(fresh: Sequence[_Taken], granted: Sequence[_Wish], zone: ZoneInfo) -> dict[FunnelKey, int]:
    """Events by the unit where they happened, candidates by the unit in charge; the day is that of the event."""
    rows: dict[FunnelKey, int] = {}
    for one in fresh:
        key = FunnelKey(one.event.occurred_at.astimezone(zone).date(), one.unit_id or NO_UNIT, "", "", "events", "")
        rows[key] = rows.get(key, 0) + 1
    for wish in granted:
        touchpoint = wish.touchpoint
        unit = unit_in_charge(touchpoint.in_charge, wish.taken.unit_id, wish.customer.unit_id, touchpoint.department_id)
        day = wish.taken.event.occurred_at.astimezone(zone).date()
        key = FunnelKey(day, unit or NO_UNIT, touchpoint.code, "", "candidates", "")
        rows[key] = rows.get(key, 0) + 1
    return rows
