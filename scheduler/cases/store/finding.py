"""SQL of the search field over cases."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session, col

from portal.people.models import Customer
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from scheduler.cases.models import Case


def cases(session: Session, words: str, scope: Scope, now: datetime, most: int) -> Sequence[Case]:
    """Cases by their number or their customer's, the newest first."""
    persons = select(col(Customer.person_id)).where(col(Customer.ref) == words)
    wanted = or_(col(Case.number) == words.upper(), col(Case.person_id).in_(persons))
    query = select(Case).where(wanted, in_scope(col(Case.unit_id), scope, now))
    return session.scalars(query.order_by(col(Case.opened_at).desc()).limit(most)).all()
