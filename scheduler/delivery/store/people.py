"""What the words and addresses of messages need of customers and invitations, in sets."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import Customer, User
from questionnaires.answering.models import Invitation
from scheduler.delivery.models import StaffAddress


class Recipient(NamedTuple):
    """A customer, still encrypted; or a member of staff with the channel and address of his own choice."""

    id: UUID
    ref: str | None
    zone: str | None
    name_enc: bytes | None
    phone_enc: bytes | None
    email_enc: bytes | None
    openid_enc: bytes | None
    large_text: bool | None
    staff_channel: str = ""
    staff_enc: bytes | None = None


CUSTOMER = Recipient._fields[:-2]


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
    columns = (getattr(Customer, name) for name in CUSTOMER)
    rows = session.execute(select(*columns).where(ids_in(col(Customer.id), set(ids))))
    return {row[0]: Recipient(*row) for row in rows}


def staff(session: Session, ids: Iterable[UUID]) -> dict[UUID, Recipient]:
    """Members of staff who are still active and chose an address."""
    wanted = set(ids)
    if not wanted:
        return {}
    query = select(col(User.id), col(User.login), col(StaffAddress.channel), col(StaffAddress.address_enc)).join(
        StaffAddress, col(StaffAddress.user_id) == col(User.id)
    )
    rows = session.execute(query.where(ids_in(col(User.id), wanted), col(User.active).is_(True)))
    empty = dict.fromkeys(CUSTOMER)
    return {row[0]: Recipient(**{**empty, "id": row[0], "ref": row[1]}, staff_channel=row[2], staff_enc=row[3]) for row in rows}


def links(session: Session, ids: Iterable[UUID]) -> dict[UUID, LinkOf]:
    """Invitations by id."""
    columns = (getattr(Invitation, name) for name in LinkOf._fields)
    rows = session.execute(select(*columns).where(ids_in(col(Invitation.id), set(ids))))
    return {row[0]: LinkOf(*row) for row in rows}
