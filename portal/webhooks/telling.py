"""Tell other programs of an event: rows in the transaction of the deed itself, sent by a job afterwards."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.foundation.db import insert_rows
from portal.foundation.ids import new_id
from portal.webhooks import store
from portal.webhooks.models import WebhookDelivery

EVENTS = ("response.submitted", "case.opened", "case.closed", "contact.declined", "issue.verified")
TEST = "test"
Payload = dict[str, Any]


def tell(session: Session, event: str, payloads: Sequence[Payload] | Callable[[], Sequence[Payload]], now: datetime) -> int:
    """Write down what each endpoint that asked for an event is to be told; one small read where none did.

    payloads    one JSON object an event: ids, codes and figures, never names, addresses or free text; or what makes them, called
                only where somebody listens
    Returns     how many deliveries there will be
    Raises      ValueError for an event that nobody can ask for
    """
    if event not in EVENTS:
        raise ValueError(event)
    endpoints = [one for one in store.active(session) if event in one.events] if payloads else []
    if not endpoints:
        return 0
    numbered = [(new_id(), payload) for payload in (payloads() if callable(payloads) else payloads)]
    rows = [store.row(endpoint.id, event, event_id, payload, now) for event_id, payload in numbered for endpoint in endpoints]
    insert_rows(session, WebhookDelivery, rows)
    return len(rows)
