"""The SQL of reminders and notices: which contacts may need one, and what is written of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows
from questionnaires.answering.models import Invitation
from scheduler.contacts.models import TO_REMIND, Contact
from scheduler.delivery.models import Message

QUIET = {"synchronize_session": False}
Reminder: Any = aliased(Contact)


class Asked(NamedTuple):
    """An invitation that may need a reminder, with its message and what the customer did so far."""

    contact: Contact
    message: Message
    answered_at: datetime | None
    declined_at: datetime | None
    reminders: int


def persons_due(session: Session, now: datetime, limit: int) -> list[UUID]:
    """Persons with a contact to look at."""
    query = select(col(Contact.person_id)).where(TO_REMIND, col(Contact.remind_at) <= now).order_by(col(Contact.remind_at)).limit(limit)
    return sorted(set(session.scalars(query)))


def due(session: Session, person_ids: Iterable[UUID], now: datetime) -> list[Asked]:
    """Their contacts to look at, as they are under the persons' locks."""
    sent = (
        select(func.count())
        .where(col(Reminder.parent_id) == col(Contact.id), col(Reminder.kind) == "reminder")
        .correlate(Contact)
        .scalar_subquery()
    )
    query = (
        select(Contact, Message, col(Invitation.submitted_at), col(Invitation.declined_at), sent)
        .join(Message, col(Message.contact_id) == col(Contact.id))
        .outerjoin(Invitation, col(Invitation.id) == col(Contact.invitation_id))
        .where(col(Contact.remind_at).is_not(None), col(Contact.remind_at) <= now, ids_in(col(Contact.person_id), person_ids))
        .order_by(col(Contact.remind_at), col(Contact.id))
    )
    return [Asked(*row) for row in session.execute(query)]


def look_again(session: Session, times: Mapping[UUID, datetime | None]) -> None:
    """When to look at contacts next; None: never again."""
    by_time: dict[datetime | None, list[UUID]] = {}
    for contact_id, at in times.items():
        by_time.setdefault(at, []).append(contact_id)
    for at, ids in by_time.items():
        session.execute(update(Contact).where(ids_in(col(Contact.id), ids)).values(remind_at=at).execution_options(**QUIET))


def write(session: Session, contacts: Sequence[Mapping[str, Any]], messages: Sequence[Mapping[str, Any]]) -> None:
    """Write reminders, or notices."""
    for model, rows in ((Contact, contacts), (Message, messages)):
        by_shape: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
        for row in rows:
            by_shape.setdefault(tuple(row), []).append(row)
        for alike in by_shape.values():
            insert_rows(session, model, alike)


def ended_invitations(session: Session, invitation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Which invitations were answered or declined; a reminder of these goes to nobody."""
    ended = col(Invitation.submitted_at).is_not(None) | col(Invitation.declined_at).is_not(None)
    rows = session.execute(
        select(col(Invitation.id), col(Invitation.submitted_at)).where(ids_in(col(Invitation.id), invitation_ids), ended)
    )
    return {row[0]: "ANSWERED" if row[1] else "DECLINED" for row in rows}
