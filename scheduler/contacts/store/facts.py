"""What is known of persons, read in sets after their locks are held."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, or_
from sqlmodel import col

from portal.foundation.db import UtcDateTime, ids_named
from portal.people.models import Consent, Customer, OptOut, OrgUnit
from scheduler.contacts.models import ContactHold
from scheduler.contacts.store.hot import Query


class CustomerRow(NamedTuple):
    """One customer row of a person."""

    id: UUID
    person_id: UUID
    ref: str | None
    zone: str | None
    unit_zone: str | None
    calendar: str | None
    customer_since: date | None
    birth_date: date | None
    segment: str | None
    language: str | None
    by_phone: bool
    by_email: bool
    by_wechat: bool
    unreachable: str
    erased: bool
    large_text: bool | None = None
    preferred: str | None = None


class ConsentRow(NamedTuple):
    """What a customer said, once."""

    customer_id: UUID
    purpose: str
    channel: str
    at: datetime
    given: bool


class HoldRow(NamedTuple):
    """A time in which a person may not be asked."""

    person_id: UUID
    kind: str
    source_id: UUID
    reason: str


OptOutRow = tuple[UUID, str, str]
"""Customer, purpose, channel; empty means all."""


_CUSTOMER = (
    col(Customer.id), col(Customer.person_id), col(Customer.ref), col(Customer.zone), col(OrgUnit.zone), col(OrgUnit.calendar),
    col(Customer.customer_since),
    col(Customer.birth_date), col(Customer.segment), col(Customer.language), col(Customer.phone_enc).is_not(None),
    col(Customer.email_enc).is_not(None), col(Customer.openid_enc).is_not(None), col(Customer.unreachable),
    col(Customer.erased_at).is_not(None), col(Customer.large_text), col(Customer.preferred_channel),
)  # fmt: skip
_CONSENT = (col(Consent.customer_id), col(Consent.purpose), col(Consent.channel), col(Consent.at), col(Consent.withdrawn_at).is_(None))
_OPT_OUT = (col(OptOut.customer_id), col(OptOut.purpose), col(OptOut.channel))
_HOLD = (col(ContactHold.person_id), col(ContactHold.kind), col(ContactHold.source_id), col(ContactHold.reason))


CUSTOMERS = Query(
    _CUSTOMER,
    lambda query: query.outerjoin(OrgUnit, col(OrgUnit.id) == col(Customer.unit_id)).where(ids_named(Customer.person_id, "persons")),
)
"""All customer rows of `persons` as `CustomerRow`; the person's own row (id = person_id) among them."""
CONSENTS = Query(
    _CONSENT, lambda query: query.where(ids_named(Consent.customer_id, "customers")).order_by(col(Consent.at), col(Consent.id))
)
"""Every statement of `customers` as `ConsentRow`, the oldest first: the newest counts."""
OPT_OUTS = Query(_OPT_OUT, lambda query: query.where(ids_named(OptOut.customer_id, "customers"), col(OptOut.taken_back_at).is_(None)))
"""Opt-outs of `customers` in force, as `OptOutRow`."""
HOLDS = Query(
    _HOLD,
    lambda query: query.where(
        ids_named(ContactHold.person_id, "persons"),
        col(ContactHold.from_) <= bindparam("at", type_=UtcDateTime()),
        or_(col(ContactHold.until).is_(None), col(ContactHold.until) > bindparam("at", type_=UtcDateTime())),
    ),
)
"""Holds of `persons` in force `at` a time, as `HoldRow`."""
