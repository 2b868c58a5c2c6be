"""What the search field of the bar finds of events."""

from datetime import datetime

from flask import url_for
from sqlmodel import Session

from portal.foundation.i18n import _l
from portal.people import store as people
from portal.people.finding import Finder, Hit
from portal.people.rules.roles import Scope
from scheduler.contacts.store import reading as store
from scheduler.intake.store.events import event_by_event_id


def find_events(session: Session, words: str, scope: Scope, now: datetime) -> list[Hit]:
    """The event of exactly this id, on the page that says why its customer was asked or not."""
    event = event_by_event_id(session, words)
    customer = store.customer(session, event.customer_id) if event else None
    if event is None or customer is None or customer.erased_at or not people.unit_in_scope(session, scope, customer.unit_id, now):
        return []
    return [Hit(_l("Event"), event.event_id, event.event_type, url_for("contacts.show", customer_id=customer.id))]


FINDERS = (Finder("contacts.read", find_events),)
