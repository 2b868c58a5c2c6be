"""Which case a re-rating was asked about: from its invitation back to the event that the solved case wrote."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in
from scheduler.cases.models import Case
from scheduler.contacts.models import Contact
from scheduler.intake.models import Candidate, Event


def asked_about(session: Session, invitation_ids: Iterable[UUID], event_type: str) -> dict[UUID, str]:
    """The case's number for each invitation whose decision is still there; a decision has its candidate's id."""
    wanted = set(invitation_ids)
    if not wanted:
        return {}
    rows = session.execute(
        select(col(Contact.invitation_id), col(Event.transaction_ref))
        .join(Candidate, col(Candidate.id) == col(Contact.decision_id))
        .join(Event, col(Event.id) == col(Candidate.event_row))
        .where(ids_in(col(Contact.invitation_id), wanted), col(Event.event_type) == event_type)
    )
    return {row[0]: row[1].rpartition(":")[0] for row in rows if row[1]}


def lock_by_number(session: Session, numbers: Iterable[str]) -> dict[str, Case]:
    """Cases by number, held; one that was merged stands for the case it was merged into."""
    wanted = set(numbers)
    if not wanted:
        return {}
    query = select(Case).where(keys_in(col(Case.number), wanted)).order_by(col(Case.number)).with_for_update()
    found = {case.number: case for case in session.scalars(query)}
    into = {case.merged_into for case in found.values() if case.merged_into is not None}
    others = {case.id: case for case in session.scalars(select(Case).where(ids_in(col(Case.id), into)).with_for_update())} if into else {}
    return {number: others.get(case.merged_into, case) if case.merged_into else case for number, case in found.items()}
