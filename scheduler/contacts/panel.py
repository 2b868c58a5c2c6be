"""What the programme of experience officers sends by a channel: contacts of class `panel`, with caps of their own, under every lawful rule.

No candidate and no decision: the officer chose the channel. What the policy does not let out stays in their zone, with the reason.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people.store import lock_persons
from scheduler.contacts.notices import PREFERENCE
from scheduler.contacts.rechecking import JOINING, panel_candidate, persons_now
from scheduler.contacts.rules.facts import Kind
from scheduler.contacts.rules.reasons import Reason
from scheduler.contacts.rules.recheck import recheck
from scheduler.contacts.store import reminders as store
from scheduler.contacts.store.reading import customer as find_customer
from scheduler.delivery import outbox
from scheduler.delivery.channels.available import set_up
from scheduler.delivery.outbox import MessageSpec
from scheduler.delivery.store import channels as channel_store
from scheduler.delivery.wordings import LANGUAGES


def reserve(
    ground: Ground, session: Session, customer_id: UUID, channel: str, template: str, facts: Mapping[str, Any], now: datetime, *,
    joining: bool = False,
) -> UUID | str:  # fmt: skip
    """Reserve a contact and its message, due after the quiet hours; or the reason code why there is none.

    Shape    without a channel: the one the customer prefers, else the first that reaches them; `joining`: it invites into the programme
    Returns  the contact's id, or a code: opt-out, no consent for the programme, a never-contact list, a cap, no such channel
    """
    customer = find_customer(session, customer_id)
    if customer is None or customer.erased_at is not None:
        return Reason.NO_CHANNEL.value
    up = set_up(ground.settings, channel_store.settings(session).values())
    if channel and channel not in up:
        return Reason.INACTIVE.value
    lock_persons(session, [customer.person_id])
    persons, standing = persons_now(ground, session, [customer.person_id], [], now)
    person = persons.get(customer.person_id)
    if person is None:
        return Reason.NO_CHANNEL.value
    channel = channel or next((one for one in (person.preferred, *PREFERENCE) if one in person.channels and one in up), "") or ""
    if not channel:
        return Reason.NO_CHANNEL.value
    contact_id, group = new_id(), JOINING if joining else None
    found = recheck(standing.book, panel_candidate(contact_id, channel, now, group), Kind.PANEL, channel, person, now)
    if found.release is not None:
        return str(found.release)
    at = found.until or now
    contact = {
        "id": contact_id, "person_id": customer.person_id, "customer_id": customer_id, "kind": Kind.PANEL.value, "channel": channel,
        "weight": standing.book.policy.weights.get(channel, 1.0), "n": 0, "counts_at": at, "reserved_at": now, "group": group,
    }  # fmt: skip
    message = MessageSpec(
        channel=channel, customer_id=customer_id, shard=customer.shard, template=template, language=customer.language or LANGUAGES[0],
        due_at=at, contact_id=contact_id, facts=dict(facts),
    )  # fmt: skip
    store.write(session, [contact], outbox.make_rows([message], now))
    return contact_id
