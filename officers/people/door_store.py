"""The SQL of doors: sessions, tickets, codes, and who has a phone number."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, select, update
from sqlmodel import Session, col

from officers.people.door_models import OfficerCode, OfficerSession
from officers.people.models import Officer
from portal.foundation.db import dialect_of, ids_in
from portal.people.models import Customer


def session_by_hash(session: Session, token_hash: bytes) -> OfficerSession | None:
    """A session by its secret's hash."""
    return session.scalars(select(OfficerSession).where(col(OfficerSession.token_hash) == token_hash)).one_or_none()


def session_by_ticket(session: Session, ticket_hash: bytes) -> OfficerSession | None:
    """The session that a ticket opened."""
    return session.scalars(select(OfficerSession).where(col(OfficerSession.ticket_hash) == ticket_hash)).one_or_none()


def end_sessions(session: Session, customer_ids: Iterable[UUID], now: datetime) -> None:
    """End the live sessions of customers."""
    live = update(OfficerSession).where(ids_in(col(OfficerSession.customer_id), customer_ids), col(OfficerSession.ended_at).is_(None))
    session.execute(live.values(ended_at=now))


def forget(session: Session, customer_ids: Sequence[UUID]) -> None:
    """Remove sessions and codes of customers."""
    session.execute(delete(OfficerSession).where(ids_in(col(OfficerSession.customer_id), customer_ids)))
    session.execute(delete(OfficerCode).where(ids_in(col(OfficerCode.customer_id), customer_ids)))


def sweep(session: Session, before: datetime) -> int:
    """Remove codes and sessions that ran out before a moment; how many."""
    codes: CursorResult[Any] = session.execute(delete(OfficerCode).where(col(OfficerCode.expires_at) < before))  # type: ignore[assignment]
    gone: CursorResult[Any] = session.execute(delete(OfficerSession).where(col(OfficerSession.expires_at) < before))  # type: ignore[assignment]
    return codes.rowcount + gone.rowcount


def by_phone(session: Session, indexes: Sequence[bytes]) -> list[tuple[Customer, UUID | None]]:
    """Living customers with a phone number, each with the officer they are."""
    query = (
        select(Customer, col(Officer.id))
        .outerjoin(Officer, col(Officer.customer_id) == col(Customer.id))
        .where(col(Customer.phone_index).in_(indexes), col(Customer.erased_at).is_(None))
        .order_by(col(Customer.id))
    )
    return list(session.execute(query).all())


def codes_since(session: Session, indexes: Sequence[bytes], since: datetime) -> int:
    """How many codes were asked for with a phone number since a moment."""
    query = select(func.count()).select_from(OfficerCode)
    return session.scalar(query.where(col(OfficerCode.phone_index).in_(indexes), col(OfficerCode.at) > since)) or 0


def spend_try(session: Session, code_id: UUID, most: int, now: datetime) -> OfficerCode | None:
    """Take one try of a code that is live; None where it has none left, was used, or ran out. Two at once take two."""
    live = (
        update(OfficerCode)
        .where(
            col(OfficerCode.id) == code_id, col(OfficerCode.tries) < most, col(OfficerCode.used_at).is_(None),
            col(OfficerCode.expires_at) > now,
        )
        .values(tries=col(OfficerCode.tries) + 1)
    )  # fmt: skip
    done: CursorResult[Any] = session.execute(live)  # type: ignore[assignment]
    return session.get(OfficerCode, code_id, populate_existing=True) if done.rowcount else None


def use_up(session: Session, code_id: UUID, now: datetime) -> bool:
    """Mark a code as used; whether it was not yet."""
    fresh = update(OfficerCode).where(col(OfficerCode.id) == code_id, col(OfficerCode.used_at).is_(None)).values(used_at=now)
    done: CursorResult[Any] = session.execute(fresh)  # type: ignore[assignment]
    return bool(done.rowcount)


def hold(session: Session, key: int) -> None:
    """Let two requests about one thing go one after the other, so that the second sees what the first wrote."""
    if dialect_of(session) == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(key)))


def codes_to_send(session: Session, limit: int) -> list[OfficerCode]:
    """Codes of known numbers whose message is not written yet; claimed, so that two jobs never write one."""
    query = select(OfficerCode).where(col(OfficerCode.customer_id).is_not(None), col(OfficerCode.told_at).is_(None))
    return list(session.scalars(query.order_by(col(OfficerCode.at)).limit(limit).with_for_update(skip_locked=True)))


def hold_ticket(session: Session, ticket_hash: bytes) -> OfficerSession | None:
    """The session that a ticket opened before; two who come with one at once go one after the other."""
    hold(session, int.from_bytes(ticket_hash[:7], "big"))
    return session_by_ticket(session, ticket_hash)
