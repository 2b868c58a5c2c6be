"""What pages and the API read: one customer's contacts, decisions and waiting candidates."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from portal.people.models import Customer, OrgUnit
from scheduler.contacts.models import Contact, Decision, PolicyVersion
from scheduler.contacts.store.claiming import COLUMNS, CandidateRow
from scheduler.intake.models import WAITING, Candidate, Event


class DecisionRow(NamedTuple):
    """A decision with what it was about."""

    decision: Decision
    event_id: str
    event_type: str
    occurred_at: datetime
    unit_id: UUID | None
    deferrals: int
    policy_number: int


def customer(session: Session, customer_id: UUID) -> Customer | None:
    """A customer."""
    return session.get(Customer, customer_id)


def unit(session: Session, unit_id: UUID) -> OrgUnit | None:
    """A unit."""
    return session.get(OrgUnit, unit_id)


def customer_by_ref(session: Session, ref: str) -> Customer | None:
    """A customer by the bank's reference."""
    return session.scalars(select(Customer).where(col(Customer.ref) == ref)).one_or_none()


def decisions_of(session: Session, person_id: UUID, since: datetime, limit: int) -> list[DecisionRow]:
    """A person's decisions, the newest first, those from before two customers turned out to be this one person among them."""
    query = _decisions().where(col(Decision.person_id).in_(names_of(person_id)), col(Decision.evaluated_at) > since)
    return [DecisionRow(*row) for row in session.execute(query.order_by(col(Decision.evaluated_at).desc(), col(Decision.id)).limit(limit))]


def names_of(person_id: Any) -> Select[Any]:
    """The ids under which a person's decisions stand: they are written once, and keep the person of their time."""
    return select(col(Customer.id)).where(col(Customer.person_id) == person_id)


def decisions_of_event(session: Session, event_row: UUID) -> list[DecisionRow]:
    """The decisions on one event's candidates."""
    return [DecisionRow(*row) for row in session.execute(_decisions().where(col(Candidate.event_row) == event_row))]


def _decisions() -> Any:
    return (
        select(
            Decision, col(Event.event_id), col(Event.event_type), col(Event.occurred_at), col(Event.unit_id), col(Candidate.deferrals),
            col(PolicyVersion.number),
        )
        .join(Candidate, col(Candidate.id) == col(Decision.id))
        .join(Event, col(Event.id) == col(Candidate.event_row))
        .join(PolicyVersion, col(PolicyVersion.id) == col(Decision.policy_version_id))
    )  # fmt: skip


def contacts_of(session: Session, person_id: UUID, since: datetime, limit: int) -> list[Contact]:
    """A person's ledger, the newest first; released and failed ones too."""
    at = func.coalesce(col(Contact.counts_at), col(Contact.reserved_at))
    return list(session.scalars(select(Contact).where(col(Contact.person_id) == person_id, at > since).order_by(at.desc()).limit(limit)))


def waiting_of_person(session: Session, person_id: UUID) -> list[Candidate]:
    """What is not decided yet."""
    return list(session.scalars(select(Candidate).where(col(Candidate.person_id) == person_id, WAITING).order_by(col(Candidate.due_at))))


def candidate_row(session: Session, candidate_id: UUID) -> CandidateRow | None:
    """A candidate with what its event adds, decided or not."""
    query = select(*COLUMNS).join(Event, col(Event.id) == col(Candidate.event_row)).where(col(Candidate.id) == candidate_id)
    row = session.execute(query).one_or_none()
    return CandidateRow(*row) if row else None


def decision_numbers(session: Session) -> int:
    """How many decisions there are."""
    return session.scalar(select(func.count()).select_from(Decision)) or 0


def person_contacts_after(session: Session, person_id: UUID, at: datetime) -> list[UUID]:
    """Contacts that were reserved later than a moment: not there yet when it was decided."""
    return list(session.scalars(select(col(Contact.id)).where(col(Contact.person_id) == person_id, col(Contact.reserved_at) >= at)))
