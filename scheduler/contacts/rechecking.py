"""R17: once more before every attempt. Delivery asks; what must not go out is released, what is too early is put off."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.people.store import lock_persons
from scheduler.contacts import companies, policies
from scheduler.contacts.gather import gather
from scheduler.contacts.models import Contact
from scheduler.contacts.rules.facts import INVITATION_LIFE, Candidate, CandidateClass, Kind, PastContact, Person, Touchpoint
from scheduler.contacts.rules.quiet import NO_DAYS
from scheduler.contacts.rules.reasons import Reason
from scheduler.contacts.rules.recheck import Recheck, recheck
from scheduler.contacts.rules.timing import quiet_of
from scheduler.contacts.rules.windows import in_order
from scheduler.contacts.standing import Standing, standing_at
from scheduler.contacts.store import following as store
from scheduler.contacts.store import reminders
from scheduler.contacts.store.following import Reserved
from scheduler.delivery.models import Message
from scheduler.delivery.sending import Verdict

SOON = timedelta(minutes=1)
OFFICER_PURPOSE = "officer"
"""What customers agree to who become experience officers."""
JOINING = "officer-join"
"""The group of what invites into the programme: whoever wished to join agreed to be asked, and not yet to the programme."""
CODE = "notice_code"
"""The notice that somebody waits for at this moment."""
_CLASSES = {Kind.RERATE: CandidateClass.SERVICE, Kind.PANEL: CandidateClass.PANEL}


def recheck_before_sending(ground: Ground, session: Session, messages: Sequence[Message], now: datetime) -> Mapping[UUID, Verdict]:
    """Look again at the reservations behind some messages, with their persons' locks held.

    Returns a verdict for each message that must not go out now; messages without a contact are none of our business
    """
    of_contact = {message.contact_id: message for message in messages if message.contact_id is not None}
    person_ids = sorted({one.person_id for one in store.reserved(session, of_contact)})
    if not person_ids:
        return {}
    lock_persons(session, person_ids)
    contacts = store.reserved(session, of_contact)  # as they are under the lock
    persons, standing = persons_now(ground, session, person_ids, [one.id for one in contacts], now)
    links = [link for one in contacts if one.kind == Kind.REMINDER and (link := of_contact[one.id].invitation_id)]
    ended = reminders.ended_invitations(session, links) if links else {}
    found: dict[UUID, Recheck] = {}
    for one in contacts:
        message = of_contact[one.id]
        if one.kind == Kind.NOTICE:
            found[one.id] = _notice(standing, one, message, persons.get(one.person_id), now)
        elif reason := ended.get(message.invitation_id) if message.invitation_id and one.kind == Kind.REMINDER else None:
            found[one.id] = Recheck(release=reason)
    asking = [one for one in contacts if one.id not in found]
    for person_id, several in _by_person(asking).items():
        if person_id in persons:
            _look_again(standing, persons[person_id], several, now, found)
        else:  # was found to be another person a moment ago, whom we do not hold
            found.update({one.id: Recheck(until=now + SOON) for one in several})
    _write(session, [one for one in contacts if one.id in found], found, now)
    return {of_contact[one].id: Verdict(what.release, what.until) for one, what in found.items() if what != Recheck()}


def persons_now(
    ground: Ground, session: Session, person_ids: Sequence[UUID], own: Sequence[UUID], now: datetime
) -> tuple[dict[UUID, Person], Standing]:
    """The persons as the rules see them, without the rows that are looked at."""
    versions = policies.now_in_force(session, now)
    standing = standing_at(session, versions.version, ground.settings, now, versions.variant)
    since = now - standing.since
    people = gather(session, person_ids, now, standing.zone(ground.settings.zone), since=since, without=own)
    persons = dict(people.persons)
    if companies.matter(standing.books):
        owners = {row.id: row.person_id for row in people.customers.values() if row.for_company}
        persons = companies.with_companies(session, persons, owners, since, own)
    return persons, standing


def _notice(standing: Standing, one: Reserved, message: Message, person: Person | None, now: datetime) -> Recheck:
    """A notice asks nothing: only a refused channel stops it, and quiet hours put it off unless somebody waits for a code."""
    if person is None or one.released_at is not None:
        return Recheck(release=one.reason or Reason.RELEASED)
    if message.template == CODE:
        return Recheck()
    if one.channel not in person.channels:
        return Recheck(release=Reason.NO_CHANNEL if one.channel in person.lost else Reason.OPTED_OUT)
    return Recheck(until=quiet_of(standing.book.policy)(now, person.zone, NO_DAYS))


def _by_person(contacts: Sequence[Reserved]) -> dict[UUID, list[Reserved]]:
    found: dict[UUID, list[Reserved]] = defaultdict(list)
    for one in sorted(contacts, key=lambda one: (one.counts_at is None, one.counts_at, one.id)):
        found[one.person_id].append(one)
    return found


def _look_again(standing: Standing, person: Person, several: Sequence[Reserved], now: datetime, found: dict[UUID, Recheck]) -> None:
    """One person's reservations, the earliest first. Each sees the others but for those just released."""
    for one in several:
        others = [_past(other) for other in several if other.id != one.id and _counts(other, found)]
        seen = person._replace(
            history=in_order([*person.history, *others]),
            companies=tuple(in_order([*history, *others]) for history in person.companies),
        )
        if one.released_at is not None:
            found[one.id] = Recheck(release=one.reason or Reason.RELEASED)
        else:
            found[one.id] = recheck(standing.book, facts_of(one, standing, now), one.kind, one.channel, seen, now)


def _counts(other: Reserved, found: Mapping[UUID, Recheck]) -> bool:
    released = other.id in found and found[other.id].release is not None
    return other.counts_at is not None and not released


def _past(one: Reserved) -> PastContact:
    return PastContact(one.counts_at, one.kind, one.channel, one.touchpoint, one.group, one.weight)


def facts_of(one: Reserved | Contact, standing: Standing, now: datetime) -> Candidate:
    """As much of a candidate as the second look needs, or a reminder."""
    at = one.counts_at or now
    if one.kind == Kind.PANEL and not one.touchpoint:
        return panel_candidate(one.id, one.channel, at, one.group)
    cls = _CLASSES.get(Kind(one.kind), CandidateClass.NORMAL)
    touchpoint = standing.touchpoint(one.touchpoint or "")
    return Candidate(one.id, str(one.id), touchpoint, cls, 0, at, at, at, one.ends_at or at + INVITATION_LIFE)


def panel_candidate(contact_id: UUID, channel: str, at: datetime, group: str | None = None) -> Candidate:
    """What the officers' programme sends of itself: at no touchpoint, for a purpose of its own, by the channel that was chosen."""
    purpose = "survey" if group == JOINING else OFFICER_PURPOSE
    touchpoint = Touchpoint("", group=group, purpose=purpose, channels=(channel,))
    return Candidate(contact_id, str(contact_id), touchpoint, CandidateClass.PANEL, 0, at, at, at, at + INVITATION_LIFE)


def _write(session: Session, contacts: Sequence[Reserved], found: Mapping[UUID, Recheck], now: datetime) -> None:
    released: dict[str, list[UUID]] = defaultdict(list)
    moved: dict[datetime, list[UUID]] = defaultdict(list)
    for one in contacts:
        what = found[one.id]
        if what.release and one.released_at is None:
            released[str(what.release)].append(one.id)
        elif what.until:
            moved[what.until].append(one.id)
    store.release(session, released, now)
    store.revive(session, [one.id for one in contacts if one.failed_at is not None and found[one.id].release is None], now)
    store.move(session, moved)
