"""What a case's page shows of its customer: his row, what he answered before, his other cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.people.models import Customer
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import QuestionnaireVersion
from scheduler.cases.models import Case
from scheduler.contacts.models import Contact


@dataclass(frozen=True)
class Earlier:
    """One earlier contact: when, about what, and what the customer said, if anything."""

    at: datetime
    touchpoint: str
    response_id: UUID | None
    indicator: str | None
    score: float | None


def customer(session: Session, customer_id: UUID) -> Customer | None:
    """The customer's row."""
    return session.get(Customer, customer_id)


def response(session: Session, response_id: UUID) -> Response | None:
    """An answer."""
    return session.get(Response, response_id)


def definition(session: Session, version_id: UUID) -> tuple[int, dict[str, Any]]:
    """A published version: its number and its definition."""
    row = session.execute(
        select(col(QuestionnaireVersion.number), col(QuestionnaireVersion.definition)).where(col(QuestionnaireVersion.id) == version_id)
    ).one_or_none()
    return (row[0], row[1]) if row else (0, {})


def earlier_contacts(session: Session, person_id: UUID, since: datetime, limit: int) -> list[Earlier]:
    """Invitations of a person that were sent, the newest first, each with the first of its scores by name."""
    lowest = select(func.min(col(Score.indicator))).where(col(Score.response_id) == col(Response.id)).correlate(Response).scalar_subquery()
    rows = session.execute(
        select(col(Contact.sent_at), col(Contact.touchpoint), col(Response.id), col(Score.indicator), col(Score.value))
        .outerjoin(Response, (col(Response.invitation_id) == col(Contact.invitation_id)) & col(Response.submitted_at).is_not(None))
        .outerjoin(Score, (col(Score.response_id) == col(Response.id)) & (col(Score.indicator) == lowest))
        .where(col(Contact.person_id) == person_id, col(Contact.kind).in_(["invite", "rerate"]), col(Contact.sent_at) >= since)
        .order_by(col(Contact.sent_at).desc())
        .limit(limit)
    )
    return [Earlier(row[0], row[1] or "", row[2], row[3], row[4]) for row in rows]


def other_cases(session: Session, case: Case, scope: Scope, now: datetime, limit: int) -> Sequence[Case]:
    """Other cases of the same person within a scope, the newest first."""
    return session.scalars(
        select(Case)
        .where(col(Case.person_id) == case.person_id, col(Case.id) != case.id, in_scope(col(Case.unit_id), scope, now))
        .order_by(col(Case.opened_at).desc())
        .limit(limit)
    ).all()
