"""The SQL of companies for R12: whose contact persons a batch holds, and what all of them were sent."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.db import dialect_of, ids_in
from portal.people.models import Company, CompanyContact, Customer
from scheduler.contacts.rules.facts import PastContact
from scheduler.contacts.store.history import history_of


def companies_of(session: Session, customer_ids: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """Customer and company of those who speak for one."""
    query = select(col(CompanyContact.customer_id), col(CompanyContact.company_id))
    return [(row[0], row[1]) for row in session.execute(query.where(ids_in(col(CompanyContact.customer_id), customer_ids)))]


def lock(session: Session, company_ids: Sequence[UUID]) -> None:
    """Hold companies until the transaction ends: after the persons' locks, before any quota; their history is read afterwards."""
    if dialect_of(session) == "postgresql":
        query = select(col(Company.id)).where(ids_in(col(Company.id), company_ids)).order_by(col(Company.id))
        session.execute(query.with_for_update(key_share=True)).all()


def histories(
    session: Session, company_ids: Sequence[UUID], since: datetime, without: Sequence[UUID] = ()
) -> dict[UUID, list[PastContact]]:
    """What all contact persons of each company were sent since a time, newest first."""
    query = (
        select(col(CompanyContact.company_id), col(Customer.person_id))
        .join(Customer, col(Customer.id) == col(CompanyContact.customer_id))
        .where(ids_in(col(CompanyContact.company_id), company_ids))
    )
    persons: dict[UUID, set[UUID]] = {}
    for company_id, person_id in session.execute(query):
        persons.setdefault(company_id, set()).add(person_id)
    past = history_of(session, {one for several in persons.values() for one in several}, since, without=without)
    return {company_id: [contact for one in several for contact in past.get(one, ())] for company_id, several in persons.items()}
