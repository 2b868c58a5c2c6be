"""The SQL of customers' text messages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, upsert_for
from portal.foundation.ids import new_id
from portal.people.models import Customer
from questionnaires.answering.models import Invitation
from scheduler.delivery.channel_models import InboundText
from scheduler.delivery.models import Message


class Owner(NamedTuple):
    """A customer of a telephone number."""

    id: UUID
    person_id: UUID
    shard: int
    language: str | None


class Asked(NamedTuple):
    """The invitation that went out last to a number."""

    id: UUID
    link_key: int
    customer_id: UUID
    submitted_at: datetime | None
    open: bool


def owners(session: Session, indexes: Iterable[bytes]) -> list[Owner]:
    """The customers of a number: families share one."""
    columns = (getattr(Customer, name) for name in Owner._fields)
    query = select(*columns).where(col(Customer.phone_index).in_(list(indexes)), col(Customer.erased_at).is_(None))
    return [Owner(*row) for row in session.execute(query.order_by(col(Customer.id)))]


def last_asked(session: Session, customer_ids: Iterable[UUID], now: datetime, since: datetime) -> Asked | None:
    """What these customers were asked last by SMS, if it went out after an instant."""
    taken = col(Message.state).in_(("accepted", "unknown", "sending"))
    by_sms = or_(col(Message.channel) == "sms", col(Message.via) == "sms")
    is_open = col(Invitation.submitted_at).is_(None), col(Invitation.declined_at).is_(None), col(Invitation.expires_at) > now
    query = (
        select(col(Invitation.id), col(Invitation.link_key), col(Message.customer_id), col(Invitation.submitted_at), *is_open)
        .join(Message, col(Message.invitation_id) == col(Invitation.id))
        .where(ids_in(col(Message.customer_id), customer_ids), by_sms, taken, col(Message.created_at) > since)
        .order_by(col(Message.accepted_at).desc().nulls_last(), col(Message.id).desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return Asked(row[0], row[1], row[2], row[3], all(row[4:])) if row else None


def kind_of(session: Session, digest: bytes) -> str | None:
    """What a text was taken for when it came before."""
    return session.scalar(select(col(InboundText.kind)).where(col(InboundText.digest) == digest))


def helped(session: Session, phone_index: bytes, since: datetime) -> bool:
    """Whether a number was sent the help text since an instant."""
    query = select(col(InboundText.id)).where(
        col(InboundText.phone_index) == phone_index, col(InboundText.kind) == "help", col(InboundText.received_at) >= since
    )
    return session.scalar(query.limit(1)) is not None


def add(session: Session, digest: bytes, phone_index: bytes, customer_id: UUID | None, kind: str, now: datetime) -> bool:
    """Note a text; False where it was noted already."""
    table: Any = InboundText.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    row = {"id": new_id(), "digest": digest, "phone_index": phone_index, "customer_id": customer_id, "kind": kind, "received_at": now}
    insert = upsert_for(session)(table).values(**row).on_conflict_do_nothing(index_elements=["digest"]).returning(table.c.id)
    return session.scalar(insert) is not None


def forget_numbers(session: Session, customer_ids: Sequence[UUID]) -> int:
    """Take the hashes of numbers off texts of erased customers."""
    rows = update(InboundText).where(ids_in(col(InboundText.customer_id), customer_ids), col(InboundText.phone_index).is_not(None))
    done: Any = session.execute(rows.values(phone_index=None).execution_options(synchronize_session=False))
    return int(done.rowcount)
