"""The SQL of approval routes."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.people.approval_models import SignOff
from portal.people.models import ApprovalRoute


def routes_of(session: Session, subject: str) -> list[ApprovalRoute]:
    """The stored routes of a subject, of every class."""
    return list(session.scalars(select(ApprovalRoute).where(col(ApprovalRoute.subject) == subject)))


def all_routes(session: Session) -> list[ApprovalRoute]:
    """All stored routes."""
    return list(session.scalars(select(ApprovalRoute)))


def put_route(session: Session, subject: str, subject_class: str, steps: list[list[str]]) -> None:
    """Write a route, replacing the one there is."""
    found = next((row for row in routes_of(session, subject) if row.subject_class == subject_class), None)
    route = found or ApprovalRoute(subject=subject, subject_class=subject_class, steps=steps)
    route.steps = steps
    session.add(route)
    session.flush()


def sign_offs(session: Session, subject: str, object_id: UUID) -> list[SignOff]:
    """The steps of a thing's approval, in order; none before the first said yes."""
    query = select(SignOff).where(col(SignOff.subject) == subject, col(SignOff.object_id) == object_id)
    return list(session.scalars(query.order_by(col(SignOff.step))))


def forget_sign_offs(session: Session, subject: str, object_id: UUID) -> None:
    """Take a thing's steps away; the audit trail keeps what was said."""
    session.execute(delete(SignOff).where(col(SignOff.subject) == subject, col(SignOff.object_id) == object_id))
