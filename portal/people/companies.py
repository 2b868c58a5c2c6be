"""Companies that are customers, and the people who speak for them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.foundation.crypto import Keys
from portal.foundation.ids import new_id
from portal.people import belongings_store as store
from portal.people.customer_records import CompanyRecord


def put(session: Session, keys: Keys, wanted: Mapping[UUID, Sequence[CompanyRecord]], now: datetime) -> set[UUID]:
    """Let customers speak for companies, making companies that are new. Returns the customers for whom something changed."""
    if not wanted:
        return set()
    named = {one.ref: one for several in wanted.values() for one in several}
    rows = [
        {"id": new_id(), "ref": ref, "name_enc": keys.encrypt(one.name) if one.name else None, "unit_id": None, "created_at": now}
        for ref, one in sorted(named.items())
    ]
    companies = store.put_companies(session, rows)
    there = {(contact.customer_id, company.ref): contact.position for contact, company in store.contacts_of(session, wanted)}
    contacts = {
        (customer_id, one.ref): {
            "id": new_id(),
            "company_id": companies[one.ref].id,
            "customer_id": customer_id,
            "position": one.position,
        }
        for customer_id, several in wanted.items()
        for one in several
        if there.get((customer_id, one.ref)) != one.position
    }
    if contacts:
        store.put_contacts(session, list(contacts.values()))
    return {customer_id for customer_id, _ in contacts}
