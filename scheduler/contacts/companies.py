"""Companies in a batch: each contact person sees what all of them were sent, and what is sent to one counts at once for the others."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import PastContact, Person
from scheduler.contacts.rules.windows import in_order
from scheduler.contacts.store import companies as store


def matter(books: Sequence[Rulebook]) -> bool:
    """Whether any cap holds for companies."""
    return any(cap.n and cap.per != "person" for book in books for cap in book.policy.caps)


def with_companies(
    session: Session, persons: dict[UUID, Person], person_of: Mapping[UUID, UUID], since: datetime, without: Sequence[UUID] = ()
) -> dict[UUID, Person]:
    """The persons with the histories of the companies they speak for; the companies stay locked until the transaction ends.

    Shape   `person_of` each customer row that speaks for one; no statement where there is none, else five
    """
    pairs = store.companies_of(session, person_of) if person_of else []
    if not pairs:
        return persons
    ids = sorted({company for _, company in pairs})
    store.lock(session, ids)
    shared: dict[UUID, list[PastContact]] = {key: in_order(past) for key, past in store.histories(session, ids, since, without).items()}
    spoken: dict[UUID, dict[UUID, None]] = {}
    for customer, company in sorted(pairs, key=lambda pair: pair[1]):
        spoken.setdefault(person_of[customer], {})[company] = None
    more = {who: persons[who]._replace(companies=tuple(shared[one] for one in several)) for who, several in spoken.items()}
    return {**persons, **more}
