"""Personal data on screen: masked, and in the clear for those who say why; every look is written down."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography.fernet import InvalidToken
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput
from portal.people.models import Customer
from portal.people.rules import masking

REFERENCE = re.compile(r"[A-Za-z0-9/_-]{0,40}")


class Why(StrEnum):
    """Reasons for which somebody may see personal data; a code and not free text, for the trail holds no personal data."""

    CASE = "case"
    COMPLAINT = "complaint"
    CUSTOMER_ASKED = "customer_asked"
    CORRECTION = "correction"
    FRAUD = "fraud"
    INSPECTION = "inspection"


@dataclass(frozen=True)
class Person:
    """Names and addresses, in the clear or masked; empty where there is none."""

    name: str
    phone: str
    email: str
    openid: str


def clear(keys: Keys, customer: Customer) -> Person:
    """In the clear: for those who send, and for `reveal`."""
    return Person(*(_open(keys, getattr(customer, f"{name}_enc")) for name in ("name", "phone", "email", "openid")))


def masked(keys: Keys, customer: Customer) -> Person:
    """As staff see it."""
    person = clear(keys, customer)
    return Person(
        masking.mask_name(person.name),
        masking.mask_phone(person.phone),
        masking.mask_email(person.email),
        masking.mask_openid(person.openid),
    )


def reveal(session: Session, keys: Keys, customer: Customer, why: str, reference: str, actor: Actor, now: datetime) -> Person:
    """Show personal data to somebody who gave a reason; written down in the same transaction.

    Raises  InvalidInput for `why` or `reference`
    """
    trail.record(session, actor, "customer.reveal", "customer", customer.id, now, reason(why, reference))
    return clear(keys, customer)


def reason(why: str, reference: str) -> dict[str, str]:
    """Why somebody wants to see personal data, as the trail keeps it.

    Raises  InvalidInput for `why` or `reference`
    """
    if why not in set(Why):
        raise InvalidInput({"why": "missing"})
    if not REFERENCE.fullmatch(reference.strip()):
        raise InvalidInput({"reference": "reference_letters"})
    return {"why": str(why), "reference": reference.strip()}


def _open(keys: Keys, stored: bytes | None) -> str:
    if stored is None:
        return ""
    try:
        return keys.decrypt(stored)
    except InvalidToken:  # sealed with a key that this installation lost
        return ""
