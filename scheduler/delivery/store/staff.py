"""Addresses that members of staff chose."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import User
from scheduler.delivery.models import StaffAddress


def one(session: Session, user_id: UUID) -> StaffAddress | None:
    """Somebody's own choice."""
    return session.get(StaffAddress, user_id)


def some(session: Session, user_ids: Iterable[UUID]) -> Sequence[StaffAddress]:
    """The choices of some people; those who chose nothing are left out."""
    return session.scalars(select(StaffAddress).where(ids_in(col(StaffAddress.user_id), set(user_ids)))).all()


def put(session: Session, row: StaffAddress) -> None:
    """In place of what was chosen before."""
    session.merge(row)
    session.flush()


def forget(session: Session, user_id: UUID) -> None:
    """Nothing is chosen any more."""
    session.execute(delete(StaffAddress).where(col(StaffAddress.user_id) == user_id))


def languages(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, str | None]:
    """In which language people work."""
    rows = session.execute(select(col(User.id), col(User.language)).where(ids_in(col(User.id), set(user_ids))))
    return {row[0]: row[1] for row in rows}
