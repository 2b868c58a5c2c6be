"""What is known of persons, read in sets after their locks are held."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import Consent, Customer, OptOut, OrgUnit
from scheduler.contacts.models import ContactHold
from scheduler.contacts.store.hot import read


class CustomerRow(NamedTuple):
    """One customer row of a person."""

    id: UUID
    person_id: UUID
    ref: str | None
    zone: str | None
    unit_zone: str | None
    customer_since: date | None
    birth_date: date | None
    segment: str | None
    language: str | None
    by_phone: bool
    by_email: bool
    by_wechat: bool
    erased: bool


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
    col(Customer.id), col(Customer.person_id), col(Customer.ref), col(Customer.zone), col(OrgUnit.zone), col(Customer.customer_since),
    col(Customer.birth_date), col(Customer.segment), col(Customer.language), col(Customer.phone_enc).is_not(None),
    col(Customer.email_enc).is_not(None), col(Customer.openid_enc).is_not(None), col(Customer.erased_at).is_not(None),
)  # fmt: skip
_CONSENT = (col(Consent.customer_id), col(Consent.purpose), col(Consent.channel), col(Consent.at), col(Consent.withdrawn_at).is_(None))
_OPT_OUT = (col(OptOut.customer_id), col(OptOut.purpose), col(OptOut.channel))
_HOLD = (col(ContactHold.person_id), col(ContactHold.kind), col(ContactHold.source_id), col(ContactHold.reason))


def customers_of(session: Session, person_ids: Iterable[UUID]) -> list[CustomerRow]:
    """All customer rows of persons; the person's own row (id = person_id) among them."""
    ours = ids_in(Customer.person_id, person_ids)
    rows = read(session, _CUSTOMER, lambda query: query.outerjoin(OrgUnit, col(OrgUnit.id) == col(Customer.unit_id)).where(ours))
    return list(map(CustomerRow._make, rows))


def consents_of(session: Session, customer_ids: Iterable[UUID]) -> list[ConsentRow]:
    """Every statement, the oldest first: the newest counts."""
    theirs, order = ids_in(Consent.customer_id, customer_ids), (col(Consent.at), col(Consent.id))
    return list(map(ConsentRow._make, read(session, _CONSENT, lambda query: query.where(theirs).order_by(*order))))


def opt_outs_of(session: Session, customer_ids: Iterable[UUID]) -> list[OptOutRow]:
    """Opt-outs in force."""
    in_force = ids_in(OptOut.customer_id, customer_ids), col(OptOut.taken_back_at).is_(None)
    return [(row[0], row[1], row[2]) for row in read(session, _OPT_OUT, lambda query: query.where(*in_force))]


def holds_of(session: Session, person_ids: Iterable[UUID], at: datetime) -> list[HoldRow]:
    """Holds in force at a time."""
    in_force = (col(ContactHold.from_) <= at, or_(col(ContactHold.until).is_(None), col(ContactHold.until) > at))
    ours = ids_in(ContactHold.person_id, person_ids)
    return [HoldRow(*row) for row in read(session, _HOLD, lambda query: query.where(ours, *in_force))]
