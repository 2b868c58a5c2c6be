"""The SQL of what happens after the reservation: hand-over, steps of the customer, release."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, exists, func, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, upsert_for
from portal.people.models import Customer, OptOut
from questionnaires.answering.models import Invitation, Response
from scheduler.contacts.models import Contact, ContactHold
from scheduler.contacts.store.rooms import Answered
from scheduler.delivery.models import Message
from scheduler.touchpoints.models import Touchpoint

QUIET = {"synchronize_session": False}
_ENDED = and_(col(Message.done_at).is_not(None), col(Message.taken_over_at).is_(None))
_TOUCHED = and_(col(Invitation.touched_at).is_not(None), col(Invitation.taken_over_at).is_(None))


class Chosen(NamedTuple):
    """An answer that a known customer started without being asked."""

    id: UUID
    person_id: UUID
    customer_id: UUID
    touchpoint: str
    group: str | None
    submitted_at: datetime


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
        "remind_at": case((handed, col(Contact.remind_at))),
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


class Declined(NamedTuple):
    """An invitation that its customer put aside; the customer by the bank's own reference."""

    contact_id: UUID
    ref: str | None
    touchpoint: str | None
    channel: str
    declined_at: datetime


def newly_declined(session: Session, invitation_ids: Iterable[UUID]) -> list[Declined]:
    """Of these invitations, those that were declined and whose contact does not say so yet."""
    query = (
        select(col(Contact.id), col(Customer.ref), col(Contact.touchpoint), col(Contact.channel), col(Invitation.declined_at))
        .join(Invitation, col(Invitation.id) == col(Contact.invitation_id))
        .join(Customer, col(Customer.id) == col(Contact.customer_id))
        .where(ids_in(Contact.invitation_id, invitation_ids), col(Invitation.declined_at).is_not(None), col(Contact.declined_at).is_(None))
        .where(col(Contact.kind) != "reminder")
    )
    return [Declined(*row) for row in session.execute(query)]


def chosen_answers(session: Session, since: datetime, limit: int) -> list[Chosen]:
    """Submitted answers of known customers that nobody asked for and that the ledger does not know yet."""
    known = exists(select(col(Contact.id)).where(col(Contact.parent_id) == col(Response.id), col(Contact.kind) == "invite"))
    query = (
        select(
            col(Response.id), col(Response.person_id), col(Response.customer_id), col(Response.touchpoint), col(Touchpoint.group),
            col(Response.submitted_at),
        )
        .outerjoin(Touchpoint, col(Touchpoint.code) == col(Response.touchpoint))
        .where(
            col(Response.submitted_at) > since, col(Response.source).in_(("self_chosen", "assisted")), col(Response.test).is_(False),
            col(Response.person_id).is_not(None), col(Response.customer_id).is_not(None), ~known,
        )
        .order_by(col(Response.submitted_at))
        .limit(limit)
    )  # fmt: skip
    return [Chosen(*row) for row in session.execute(query)]


def add_chosen(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write them on the ledger; one that another process wrote meanwhile stays as it is."""
    if rows:
        table: Any = Contact.__table__  # type: ignore[attr-defined]  # SQLModel hides it
        session.execute(upsert_for(session)(table).on_conflict_do_nothing(index_elements=["parent_id", "kind", "n"]), list(rows))


def newly_answered(session: Session, invitation_ids: Iterable[UUID]) -> list[Answered]:
    """Of these invitations, those whose answer the ledger does not know yet."""
    query = (
        select(col(Invitation.submitted_at), col(Invitation.touchpoint), col(Invitation.unit_id), col(Invitation.segment))
        .join(Contact, col(Contact.invitation_id) == col(Invitation.id))
        .where(ids_in(Invitation.id, invitation_ids), col(Invitation.submitted_at).is_not(None), col(Contact.answered_at).is_(None))
        .where(col(Contact.kind) == "invite")
    )
    return [Answered(*row) for row in session.execute(query)]


def waiting_of_refusers(session: Session, since: datetime, limit: int) -> list[Message]:
    """Messages that wait for persons who opted out or were put on a never-contact list since a time."""
    fresh = col(OptOut.at) > since, col(OptOut.taken_back_at).is_(None)
    listed = select(col(ContactHold.person_id)).where(col(ContactHold.kind) == "list", col(ContactHold.from_) > since)
    told = select(col(OptOut.customer_id)).where(*fresh).union(listed)
    persons = select(col(Customer.person_id)).where(col(Customer.id).in_(told))
    ours = select(col(Customer.id)).where(col(Customer.person_id).in_(persons))
    query = select(Message).where(col(Message.state) == "waiting", col(Message.contact_id).is_not(None), col(Message.customer_id).in_(ours))
    return list(session.scalars(query.order_by(col(Message.id)).limit(limit)))


def forget_links_of_staff(session: Session, message_ids: Sequence[UUID]) -> None:
    """A staff survey's message forgets its link once it is out: nobody can tell whose answer it is."""
    staff = select(col(Invitation.id)).where(col(Invitation.purpose) == "staff")
    cut = update(Message).where(ids_in(Message.id, message_ids), col(Message.invitation_id).in_(staff)).values(invitation_id=None)
    session.execute(cut.execution_options(**QUIET))


def release_erased(session: Session, customer_ids: Sequence[UUID], now: datetime) -> int:
    """What was reserved for erased customers and not handed over is released; nobody is reminded."""
    ours = ids_in(Contact.customer_id, customer_ids)
    open_ = col(Contact.sent_at).is_(None), col(Contact.reserved_at).is_not(None), col(Contact.released_at).is_(None)
    waiting = update(Contact).where(ours, *open_)
    values: dict[str, Any] = {"released_at": now, "counts_at": None, "reason": "ERASED", "remind_at": None}
    done: Any = session.execute(waiting.values(**values).execution_options(**QUIET))
    session.execute(update(Contact).where(ours).values(remind_at=None).execution_options(**QUIET))
    return int(done.rowcount)
