"""The SQL of customers' requests about their data."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlmodel import Session, col

from portal.people.models import Customer
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from portal.privacy import held_store
from portal.privacy.models import PrivacyRequest

OPEN = ("received", "identified")
PAGE = 50


def next_number(session: Session) -> int:
    """The next number; on PostgreSQL two who file at once wait for each other."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE privacy_request IN SHARE ROW EXCLUSIVE MODE"))
    return (session.scalar(select(func.max(col(PrivacyRequest.number)))) or 0) + 1


def one(session: Session, request_id: UUID, *, lock: bool = False) -> PrivacyRequest | None:
    """A request."""
    query = select(PrivacyRequest).where(col(PrivacyRequest.id) == request_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def by_token(session: Session, hashed: bytes) -> PrivacyRequest | None:
    """The request of a customer's link."""
    return session.scalars(select(PrivacyRequest).where(col(PrivacyRequest.token_hash) == hashed)).one_or_none()


def page(session: Session, scope: Scope, now: datetime, *, over: bool, before: int | None = None) -> list[PrivacyRequest]:
    """Requests of a scope: open ones by limit, or those that ended, the newest first; one more than a page where there are more."""
    state, number = col(PrivacyRequest.state), col(PrivacyRequest.number)
    query = select(PrivacyRequest).where(in_scope(col(PrivacyRequest.unit_id), scope, now))
    if not over:
        return list(session.scalars(query.where(state.in_(OPEN)).order_by(col(PrivacyRequest.due_at), number).limit(PAGE * 4)))
    if before is not None:
        query = query.where(number < before)
    return list(session.scalars(query.where(state.not_in(OPEN)).order_by(number.desc()).limit(PAGE + 1)))


def waiting(session: Session, scope: Scope, now: datetime) -> int:
    """How many wait."""
    query = select(func.count()).select_from(PrivacyRequest).where(col(PrivacyRequest.state).in_(OPEN))
    return session.scalar(query.where(in_scope(col(PrivacyRequest.unit_id), scope, now))) or 0


def of_customers(session: Session, customer_ids: Sequence[UUID]) -> Sequence[PrivacyRequest]:
    """All requests of some customers."""
    mine = select(PrivacyRequest).where(col(PrivacyRequest.customer_id).in_(customer_ids))
    return session.scalars(mine.order_by(col(PrivacyRequest.number))).all()


def empty(session: Session, request_ids: Sequence[UUID]) -> int:
    """Words, addresses and copies of requests go; dates, what was done and its proof stay."""
    nothing = {"words_enc": None, "name_enc": None, "contact_enc": None, "reply_enc": None, "copy_enc": None}
    done = session.execute(
        update(PrivacyRequest)
        .where(col(PrivacyRequest.id).in_(request_ids))
        .values(**nothing)
        .execution_options(synchronize_session="fetch")
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def ended_before(session: Session, moment: datetime, limit: int) -> list[UUID]:
    """Requests that ended long ago and still hold words; none of customers under a legal hold."""
    holds = col(PrivacyRequest.words_enc).is_not(None) | col(PrivacyRequest.name_enc).is_not(None)
    holds = holds | col(PrivacyRequest.copy_enc).is_not(None) | col(PrivacyRequest.reply_enc).is_not(None)
    query = select(col(PrivacyRequest.id)).where(col(PrivacyRequest.ended_at) < moment, holds)
    query = query.where(held_store.free(col(PrivacyRequest.customer_id)))
    return list(session.scalars(query.order_by(col(PrivacyRequest.number)).limit(limit)))


def drop_copies(session: Session, moment: datetime, limit: int) -> int:
    """Empty the copies of requests that ended by a moment; returns how many."""
    old = (col(PrivacyRequest.ended_at) <= moment) & col(PrivacyRequest.copy_enc).is_not(None)
    ours = session.scalars(select(col(PrivacyRequest.id)).where(old).limit(limit)).all()
    gone = update(PrivacyRequest).where(col(PrivacyRequest.id).in_(ours)).values(copy_enc=None)
    session.execute(gone.execution_options(synchronize_session="fetch"))
    return len(ours)


def customer(session: Session, customer_id: UUID) -> Customer | None:
    """The customer of a request."""
    return session.get(Customer, customer_id)
