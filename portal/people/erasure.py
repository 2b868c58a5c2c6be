"""Erasing a customer, and giving them a copy of what is kept: here and in every room that registered a part."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.errors import NotFound
from portal.people import belongings_store as belongings
from portal.people import consent, consent_store, customers, personal
from portal.people import customer_store as store
from portal.people import store as people
from portal.people.models import Customer
from portal.people.parts import CustomerPart

EMPTIED = (
    "ref",
    "zone",
    "customer_since",
    "birth_date",
    "segment",
    "language",
    "large_text",
    "preferred_channel",
    "name_enc",
    "phone_enc",
    "phone_index",
    "email_enc",
    "email_index",
    "openid_enc",
    "openid_index",
)
PLAIN = ("zone", "customer_since", "birth_date", "segment", "language", "large_text", "preferred_channel", "unreachable", "staff")


REFUSALS: list[Callable[[Session, UUID], None]] = []
"""Higher rooms that may forbid an erasure by raising: a legal hold."""
HOLDERS: list[Callable[[Session, UUID, CustomerPart, datetime], bool]] = []
"""Higher rooms that keep a part's records for a while; true where they do."""


def erase(session: Session, keys: Keys, ref: str, parts: Iterable[CustomerPart], actor: Actor, now: datetime) -> bool:
    """Empty a customer's row and whatever rooms keep of the person; ids and figures stay. Their reference never comes in again.

    Returns whether there was anything to erase: False where it was erased before
    Raises  NotFound where nobody ever had this reference, and what a higher room refuses with
    """
    customer = None if "\x00" in ref else store.by_ref(session, ref)  # PostgreSQL knows no NUL
    if customer is None:
        if customers.erased_refs(session, keys, [ref]):
            return False
        raise NotFound
    people.lock_persons(session, [customer.person_id])
    for refuse in REFUSALS:
        refuse(session, customer.id)
    consent.withdraw(session, customer.id, now)
    consent.opt_out(session, customer.id, now, "erasure")
    consent_store.empty_guardians(session, customer.id)
    belongings.drop_tags(session, customer.id)
    belongings.drop_contacts(session, customer.id)
    rows, held = _parts(session, customer.id, parts, now)
    store.put_erased(session, customers.ref_hash(keys, ref), now)
    for name in EMPTIED:
        setattr(customer, name, None)
    customer.attributes, customer.staff, customer.unreachable, customer.erased_at, customer.updated_at = {}, False, "", now, now
    session.flush()
    trail.record(session, actor, "customer.erase", "customer", customer.id, now, {"rows": rows, "held": held})
    return True


def _parts(session: Session, customer_id: UUID, parts: Iterable[CustomerPart], now: datetime) -> tuple[dict[str, int], list[str]]:
    """Erase what may go; rows by part, and the parts that are held."""
    rows: dict[str, int] = {}
    held: list[str] = []
    for part in parts:
        if part.erase and any(hold(session, customer_id, part, now) for hold in HOLDERS):
            held.append(part.name)
        elif part.erase:
            rows[part.name] = part.erase(session, [customer_id], now)
    return rows, held


def export(session: Session, keys: Keys, customer: Customer, parts: Iterable[CustomerPart], actor: Actor, now: datetime) -> dict[str, Any]:
    """All that is kept about a customer, in the clear; written down in the trail."""
    clear, spoke = personal.clear(keys, customer), consent.guardians(session, keys, [customer.id])
    copy: dict[str, Any] = {
        "customer": {
            "ref": customer.ref,
            "name": clear.name,
            "phone": clear.phone,
            "email": clear.email,
            "openid": clear.openid,
            **{name: getattr(customer, name) for name in PLAIN},
            "attributes": customer.attributes,
        },
        "consents": [_said(row, spoke.get(row.id)) for row in consent_store.consents_of(session, [customer.id])],
        "opt_outs": [
            {"purpose": row.purpose, "channel": row.channel, "at": row.at, "taken_back_at": row.taken_back_at}
            for row in consent_store.opt_outs_of(session, customer.id)
        ],
        "tags": [
            {"tag": row.tag, "source": row.source, "set_at": row.set_at, "expires_at": row.expires_at}
            for row in belongings.tags_of(session, [customer.id])
        ],
        "companies": [
            {"ref": company.ref, "position": contact.position} for contact, company in belongings.contacts_of(session, [customer.id])
        ],
    }
    for part in parts:
        if part.open:
            copy[part.name] = part.open(session, keys, customer.id)
        elif part.export:
            copy[part.name] = part.export(session, customer.id)
    trail.record(session, actor, "customer.export", "customer", customer.id, now)
    return copy


def _said(row: Any, guardian: consent.Spoke | None) -> dict[str, Any]:
    return {
        "purpose": row.purpose,
        "channel": row.channel,
        "given_at": row.given_at,
        "withdrawn_at": row.withdrawn_at,
        "notice_version": row.notice_version,
        "guardian": guardian._asdict() if guardian else None,
    }


def customer_of(session: Session, ref: str) -> Customer:
    """A customer by reference.

    Raises  NotFound
    """
    found = None if "\x00" in ref else store.by_ref(session, ref)  # PostgreSQL knows no NUL
    if found is None:
        raise NotFound
    return found
