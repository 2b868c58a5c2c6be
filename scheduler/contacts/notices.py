"""Notices: acknowledgement, progress, decision, points statement. Ledgered, outside sampling, pauses and caps; quiet hours hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.errors import InvalidInput
from portal.foundation.ids import new_id
from portal.foundation.settings import Settings
from portal.people.store import lock_persons
from scheduler.contacts import policies
from scheduler.contacts.gather import gather
from scheduler.contacts.rechecking import CODE
from scheduler.contacts.rules.facts import Kind
from scheduler.contacts.rules.quiet import NO_DAYS
from scheduler.contacts.rules.timing import quiet_of
from scheduler.contacts.standing import policy_of
from scheduler.contacts.store import reminders as store
from scheduler.contacts.store.reading import customer as find_customer
from scheduler.delivery import outbox
from scheduler.delivery.channels.available import set_up
from scheduler.delivery.outbox import MessageSpec
from scheduler.delivery.store import channels as channel_store
from scheduler.delivery.wordings import LANGUAGES, NOTICES

PREFERENCE = ("sms", "wechat", "email", "file")


def notify(
    session: Session, settings: Settings, customer_id: UUID, template: str, facts: Mapping[str, Any], now: datetime,
    channels: tuple[str, ...] = PREFERENCE,
) -> UUID | None:  # fmt: skip
    """Send a customer a notice by their own choice of channel, else by the first that reaches them; the contact's id, None where none does.

    Shape   facts as for every message: what it is about, nothing of the person. In quiet hours it waits, but for a code
    Raises  InvalidInput for a template that is no notice: those that ask go by decisions
    """
    if template not in NOTICES:
        raise InvalidInput({"template": "not_a_notice"})
    customer = find_customer(session, customer_id)
    if customer is None or customer.erased_at is not None:
        return None
    lock_persons(session, [customer.person_id])
    policy = policy_of(policies.in_force(session, now))
    zone = (policy.quiet_hours.zone if policy.quiet_hours else None) or settings.zone
    person = gather(session, [customer.person_id], now, zone, since=now).persons.get(customer.person_id)
    up = set_up(settings, channel_store.settings(session).values())
    wanted = (person.preferred, *channels) if person and person.preferred in channels else channels
    channel = next((one for one in wanted if person and one in person.channels and one in up), None)
    if person is None or channel is None:
        return None
    quiet_until = None if template == CODE else quiet_of(policy)(now, person.zone, NO_DAYS)
    at, contact_id = quiet_until or now, new_id()
    contact = {
        "id": contact_id, "person_id": customer.person_id, "customer_id": customer_id, "kind": Kind.NOTICE.value, "channel": channel,
        "weight": 0, "n": 0, "counts_at": at, "reserved_at": now,
    }  # fmt: skip
    message = MessageSpec(
        channel=channel, customer_id=customer_id, shard=customer.shard, template=template, language=customer.language or LANGUAGES[0],
        due_at=at, contact_id=contact_id, facts=dict(facts),
    )  # fmt: skip
    store.write(session, [contact], outbox.make_rows([message], now))
    return contact_id
