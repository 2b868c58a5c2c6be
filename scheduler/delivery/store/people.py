"""What the words and addresses of messages need of customers and invitations, in sets."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import Customer
from questionnaires.answering.models import Invitation


class Recipient(NamedTuple):
    """A customer, still encrypted."""

    id: UUID
    ref: str | None
    zone: str | None
    name_enc: bytes | None
    phone_enc: bytes | None
    email_enc: bytes | None
    openid_enc: bytes | None
    large_text: bool | None


class LinkOf(NamedTuple):
    """What makes an invitation's link, and where its delivery is counted."""

    id: UUID
    link_key: int
    touchpoint: str
    unit_id: UUID | None
    purpose: str
    test: bool


def recipients(session: Session, ids: Iterable[UUID]) -> dict[UUID, Recipient]:
    """Customers by id."""
    columns = (getattr(Customer, name) for name in Recipient._fields)
    rows = session.execute(select(*columns).where(ids_in(col(Customer.id), set(ids))))
    return {row[0]: Recipient(*row) for row in rows}


def links(session: Session, ids: Iterable[UUID]) -> dict[UUID, LinkOf]:
    """Invitations by id."""
    columns = (getattr(Invitation, name) for name in LinkOf._fields)
    rows = session.execute(select(*columns).where(ids_in(col(Invitation.id), set(ids))))
    return {row[0]: LinkOf(*row) for row in rows}
