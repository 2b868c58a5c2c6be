"""Whom ideas ask of other rooms: customers, colleagues' names, units."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import Customer, OrgUnit, User, UserRole
from questionnaires.answering.models import PosterCode


def customer(session: Session, customer_id: UUID) -> Customer | None:
    """A customer."""
    return session.get(Customer, customer_id)


def customers_of_phone(session: Session, indexes: Sequence[bytes]) -> list[UUID]:
    """Customers with this number, at most two: one of them is told, two are nobody's."""
    rows = select(col(Customer.id)).where(col(Customer.phone_index).in_(list(indexes)), col(Customer.erased_at).is_(None))
    return list(session.scalars(rows.limit(2)))


def persons_of(session: Session, customer_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The person of each customer."""
    rows = session.execute(select(col(Customer.id), col(Customer.person_id)).where(ids_in(col(Customer.id), customer_ids)))
    return {row[0]: row[1] for row in rows}


def user_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Colleagues' names."""
    wanted = list(ids)
    if not wanted:
        return {}
    return {row[0]: row[1] for row in session.execute(select(col(User.id), col(User.name)).where(ids_in(col(User.id), wanted)))}


def unit_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Units' names in Chinese and English."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = session.execute(select(col(OrgUnit.id), col(OrgUnit.name_zh), col(OrgUnit.name_en)).where(ids_in(col(OrgUnit.id), wanted)))
    return {row[0]: (row[1], row[2]) for row in rows}


def open_unit(session: Session, unit_id: UUID) -> bool:
    """Whether a unit is there and open."""
    found = session.get(OrgUnit, unit_id)
    return found is not None and found.closed_at is None


def poster_unit(session: Session, code: str) -> UUID | None:
    """The unit where a poster's code hangs."""
    found = session.get(PosterCode, code)
    return found.unit_id if found is not None and found.retired_at is None else None


def holders(session: Session, roles: Iterable[str]) -> list[tuple[UUID, str]]:
    """Active colleagues who hold one of some roles, by name."""
    held = select(col(UserRole.user_id)).where(col(UserRole.role).in_(list(roles)))
    rows = session.execute(
        select(col(User.id), col(User.name)).where(col(User.active).is_(True), col(User.id).in_(held)).order_by(col(User.name)).limit(300)
    )
    return [(row[0], row[1]) for row in rows]


def some_customers(session: Session, number: int) -> list[UUID]:
    """A few customers of the bank, in the order of their references."""
    rows = select(col(Customer.id)).where(
        col(Customer.erased_at).is_(None), col(Customer.ref).is_not(None), col(Customer.id) == col(Customer.person_id)
    )
    return list(session.scalars(rows.order_by(col(Customer.ref)).limit(number)))
