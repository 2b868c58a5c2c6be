"""The SQL of consents and opt-outs."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import Consent, Guardian, OptOut


def consents_of(session: Session, customer_ids: Iterable[UUID]) -> list[Consent]:
    """All that these customers said, the oldest first."""
    query = select(Consent).where(ids_in(col(Consent.customer_id), customer_ids)).order_by(col(Consent.at), col(Consent.id))
    return list(session.scalars(query))


def guardians_of(session: Session, customer_ids: Iterable[UUID]) -> dict[UUID, Guardian]:
    """Who spoke for some customers, by the statement."""
    return {row.consent_id: row for row in session.scalars(select(Guardian).where(ids_in(col(Guardian.customer_id), customer_ids)))}


def empty_guardians(session: Session, customer_id: UUID) -> None:
    """Forget the names of who spoke for a customer; that a guardian did stays."""
    session.execute(update(Guardian).where(col(Guardian.customer_id) == customer_id).values(name_enc=None))


def opt_outs_of(session: Session, customer_id: UUID) -> list[OptOut]:
    """All opt-outs of a customer, those taken back too, the newest first."""
    return list(session.scalars(select(OptOut).where(col(OptOut.customer_id) == customer_id).order_by(col(OptOut.at).desc())))


def opt_outs_in_force(session: Session, customer_id: UUID) -> list[OptOut]:
    """What a customer does not want to be asked."""
    return list(session.scalars(select(OptOut).where(col(OptOut.customer_id) == customer_id, col(OptOut.taken_back_at).is_(None))))
