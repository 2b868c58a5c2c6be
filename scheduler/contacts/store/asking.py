"""The SQL of invitations that programs ask for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from questionnaires.answering.models import Invitation
from scheduler.contacts.models import Contact, Decision
from scheduler.intake.models import Candidate, Event


def candidate(session: Session, event_id: str, touchpoint: str) -> Candidate | None:
    """The candidate of an event for a touchpoint."""
    query = select(Candidate).join(Event, col(Event.id) == col(Candidate.event_row))
    return session.scalars(query.where(col(Event.event_id) == event_id, col(Candidate.touchpoint) == touchpoint).limit(1)).one_or_none()


def happened_at(session: Session, event_id: str) -> datetime | None:
    """When an event that was taken in happened; None for one that never came."""
    return session.scalar(select(col(Event.occurred_at)).where(col(Event.event_id) == event_id).limit(1))


def reason(session: Session, event_id: str) -> str | None:
    """Why an event made no candidate."""
    return session.scalar(select(col(Event.reason)).where(col(Event.event_id) == event_id).limit(1))


def decision(session: Session, candidate_id: UUID) -> Decision | None:
    """The decision on a candidate."""
    return session.scalars(select(Decision).where(col(Decision.id) == candidate_id)).one_or_none()


def invitation_of(session: Session, candidate_id: UUID) -> Invitation | None:
    """The invitation that a candidate led to."""
    query = select(Invitation).join(Contact, col(Contact.invitation_id) == col(Invitation.id))
    return session.scalars(query.where(col(Contact.decision_id) == candidate_id).limit(1)).one_or_none()
