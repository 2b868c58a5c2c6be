"""The SQL of the search over decisions."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.people.models import Customer
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from scheduler.contacts.models import Decision
from scheduler.contacts.store.reading import names_of
from scheduler.intake.models import Candidate, Event

PAGE = 50


class Wanted(NamedTuple):
    """What is looked for; blank means everything. `first`, `last` are instants, the last one outside."""

    ref: str
    event_id: str
    code: str
    touchpoint: str
    first: datetime
    last: datetime


class Found(NamedTuple):
    """A decision with whom and what it was about."""

    id: UUID
    evaluated_at: datetime
    touchpoint: str
    outcome: str
    code: str
    evidence: dict[str, Any]
    event_id: str
    event_type: str
    occurred_at: datetime
    customer_id: UUID
    ref: str | None


def decisions(session: Session, scope: Scope, now: datetime, wanted: Wanted, before: tuple[datetime, UUID] | None) -> list[Found]:
    """Decisions about customers of the scope, the newest first, one more than a page holds; one statement.

    Note    by an event's id or a customer's reference the period does not matter: both are looked up by their own index
    """
    columns = (
        col(Decision.id), col(Decision.evaluated_at), col(Decision.touchpoint), col(Decision.outcome), col(Decision.code),
        col(Decision.evidence), col(Event.event_id), col(Event.event_type), col(Event.occurred_at), col(Customer.id), col(Customer.ref),
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Candidate, col(Candidate.id) == col(Decision.id))
        .join(Event, col(Event.id) == col(Candidate.event_row))
        .join(Customer, col(Customer.id) == col(Event.customer_id))
        .where(in_scope(Customer.unit_id, scope, now), col(Customer.erased_at).is_(None))
    )
    if wanted.event_id:
        query = query.where(col(Event.event_id) == wanted.event_id)
    elif wanted.ref:
        person = select(col(Customer.person_id)).where(col(Customer.ref) == wanted.ref).scalar_subquery()
        query = query.where(col(Decision.person_id).in_(names_of(person)))
    else:
        query = query.where(col(Decision.evaluated_at) >= wanted.first, col(Decision.evaluated_at) < wanted.last)
    for column, value in ((col(Decision.code), wanted.code), (col(Decision.touchpoint), wanted.touchpoint)):
        if value:
            query = query.where(column == value)
    if before is not None:
        at, row = before
        query = query.where((col(Decision.evaluated_at) < at) | ((col(Decision.evaluated_at) == at) & (col(Decision.id) < row)))
    rows = session.execute(query.order_by(col(Decision.evaluated_at).desc(), col(Decision.id).desc()).limit(PAGE + 1))
    return [Found(*row) for row in rows]


def undecided(session: Session, scope: Scope, now: datetime, event_id: str) -> Event | None:
    """An event that made no candidate: its reason says why."""
    query = select(Event).join(Customer, col(Customer.id) == col(Event.customer_id))
    query = query.where(col(Event.event_id) == event_id, col(Event.reason).is_not(None), in_scope(Customer.unit_id, scope, now))
    return session.scalars(query.limit(1)).one_or_none()
