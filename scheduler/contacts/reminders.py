"""Reminders: one, at most two, some days after an invitation that nobody answered. They skip the pauses and count in the caps."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.ids import new_id
from portal.foundation.settings import Settings
from portal.people.store import lock_persons
from scheduler.contacts import companies, policies
from scheduler.contacts.gather import People, gather
from scheduler.contacts.rechecking import facts_of
from scheduler.contacts.rules.facts import Kind, PastContact, Person
from scheduler.contacts.rules.recheck import Recheck, recheck
from scheduler.contacts.rules.windows import add
from scheduler.contacts.standing import Standing, Wanted, reminders_of, standing_at
from scheduler.contacts.store import reminders as store
from scheduler.contacts.store.reminders import Asked
from scheduler.delivery import outbox
from scheduler.delivery.outbox import MessageSpec

TEMPLATE = "reminder"
NOT_YET = timedelta(hours=1)
"""So long a contact whose message still waits is left alone before it is looked at again."""


def remind(session: Session, settings: Settings, now: datetime, limit: int) -> int:
    """Write the reminders that are due; returns how many contacts were looked at.

    Shape   under the persons' locks; a reminder that may not be sent is written too, released, with its reason
    """
    person_ids = store.persons_due(session, now, limit)
    if not person_ids:
        return 0
    lock_persons(session, person_ids)
    versions = policies.now_in_force(session, now)
    standing = standing_at(session, versions.version, settings, now, versions.variant)
    people = gather(session, person_ids, now, standing.zone(settings.zone), since=now - standing.since)
    persons = dict(people.persons)
    if companies.matter(standing.books):
        owners = {row.id: row.person_id for row in people.customers.values() if row.for_company}
        persons = companies.with_companies(session, persons, owners, now - standing.since)
    asked = store.due(session, person_ids, now)
    round_ = _Round(standing, People(persons, people.customers), now)
    for one in asked:
        round_.look(one)
    store.look_again(session, round_.next_looks)
    store.write(session, round_.contacts, outbox.make_rows(round_.messages, now))
    return len(asked)


class _Round:
    """One look at some invitations, and what comes of it."""

    def __init__(self, standing: Standing, people: People, now: datetime) -> None:
        self._standing, self._people, self._now = standing, people, now
        self.contacts: list[dict[str, Any]] = []
        self.messages: list[MessageSpec] = []
        self.next_looks: dict[UUID, datetime | None] = {}

    def look(self, one: Asked) -> None:
        """Decide about one invitation."""
        contact, now = one.contact, self._now
        person = self._people.persons.get(contact.person_id)
        wanted = reminders_of(self._standing.book.policy, self._standing.rows.get(contact.touchpoint or ""))
        next_look = _next_look(one, wanted, now)
        self.next_looks[contact.id] = next_look
        if next_look is not None or person is None or _ended(one, wanted, now):
            return
        verdict = recheck(self._standing.book, facts_of(contact, self._standing, now), Kind.REMINDER, contact.channel, person, now)
        at = verdict.until or now
        if verdict.release is None and contact.ends_at is not None and at >= contact.ends_at:
            return  # it would come when the invitation is over
        self._write(one, verdict, at, person)
        if verdict.release is None and one.reminders + 1 < wanted.times:
            self.next_looks[contact.id] = at + wanted.after

    def _write(self, one: Asked, verdict: Recheck, at: datetime, person: Person) -> None:
        contact, number = one.contact, one.reminders + 1
        weight = self._standing.book.policy.weights.get(contact.channel, 1.0)
        row: dict[str, Any] = {
            "id": new_id(), "parent_id": contact.id, "person_id": contact.person_id, "customer_id": contact.customer_id,
            "touchpoint": contact.touchpoint, "group": contact.group, "kind": Kind.REMINDER.value, "channel": contact.channel,
            "weight": weight, "n": number, "ends_at": contact.ends_at, "reserved_at": self._now,
        }  # fmt: skip
        if verdict.release is not None:
            self.contacts.append({**row, "released_at": self._now, "reason": str(verdict.release)})
            return
        self.contacts.append({**row, "counts_at": at})
        past = PastContact(at, Kind.REMINDER, contact.channel, contact.touchpoint, contact.group, weight)
        for history in (person.history, *person.companies):
            add(history, past)
        message = one.message
        self.messages.append(
            MessageSpec(
                channel=contact.channel, customer_id=contact.customer_id, shard=message.shard, template=TEMPLATE, language=message.language,
                due_at=at, contact_id=row["id"], invitation_id=contact.invitation_id, facts=message.facts,
            )
        )  # fmt: skip


def _next_look(one: Asked, wanted: Wanted, now: datetime) -> datetime | None:
    """A later time to look, where it is too early yet."""
    contact = one.contact
    if _ended(one, wanted, now):
        return None
    if contact.sent_at is None:
        return now + NOT_YET
    due = contact.sent_at + wanted.after * (one.reminders + 1)
    return due if due > now else None


def _ended(one: Asked, wanted: Wanted, now: datetime) -> bool:
    """Whether there is nothing left to remind of: answered, declined, withdrawn, over, or reminded often enough."""
    contact = one.contact
    steps = (
        contact.answered_at, contact.declined_at, contact.abandoned_at, contact.expired_at, contact.released_at, contact.failed_at,
        one.answered_at, one.declined_at,
    )  # fmt: skip
    over = contact.ends_at is not None and contact.ends_at <= now
    return over or one.reminders >= wanted.times or any(step is not None for step in steps)
