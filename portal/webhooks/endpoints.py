"""What staff do with endpoints: make, change, switch, test, send again. Each is audited."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ids import new_id
from portal.webhooks import store
from portal.webhooks.addresses import AddressRefused, check
from portal.webhooks.models import WebhookDelivery, WebhookEndpoint
from portal.webhooks.telling import EVENTS, TEST

MOST = 50


class Wanted(NamedTuple):
    """An endpoint as it was typed."""

    name: str
    url: str
    events: Collection[str]


def new_secret() -> str:
    """What signs deliveries."""
    return f"whsec_{secrets.token_urlsafe(32)}"


def checked(wanted: Wanted, *, private: bool, hosts: str = "") -> Wanted:
    """The same without blanks around it. `private` and `hosts` say where an address may lead, as for `addresses.check`.

    Raises  InvalidInput with the code of each wrong field
    """
    name, url, events = wanted.name.strip(), wanted.url.strip(), [one for one in EVENTS if one in set(wanted.events)]
    problems: dict[str, str] = {}
    if not name or len(name) > 60 or "\x00" in name:
        problems["name"] = "missing" if not name else "not_valid" if "\x00" in name else "too_long"
    if len(events) != len(set(wanted.events)) or not events:
        problems["events"] = "choose_at_least_one"
    try:
        check(url, private=private, hosts=hosts)
    except AddressRefused as refused:
        problems["url"] = refused.code
    if problems:
        raise InvalidInput(problems)
    return Wanted(name, url, events)


def make(session: Session, keys: Keys, wanted: Wanted, actor: Actor, now: datetime) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is given this once. `wanted` was checked.

    Raises  InvalidInput where there are too many
    """
    if len(store.endpoints(session)) >= MOST:
        raise InvalidInput({"name": "too_many"})
    secret = new_secret()
    made = WebhookEndpoint(
        name=wanted.name, url=wanted.url, events=list(wanted.events), secret_enc=keys.encrypt(secret), created_at=now, changed_at=now
    )
    session.add(made)
    session.flush()
    trail.record(session, actor, "webhook.make", "webhook", made.id, now, {"events": made.events})
    return made, secret


def find(session: Session, endpoint_id: UUID) -> WebhookEndpoint:
    """An endpoint.

    Raises  NotFound
    """
    found = session.get(WebhookEndpoint, endpoint_id)
    if found is None:
        raise NotFound
    return found


def change(session: Session, endpoint_id: UUID, wanted: Wanted, actor: Actor, now: datetime) -> WebhookEndpoint:
    """Another name, address or choice of events. `wanted` was checked.

    Raises  NotFound
    """
    found = find(session, endpoint_id)
    found.name, found.url, found.events, found.changed_at = wanted.name, wanted.url, list(wanted.events), now
    session.flush()
    trail.record(session, actor, "webhook.change", "webhook", endpoint_id, now, {"events": found.events})
    return found


def switch(session: Session, endpoint_id: UUID, actor: Actor, now: datetime, *, on: bool) -> None:
    """Tell an endpoint from now on, or no more.

    Raises  NotFound
    """
    found = find(session, endpoint_id)
    found.active, found.changed_at = on, now
    trail.record(session, actor, "webhook.on" if on else "webhook.off", "webhook", endpoint_id, now)


def renew(session: Session, keys: Keys, endpoint_id: UUID, actor: Actor, now: datetime) -> str:
    """Another secret, which is given this once; the old one no longer signs.

    Raises  NotFound
    """
    found, secret = find(session, endpoint_id), new_secret()
    found.secret_enc, found.changed_at = keys.encrypt(secret), now
    trail.record(session, actor, "webhook.renew_secret", "webhook", endpoint_id, now)
    return secret


def test(session: Session, endpoint_id: UUID, actor: Actor, now: datetime) -> WebhookDelivery:
    """A delivery that says nothing, to see whether it arrives.

    Raises  NotFound
    """
    find(session, endpoint_id)
    delivery = WebhookDelivery(**store.row(endpoint_id, TEST, new_id(), {"test": True}, now))
    session.add(delivery)
    session.flush()
    trail.record(session, actor, "webhook.test", "webhook", endpoint_id, now)
    return delivery


def send_again(session: Session, endpoint_id: UUID, ids: Sequence[UUID], actor: Actor, now: datetime) -> int:
    """Put dead deliveries back into the queue.

    Raises  NotFound
    """
    find(session, endpoint_id)
    sent = store.send_again(session, endpoint_id, ids, now)
    if sent:
        trail.record(session, actor, "webhook.send_again", "webhook", endpoint_id, now, {"n": len(sent)})
    return len(sent)
