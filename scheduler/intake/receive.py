"""Take events in: each is kept once, and makes a candidate for every touchpoint that will ask about it.

The number of statements is the same for one event and for ten thousand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.ids import new_ids
from portal.people.customers import CustomerKey, customers_by_ref
from questionnaires.metrics.closing import note_late
from questionnaires.metrics.store.counting import add_funnel
from scheduler.intake.events import EventIn
from scheduler.intake.hearing import Desk, Taken, add_candidates, funnel, hear_all
from scheduler.intake.rules.terms import event_key
from scheduler.intake.store import events as store
from scheduler.intake.store import seen

__all__ = ["CONFLICT", "Desk", "Receipt", "Refusal", "receive"]
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


def _with_units(session: Session, events: Sequence[EventIn], receipt: Receipt) -> list[Taken]:
    units = store.units_by_code(session, (event.unit for event in events if event.unit))
    taken = []
    for place, (event, row) in enumerate(zip(events, new_ids(len(events)), strict=True)):
        if event.unit and event.unit not in units:
            receipt.reject(place, UNKNOWN_UNIT)
        else:
            taken.append(Taken(place, event, row, units.get(event.unit or "")))
    return taken


def _known(one: Taken, customers: Mapping[str, CustomerKey], receipt: Receipt) -> bool:
    known = one.event.customer_ref in customers
    if not known:
        receipt.reject(one.place, ERASED)
    return known


def _once(taken: Iterable[Taken], receipt: Receipt) -> list[Taken]:
    """The first of each event id in the batch; the others are duplicates or conflicts of it."""
    first: dict[str, Taken] = {}
    for one in taken:
        held = first.setdefault(one.event.event_id, one)
        if held is not one:
            _again(one, held.event.digest(), receipt)
    return list(first.values())


def _again(one: Taken, digest: bytes, receipt: Receipt) -> None:
    if one.event.digest() == digest:
        receipt.duplicates += 1
    else:
        receipt.reject(one.place, CONFLICT)


def _unseen(session: Session, taken: Sequence[Taken], desk: Desk, receipt: Receipt) -> list[Taken]:
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


def _keep(session: Session, fresh: Sequence[Taken], customers: Mapping[str, CustomerKey], desk: Desk, receipt: Receipt) -> None:
    if not fresh:
        return
    reasons, granted = hear_all(session, fresh, customers, desk)
    store.add_events(session, [_event_row(one, customers[one.event.customer_ref], reasons[one.row], desk) for one in fresh])
    add_candidates(session, granted, desk)
    counted = funnel(fresh, granted, ZoneInfo(desk.zone))
    add_funnel(session, counted)
    note_late(session, (key.day for key in counted), desk.today)
    receipt.candidates = len(granted)


def _event_row(one: Taken, customer: CustomerKey, reason: str | None, desk: Desk) -> dict[str, Any]:
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
