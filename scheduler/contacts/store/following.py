"""The SQL of what happens after the reservation: hand-over, steps of the customer, release."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, exists, func, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from questionnaires.answering.models import Invitation
from scheduler.contacts.models import Contact
from scheduler.delivery.models import Message

QUIET = {"synchronize_session": False}
_ENDED = and_(col(Message.done_at).is_not(None), col(Message.taken_over_at).is_(None))
_TOUCHED = and_(col(Invitation.touched_at).is_not(None), col(Invitation.taken_over_at).is_(None))


class Reserved(NamedTuple):
    """A contact whose message is about to go out."""

    id: UUID
    person_id: UUID
    customer_id: UUID
    touchpoint: str | None
    group: str | None
    kind: str
    channel: str
    weight: float
    counts_at: datetime | None
    ends_at: datetime | None
    released_at: datetime | None
    failed_at: datetime | None
    reason: str | None


def reserved(session: Session, contact_ids: Iterable[UUID]) -> list[Reserved]:
    """Contacts by id."""
    columns = (col(getattr(Contact, name)) for name in Reserved._fields)
    return [Reserved(*row) for row in session.execute(select(*columns).where(ids_in(Contact.id, contact_ids)))]


def release(session: Session, reasons: dict[str, list[UUID]], now: datetime) -> None:
    """Let go of reservations: they count nowhere any more."""
    for reason, ids in sorted(reasons.items()):
        values = {"released_at": now, "counts_at": None, "reason": reason}
        session.execute(update(Contact).where(ids_in(Contact.id, ids)).values(**values).execution_options(**QUIET))


def move(session: Session, moved: dict[datetime, list[UUID]]) -> None:
    """Reservations that are put off count from their new instant."""
    for until, ids in sorted(moved.items()):
        session.execute(update(Contact).where(ids_in(Contact.id, ids)).values(counts_at=until).execution_options(**QUIET))


def revive(session: Session, ids: Sequence[UUID], now: datetime) -> None:
    """Contacts that had failed and are tried again count again."""
    if ids:
        values: dict[str, Any] = {"failed_at": None, "reason": None, "counts_at": now}
        session.execute(update(Contact).where(ids_in(Contact.id, ids)).values(**values).execution_options(**QUIET))


def anything_to_take_over(session: Session) -> bool:
    """Whether a message or an invitation went on; two looks into partial indexes."""
    messages, invitations = exists(select(col(Message.id)).where(_ENDED)), exists(select(col(Invitation.id)).where(_TOUCHED))
    return bool(session.scalar(select(or_(messages, invitations))))


def ended_messages(session: Session, limit: int) -> list[UUID]:
    """Messages that came to an end since they were last looked at; those that another process holds are passed over."""
    query = select(col(Message.id)).where(_ENDED).order_by(col(Message.done_at)).limit(limit)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def take_over_messages(session: Session, message_ids: Sequence[UUID], now: datetime) -> None:
    """Write on the contacts what became of their messages. What was never handed over counts nowhere; unknown counts as sent."""
    handed = col(Message.state).in_(("accepted", "unknown"))
    sent_at = case((handed, func.coalesce(col(Message.accepted_at), col(Message.done_at))))
    values = {
        "sent_at": func.coalesce(col(Contact.sent_at), sent_at),
        "counts_at": case((handed, func.coalesce(col(Contact.sent_at), sent_at))),
        "delivered_at": func.coalesce(col(Contact.delivered_at), col(Message.delivered_at)),
        "failed_at": case((~handed & col(Contact.released_at).is_(None), col(Message.done_at))),
        "reason": func.coalesce(col(Contact.reason), case((~handed, col(Message.reason)))),
    }
    follow = update(Contact).where(col(Contact.id) == col(Message.contact_id), ids_in(Message.id, message_ids)).values(**values)
    session.execute(follow.execution_options(**QUIET))
    done = update(Message).where(ids_in(Message.id, message_ids)).values(taken_over_at=now)
    session.execute(done.execution_options(**QUIET))


def touched_invitations(session: Session, limit: int) -> list[UUID]:
    """Invitations whose customer took a step, or whose time ran out."""
    query = select(col(Invitation.id)).where(_TOUCHED).order_by(col(Invitation.touched_at)).limit(limit)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def take_over_invitations(session: Session, invitation_ids: Sequence[UUID], now: datetime) -> None:
    """Write the customer's steps on the contacts; each is set once."""
    over = and_(col(Invitation.expires_at) <= now, col(Invitation.submitted_at).is_(None), col(Invitation.declined_at).is_(None))
    started = col(Invitation.started_at).is_not(None)
    steps: dict[str, Any] = {
        "opened_at": col(Invitation.opened_at),
        "started_at": col(Invitation.started_at),
        "answered_at": col(Invitation.submitted_at),
        "declined_at": col(Invitation.declined_at),
        "abandoned_at": case((over & started, col(Invitation.expires_at))),
        "expired_at": case((over & ~started, col(Invitation.expires_at))),
    }
    values = {name: func.coalesce(col(getattr(Contact, name)), step) for name, step in steps.items()}
    ours = ids_in(Contact.invitation_id, invitation_ids)
    follow = update(Contact).where(ours, col(Contact.invitation_id) == col(Invitation.id)).values(**values)
    session.execute(follow.execution_options(**QUIET))
    done = update(Invitation).where(ids_in(Invitation.id, invitation_ids)).values(taken_over_at=now)
    session.execute(done.execution_options(**QUIET))
