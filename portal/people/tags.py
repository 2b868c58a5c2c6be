"""Tags on customers: each has a source, an owner and perhaps an end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.foundation.ids import new_id
from portal.people import belongings_store as store
from portal.people.customer_records import TagRecord

LONGEST = 40


def put(session: Session, wanted: Mapping[UUID, Sequence[TagRecord]], source: str, owner_id: UUID | None, now: datetime) -> set[UUID]:
    """Set tags in sets. Returns the customers for whom a tag is new or ends at another moment."""
    if not wanted:
        return set()
    there = {(row.customer_id, row.tag): row for row in store.tags_of(session, wanted)}
    rows = {}
    for customer_id, several in wanted.items():
        for one in several:
            old = there.get((customer_id, one.tag))
            if old is None or old.expires_at != one.expires_at:
                rows[customer_id, one.tag] = {
                    "id": new_id(),
                    "customer_id": customer_id,
                    "tag": one.tag,
                    "source": source,
                    "owner_id": owner_id,
                    "set_at": now,
                    "expires_at": one.expires_at,
                }
    store.put_tags(session, list(rows.values()))
    return {customer_id for customer_id, _ in rows}


def add_by_hand(session: Session, customer_id: UUID, tag: str, expires_at: datetime | None, actor: Actor, now: datetime) -> None:
    """Set one tag; whoever sets it owns it.

    Raises  InvalidInput for `tag` or `expires_at`
    """
    plain = tag.strip()
    if not plain or len(plain) > LONGEST:
        raise InvalidInput({"tag": "too_long" if plain else "missing"})
    if expires_at is not None and expires_at <= now:
        raise InvalidInput({"expires_at": "in_the_past"})
    put(session, {customer_id: [TagRecord(tag=plain, expires_at=expires_at)]}, "hand", actor.user_id, now)
    trail.record(session, actor, "customer.tag", "customer", customer_id, now, {"tag": plain})


def remove(session: Session, customer_id: UUID, tag: str, actor: Actor, now: datetime) -> None:
    """Take a tag away."""
    store.drop_tags(session, customer_id, [tag])
    trail.record(session, actor, "customer.untag", "customer", customer_id, now, {"tag": tag[:LONGEST]})
