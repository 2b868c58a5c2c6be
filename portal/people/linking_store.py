"""The SQL of links between customers who are one person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import Customer, PersonLink

FIELDS = ("openid", "phone", "email")
"""The addresses by which people are known again, the surest first."""


class Twin(NamedTuple):
    """Two customers who share a verified address but count as two persons."""

    first: UUID
    second: UUID
    by: str


def twins(session: Session, since: datetime, limit: int) -> list[Twin]:
    """Customers changed since a time whose verified address is another person's verified address too."""
    found: list[Twin] = []
    for field in FIELDS:
        other: Any = aliased(Customer)
        mine, theirs = getattr(Customer, f"{field}_index"), getattr(other, f"{field}_index")
        query = (
            select(col(Customer.id), other.id)
            .join(other, col(theirs) == col(mine))
            .where(
                col(Customer.updated_at) > since, col(Customer.verified).contains(field), other.verified.contains(field),
                col(Customer.person_id) != other.person_id, col(Customer.erased_at).is_(None), col(other.erased_at).is_(None),
            )
            .order_by(col(Customer.id), other.id)
            .limit(limit)
        )  # fmt: skip
        found += [Twin(row[0], row[1], field) for row in session.execute(query)]
    return found


def persons_of(session: Session, customer_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The person each customer counts as."""
    rows = session.execute(select(col(Customer.id), col(Customer.person_id)).where(ids_in(col(Customer.id), customer_ids)))
    return {row[0]: row[1] for row in rows}


def smallest_ref(session: Session, person_ids: Iterable[UUID]) -> UUID | None:
    """Of all customers who count as these persons, the one with the smallest reference."""
    query = select(col(Customer.id)).where(ids_in(col(Customer.person_id), person_ids), col(Customer.ref).is_not(None))
    return session.scalar(query.order_by(col(Customer.ref)).limit(1))


def rekey_customers(session: Session, old: UUID, new: UUID, shard: int) -> int:
    """Let the customers of one person count as another."""
    ours = update(Customer).where(col(Customer.person_id) == old).values(person_id=new, shard=shard)
    changed: Any = session.execute(ours.execution_options(synchronize_session=False))
    return int(changed.rowcount)


def recent(session: Session, since: datetime) -> list[PersonLink]:
    """Links made since a time."""
    return list(session.scalars(select(PersonLink).where(col(PersonLink.at) > since).order_by(col(PersonLink.at))))
