"""What the auditor reads: the ledger as it stands, row by row, and what it is held against."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal.people.models import CompanyContact, Consent, Customer, OptOut, OrgUnit
from questionnaires.answering.models import Invitation
from scheduler.contacts.models import Contact, ContactHold, Decision, PolicyVersion, UnitPause
from scheduler.delivery.models import ChannelSwitch, Message
from scheduler.intake.models import WAITING, Candidate, Event
from scheduler.touchpoints.models import Touchpoint


class LedgerRow(NamedTuple):
    """One contact with what the auditor holds it against."""

    id: UUID
    person_id: UUID
    customer_id: UUID
    parent_id: UUID | None
    kind: str
    channel: str
    n: int
    touchpoint: str | None
    group: str | None
    counts_at: datetime
    reserved_at: datetime | None
    sent_at: datetime | None
    answered_at: datetime | None
    declined_at: datetime | None
    abandoned_at: datetime | None
    expired_at: datetime | None
    weight: float
    decision_id: UUID | None
    policy_version_id: UUID | None
    decided_at: datetime | None
    evidence: dict[str, Any] | None
    class_: str | None
    occurred_at: datetime | None
    received_at: datetime | None
    expires_at: datetime | None
    event_id: str | None
    transaction_ref: str | None
    attributes: dict[str, Any] | None
    in_charge: UUID | None
    segment: str | None


_OWN = (
    "id", "person_id", "customer_id", "parent_id", "kind", "channel", "n", "touchpoint", "group", "counts_at", "reserved_at", "sent_at",
    "answered_at", "declined_at", "abandoned_at", "expired_at", "weight", "decision_id",
)  # fmt: skip


def ledger(session: Session) -> Iterator[LedgerRow]:
    """Everything that counts, and answers nobody asked for, person by person in order of time."""
    at = func.coalesce(col(Contact.counts_at), col(Contact.answered_at))
    query = (
        select(
            *(at if name == "counts_at" else col(getattr(Contact, name)) for name in _OWN),
            col(Decision.policy_version_id), col(Decision.evaluated_at), col(Decision.evidence), col(Candidate.class_),
            col(Candidate.occurred_at), col(Candidate.received_at), col(Candidate.expires_at),
            col(Event.event_id), col(Event.transaction_ref),
            col(Event.attributes), col(Invitation.unit_id), col(Invitation.segment),
        )
        .outerjoin(Decision, col(Decision.id) == col(Contact.decision_id))
        .outerjoin(Candidate, col(Candidate.id) == col(Contact.decision_id))
        .outerjoin(Event, col(Event.id) == col(Candidate.event_row))
        .outerjoin(Invitation, col(Invitation.id) == col(Contact.invitation_id))
        .where(
            or_(col(Contact.counts_at).is_not(None), and_(col(Contact.answered_at).is_not(None), col(Contact.reserved_at).is_(None))),
            col(Contact.released_at).is_(None), col(Contact.failed_at).is_(None),
        )
        .order_by(col(Contact.person_id), at, col(Contact.id))
    )  # fmt: skip
    for row in session.execute(query.execution_options(yield_per=5_000)):
        yield LedgerRow(*row)


class PersonRow(NamedTuple):
    """What is known of a person."""

    ref: str | None
    zone: str | None
    calendar: str | None
    birth_date: date | None
    customer_since: date | None
    reach: frozenset[str]
    erased: bool


def persons(session: Session) -> dict[UUID, PersonRow]:
    """Every person by id."""
    zone = func.coalesce(col(Customer.zone), col(OrgUnit.zone))
    query = select(
        col(Customer.id), col(Customer.ref), zone, col(OrgUnit.calendar), col(Customer.birth_date), col(Customer.customer_since),
        col(Customer.phone_enc).is_not(None), col(Customer.email_enc).is_not(None), col(Customer.openid_enc).is_not(None),
        col(Customer.erased_at).is_not(None), col(Customer.person_id),
    ).outerjoin(OrgUnit, col(OrgUnit.id) == col(Customer.unit_id))  # fmt: skip
    found: dict[UUID, PersonRow] = {}
    shared: dict[UUID, set[str]] = {}
    for key, ref, where, calendar, born, since, phone, email, openid, erased, person in session.execute(query):
        reach = {*(("sms", "rcs") if phone else ()), *(("email",) if email else ()), *(("wechat",) if openid else ())}
        shared.setdefault(person, set()).update(reach)
        if key == person:
            found[key] = PersonRow(ref, where, calendar, born, since, frozenset(), bool(erased))
    return {key: row._replace(reach=frozenset(shared.get(key, ()))) for key, row in found.items()}


def policies(session: Session) -> dict[UUID, tuple[dict[str, Any], str]]:
    """Every policy version as stored, with its salt."""
    rows = session.execute(select(col(PolicyVersion.id), col(PolicyVersion.policy), col(PolicyVersion.salt)))
    return {row[0]: (row[1], row[2]) for row in rows}


def opt_outs(session: Session) -> list[tuple[UUID, str, str, datetime, datetime | None]]:
    """Every opt-out with the person it holds for: person, purpose, channel, from, until."""
    query = select(col(Customer.person_id), col(OptOut.purpose), col(OptOut.channel), col(OptOut.at), col(OptOut.taken_back_at))
    rows = session.execute(query.join(Customer, col(Customer.id) == col(OptOut.customer_id)))
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def consents(session: Session) -> list[tuple[UUID, str, str, datetime, bool, bool]]:
    """Every statement in order of time: person, purpose, channel, when, given, by a guardian."""
    query = select(
        col(Customer.person_id), col(Consent.purpose), col(Consent.channel), col(Consent.at), col(Consent.withdrawn_at).is_(None),
        col(Consent.by_guardian),
    )  # fmt: skip
    rows = session.execute(query.join(Customer, col(Customer.id) == col(Consent.customer_id)).order_by(col(Consent.at), col(Consent.id)))
    return [(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5])) for row in rows]


def holds(session: Session) -> list[tuple[UUID, str, UUID, datetime, datetime | None]]:
    """Every hold: person, kind, source, from, until."""
    query = select(
        col(ContactHold.person_id), col(ContactHold.kind), col(ContactHold.source_id), col(ContactHold.from_), col(ContactHold.until)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in session.execute(query)]


def companies(session: Session) -> list[tuple[UUID, UUID]]:
    """Person and company of everybody who speaks for one."""
    query = select(col(Customer.person_id), col(CompanyContact.company_id)).join(
        Customer, col(Customer.id) == col(CompanyContact.customer_id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def touchpoints(session: Session) -> dict[str, Touchpoint]:
    """All touchpoints by code."""
    return {row.code: row for row in session.scalars(select(Touchpoint))}


def switched_off(session: Session) -> dict[str, datetime]:
    """Channels that are off (`*`: all), and since when."""
    query = select(col(ChannelSwitch.channel), col(ChannelSwitch.changed_at)).where(col(ChannelSwitch.on).is_(False))
    return {row[0]: row[1] for row in session.execute(query)}


def pauses(session: Session) -> list[tuple[UUID, datetime, datetime]]:
    """Every rest of a unit."""
    rows = session.execute(select(col(UnitPause.unit_id), col(UnitPause.from_), col(UnitPause.until)))
    return [(row[0], row[1], row[2]) for row in rows]


def units_by_code(session: Session) -> dict[str, UUID]:
    """All units."""
    return {row[0]: row[1] for row in session.execute(select(col(OrgUnit.code), col(OrgUnit.id)))}


def sent_though_released(session: Session) -> list[tuple[UUID, UUID]]:
    """Contacts that were withdrawn, and yet handed over: contact, person."""
    handed = select(col(Message.id)).where(col(Message.contact_id) == col(Contact.id), col(Message.state) == "accepted").exists()
    late = col(Contact.sent_at) > col(Contact.released_at)
    query = select(col(Contact.id), col(Contact.person_id)).where(col(Contact.released_at).is_not(None), or_(handed, late))
    return [(row[0], row[1]) for row in session.execute(query)]


def outranked_by_nobody(session: Session, since: UUID | None) -> list[tuple[UUID, UUID]]:
    """Decisions that gave way to something that was not sent: decision, person. Winners before `since` were removed."""
    winner: Any = aliased(Decision)
    query = (
        select(col(Decision.id), col(Decision.person_id))
        .outerjoin(winner, winner.id == col(Decision.winner_id))
        .where(col(Decision.outcome) == "OUTRANKED", or_(winner.id.is_(None), winner.outcome != "SEND"))
    )
    if since is not None:
        query = query.where(or_(col(Decision.winner_id).is_(None), col(Decision.winner_id) >= since))
    return [(row[0], row[1]) for row in session.execute(query)]


class Sums(NamedTuple):
    """Figures that must add up."""

    candidates: int
    decisions: int
    waiting: int
    sent: int
    contacts: int


def sums(session: Session, since: UUID | None) -> Sums:
    """How many candidates, decisions, waiting ones, decisions to send and contacts made of decisions there are, from `since` on."""

    def number(model: Any, key: Any, *where: Any) -> int:
        kept = () if since is None else (key >= since,)
        return session.scalar(select(func.count()).select_from(model).where(*where, *kept)) or 0

    return Sums(
        number(Candidate, col(Candidate.id)),
        number(Decision, col(Decision.id)),
        number(Candidate, col(Candidate.id), WAITING),
        number(Decision, col(Decision.id), col(Decision.outcome) == "SEND"),
        number(Contact, col(Contact.decision_id), col(Contact.decision_id).is_not(None)),
    )
