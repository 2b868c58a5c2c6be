"""Who asks about events that came in: the touchpoints that hear them, their candidates, and the day's counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.foundation.crypto import Keys
from portal.foundation.ids import new_ids
from portal.people.customers import CustomerKey
from questionnaires.metrics.models import NO_UNIT
from questionnaires.metrics.store.counting import FunnelKey
from scheduler.intake.events import EventIn
from scheduler.intake.rules.misfit import misfit_of
from scheduler.intake.rules.terms import LIVE, Terms, transaction_key
from scheduler.intake.store import events as store
from scheduler.intake.store import seen
from scheduler.touchpoints.catalogue_store import live_shapes
from scheduler.touchpoints.pilot_store import running
from scheduler.touchpoints.rules.listening import Listening, by_event_type, hear, unit_in_charge
from scheduler.touchpoints.store import all_listening


class Taken(NamedTuple):
    """An event on its way in: its place, itself, the id its row will have, and its unit."""

    place: int
    event: EventIn
    row: UUID
    unit_id: UUID | None


@dataclass(frozen=True)
class Desk:
    """What the batch stands on: the moment, the bank's zone, the terms, and the keys that know erased customers again.

    Shape   `first_seen`: when events that are tried again reached us first, by event id; they count as received then
    """

    now: datetime
    zone: str
    terms: Terms = LIVE
    keys: Keys | None = None
    first_seen: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The bank's day."""
        return day_in(self.zone, self.now)

    def received_at(self, event: EventIn) -> datetime:
        """When an event counts as received."""
        return event.occurred_at if self.terms.as_it_happened else self.first_seen.get(event.event_id, self.now)


class Wish(NamedTuple):
    """A touchpoint that would ask about an event."""

    taken: Taken
    customer: CustomerKey
    touchpoint: Listening


def hear_all(
    session: Session, fresh: Sequence[Taken], customers: Mapping[str, CustomerKey], desk: Desk
) -> tuple[dict[UUID, str | None], list[Wish]]:
    """Which touchpoints ask about which events; an event that nobody asks about gets its reason. Three statements, one more for keys."""
    types = {one.event.event_type for one in fresh}
    listening = by_event_type(all_listening(session, types, desk.today))
    shapes = live_shapes(session, types) if desk.terms.checked else None
    reasons: dict[UUID, str | None] = {}
    wishes: list[Wish] = []
    for one in fresh:
        received_at = desk.received_at(one.event)
        misfit = None if shapes is None else misfit_of(one.event.event_type, one.event.attributes, shapes)
        reasons[one.row] = desk.terms.untimely(one.event.occurred_at, received_at) or misfit
        if reasons[one.row] is None:
            heard = hear(listening, one.event.event_type, one.event.facts(), received_at)
            reasons[one.row] = heard.reason
            wishes += [Wish(one, customers[one.event.customer_ref], touchpoint) for touchpoint in heard.touchpoints]
    granted = _first_of_transaction(session, wishes, desk)
    for row in {wish.taken.row for wish in wishes} - {wish.taken.row for wish in granted}:
        reasons[row] = "DUPLICATE"
    return reasons, granted


def add_candidates(session: Session, granted: Sequence[Wish], desk: Desk) -> None:
    """Write a candidate for each wish; while a version is piloted, each unit's gets the one that is meant for it."""
    ids = new_ids(len(granted))
    pilots = running(session, "version", desk.today, {wish.touchpoint.code for wish in granted}) if granted else {}
    rows = [_candidate_row(id_, wish, desk) for id_, wish in zip(ids, granted, strict=True)]
    for row, wish in zip(rows, granted, strict=True) if pilots else ():
        if (pilot := pilots.get(wish.touchpoint.code)) is not None:
            row["version_id"] = pilot.version_for(wish.taken.unit_id, wish.customer.unit_id)
    store.add_candidates(session, rows)


def _first_of_transaction(session: Session, wishes: Sequence[Wish], desk: Desk) -> list[Wish]:
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


def _candidate_row(id_: UUID, wish: Wish, desk: Desk) -> dict[str, Any]:
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
        "expires_at": event.occurred_at + (touchpoint.expires_after or desk.terms.expires_after),
        "deferrals": 0,
        "shard": wish.customer.shard,
    }


def funnel(fresh: Sequence[Taken], granted: Sequence[Wish], zone: ZoneInfo) -> dict[FunnelKey, int]:
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
