"""Two customers, one person: the same verified phone, e-mail or openid. History, caps and pauses go by the person from then on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people import linking_store as store
from portal.people.models import PersonLink
from portal.people.rules.persons import shard_of
from portal.people.store import lock_persons

Rekey = Callable[[Session, UUID, UUID, int], int]
"""Lets a room's rows of one person (first) be another's (second) with that one's shard; returns how many rows."""
FOLLOWERS: dict[str, Rekey] = {}
"""Rooms that keep rows by person, by their name; `follows` adds to them."""
LINKER = Actor.system("linking")
LOOKED_BACK, SWEPT = timedelta(hours=3), timedelta(days=2)
"""How far back customers are compared, and how long stray rows of a link are looked for: an event may have been on its way in."""
TRIES, BATCH = 5, 200


def follows(room: str, rekey: Rekey) -> None:
    """Register what a room does when two persons turn out to be one."""
    FOLLOWERS[room] = rekey


def link(session: Session, first: UUID, second: UUID, by: str, now: datetime, actor: Actor = LINKER) -> UUID | None:
    """Let two customers count as one person: the one whose reference is the smallest.

    Shape   holds both persons' locks, then gives every room's rows the new key, room by room
    Returns the person; None where they were one already
    """
    persons = _locked(session, first, second)
    if len(persons) < 2:
        return None
    new = store.smallest_ref(session, persons)
    if new is None or new not in persons:
        return None
    old = next(one for one in persons if one != new)
    rows = _rekey(session, old, new)
    session.add(PersonLink(from_person=old, to_person=new, by=by, at=now, rekeyed=rows))
    session.flush()
    record(session, actor, "customer.link", "customer", new, now, {"from": str(old), "by": by, "rows": rows})
    return new


def _locked(session: Session, first: UUID, second: UUID) -> list[UUID]:
    """The two persons, locked; who they are may change until the locks are held."""
    held: list[UUID] = []
    for _ in range(TRIES):
        persons = sorted(set(store.persons_of(session, [first, second]).values()))
        if persons == held:
            return persons
        lock_persons(session, persons)
        held = persons
    return []


def _rekey(session: Session, old: UUID, new: UUID) -> int:
    shard = shard_of(new)
    rows = store.rekey_customers(session, old, new, shard)
    return rows + sum(rekey(session, old, new, shard) for _, rekey in sorted(FOLLOWERS.items()))


def link_found(ground: Ground, now: datetime) -> int:
    """Link the customers whose verified addresses say so, each pair in a transaction of its own; returns how many pairs were seen."""
    with ground.reading() as session:
        pairs = store.twins(session, now - LOOKED_BACK, BATCH)
        links = store.recent(session, now - SWEPT)
    for pair in pairs:
        with ground.writing() as session:
            link(session, pair.first, pair.second, pair.by, now)
    for one in links:
        with ground.writing() as session:
            sweep(session, one)
    return len(pairs)


def sweep(session: Session, one: PersonLink) -> int:
    """Give rows that came in under the old key while the link was made the new one."""
    new = store.persons_of(session, [one.to_person]).get(one.to_person, one.to_person)
    lock_persons(session, sorted({one.from_person, new}))
    return sum(rekey(session, one.from_person, new, shard_of(new)) for _, rekey in sorted(FOLLOWERS.items()))


JOBS = (Job("people.link", timedelta(minutes=10), link_found, _l("Link customers who are one person")),)
