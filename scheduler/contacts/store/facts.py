"""What is known of persons, read in sets after their locks are held."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, String, bindparam, exists, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from portal.foundation.db import UtcDateTime, ids_named
from portal.foundation.queries import Query
from portal.people.models import CompanyContact, Consent, Customer, OrgUnit
from scheduler.contacts.models import ContactHold


class CustomerRow(NamedTuple):
    """One customer row of a person; what many have alike, `COMMON`, stands at its end."""

    id: UUID
    person_id: UUID
    ref: str | None
    customer_since: date | None
    birth_date: date | None
    segment: str | None
    language: str | None
    large_text: bool | None
    for_company: bool
    zone: str | None
    unit_zone: str | None
    calendar: str | None
    by_phone: bool
    by_email: bool
    by_wechat: bool
    unreachable: str
    erased: bool
    preferred: str | None
    said: str | None
    refused: str | None


COMMON = slice(CustomerRow._fields.index("zone"), None)


class ConsentRow(NamedTuple):
    """What a customer said, once."""

    customer_id: UUID
    purpose: str
    channel: str
    at: datetime
    given: bool
    by_guardian: bool | None


class HoldRow(NamedTuple):
    """A time in which a person may not be asked."""

    person_id: UUID
    kind: str
    source_id: UUID
    reason: str


SAID, REFUSED = "said_by", "refused_by"
BETWEEN, WITHIN = chr(30), chr(31)
"""What stands between the statements of a customer, and between the parts of one: no code holds either."""


class _Statements(FunctionElement[str]):
    """All that a customer said, as one text: most said the same, and then it is taken apart once for all of them."""

    type = String()
    inherit_cache = True


class _Said(_Statements):
    """Consents, the oldest first: purpose, channel, 0 taken back, 1 given, 2 given by a guardian."""

    name = SAID


class _Refused(_Statements):
    """Opt-outs in force: purpose, channel."""

    name = REFUSED


_WORD = "CASE WHEN s.withdrawn_at IS NOT NULL THEN '0' WHEN s.by_guardian THEN '2' ELSE '1' END"


@compiles(_Said)
def _said_default(_element: _Said, _compiler: object, **_kw: object) -> str:
    one = f"s.purpose || char(31) || s.channel || char(31) || {_WORD} AS word"
    ordered = f"SELECT {one} FROM consent s WHERE s.customer_id = customer.id ORDER BY s.at, s.id"  # noqa: S608  # fixed text
    return f"(SELECT group_concat(word, char(30)) FROM ({ordered}))"  # noqa: S608  # fixed text


@compiles(_Said, "postgresql")
def _said_postgresql(_element: _Said, _compiler: object, **_kw: object) -> str:
    one = "s.purpose || chr(31) || s.channel || chr(31) || " + _WORD
    return f"(SELECT string_agg({one}, chr(30) ORDER BY s.at, s.id) FROM consent s WHERE s.customer_id = customer.id)"  # noqa: S608  # fixed text


@compiles(_Refused)
def _refused_default(_element: _Refused, _compiler: object, **_kw: object) -> str:
    one = "group_concat(o.purpose || char(31) || o.channel, char(30))"
    return f"(SELECT {one} FROM opt_out o WHERE o.customer_id = customer.id AND o.taken_back_at IS NULL)"  # noqa: S608  # fixed text


@compiles(_Refused, "postgresql")
def _refused_postgresql(_element: _Refused, _compiler: object, **_kw: object) -> str:
    one = "string_agg(o.purpose || chr(31) || o.channel, chr(30))"
    return f"(SELECT {one} FROM opt_out o WHERE o.customer_id = customer.id AND o.taken_back_at IS NULL)"  # noqa: S608  # fixed text


def _for_company() -> ColumnElement[bool]:
    return exists().where(col(CompanyContact.customer_id) == col(Customer.id)).label("for_company")


_CUSTOMER = (
    col(Customer.id), col(Customer.person_id), col(Customer.ref), col(Customer.customer_since), col(Customer.birth_date),
    col(Customer.segment), col(Customer.language), col(Customer.large_text), _for_company(),
    col(Customer.zone), col(OrgUnit.zone), col(OrgUnit.calendar), col(Customer.phone_enc).is_not(None),
    col(Customer.email_enc).is_not(None), col(Customer.openid_enc).is_not(None), col(Customer.unreachable),
    col(Customer.erased_at).is_not(None), col(Customer.preferred_channel), _Said(), _Refused(),
)  # fmt: skip
_CONSENT = (
    col(Consent.customer_id),
    col(Consent.purpose),
    col(Consent.channel),
    col(Consent.at),
    col(Consent.withdrawn_at).is_(None),
    col(Consent.by_guardian),
)
_HOLD = (col(ContactHold.person_id), col(ContactHold.kind), col(ContactHold.source_id), col(ContactHold.reason))


CUSTOMERS = Query(
    CustomerRow,
    _CUSTOMER,
    lambda query: query.outerjoin(OrgUnit, col(OrgUnit.id) == col(Customer.unit_id)).where(ids_named(Customer.person_id, "persons")),
)
"""All customer rows of `persons` as `CustomerRow`; the person's own row (id = person_id) among them."""
CONSENTS = Query(
    ConsentRow, _CONSENT, lambda query: query.where(ids_named(Consent.customer_id, "customers")).order_by(col(Consent.at), col(Consent.id))
)
"""Every statement of `customers` as `ConsentRow`, the oldest first: the newest counts. For persons of several customers."""
HOLDS = Query(
    HoldRow,
    _HOLD,
    lambda query: query.where(
        ids_named(ContactHold.person_id, "persons"),
        col(ContactHold.from_) <= bindparam("at", type_=UtcDateTime()),
        or_(col(ContactHold.until).is_(None), col(ContactHold.until) > bindparam("at", type_=UtcDateTime())),
    ),
)
"""Holds of `persons` in force `at` a time, as `HoldRow`."""
