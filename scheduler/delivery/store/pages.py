"""What the pages of messages and channels show."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, literal_column, or_, select, text
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.people.models import OrgUnit
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from questionnaires.answering.models import Invitation
from scheduler.delivery.models import ChannelSwitch, Message
from scheduler.touchpoints.models import Touchpoint

PAGE = 50
_BADLY = text("message.state IN ('refused', 'unknown')")  # written out, as the partial index has it
DEAD = and_(_BADLY, or_(col(Message.reason).is_(None), col(Message.reason) == func.lower(Message.reason)))
"""Came to a bad end at the provider. A reason in capitals is a code of the contact policy: withdrawn on purpose."""


class Line(NamedTuple):
    """A message in the list."""

    message: Message
    touchpoint: Touchpoint | None
    unit: OrgUnit | None


class Filters(NamedTuple):
    """What the list is narrowed to."""

    state: str = ""
    channel: str = ""
    template: str = ""


def page(session: Session, scope: Scope, now: datetime, filters: Filters, before: UUID | None) -> list[Line]:
    """The newest messages that somebody may see, older than a message; one more than a page where there are more."""
    query = _seen(scope, now).order_by(col(Message.id).desc()).limit(PAGE + 1)
    if filters.state == "dead":
        query = query.where(DEAD)
    elif filters.state == "withdrawn":
        query = query.where(col(Message.state) == "refused", ~DEAD)
    elif filters.state:
        query = query.where(col(Message.state) == filters.state)
    if filters.channel:
        query = query.where(col(Message.channel) == filters.channel)
    if filters.template:
        query = query.where(col(Message.template) == filters.template)
    if before is not None:
        query = query.where(col(Message.id) < before)
    return [Line(*row) for row in session.execute(query)]


def one(session: Session, scope: Scope, now: datetime, message_id: UUID) -> Line | None:
    """A message, if it may be seen."""
    row = session.execute(_seen(scope, now).where(col(Message.id) == message_id)).one_or_none()
    return Line(*row) if row else None


def dead_among(session: Session, scope: Scope, now: datetime, ids: Iterable[UUID]) -> list[UUID]:
    """Which of these are dead letters that somebody may see."""
    rows = session.execute(_seen(scope, now).where(DEAD, ids_in(col(Message.id), list(ids))))
    return [row[0].id for row in rows]


def dead_count(session: Session, scope: Scope, now: datetime) -> int:
    """How many dead letters somebody may see."""
    query = select(func.count()).select_from(Message).outerjoin(Invitation, col(Invitation.id) == col(Message.invitation_id))
    return session.scalar(query.where(DEAD, in_scope(col(Invitation.unit_id), scope, now))) or 0


def _seen(scope: Scope, now: datetime) -> Select[Message, Touchpoint | None, OrgUnit | None]:
    query = (
        select(Message, Touchpoint, OrgUnit)
        .outerjoin(Invitation, col(Invitation.id) == col(Message.invitation_id))
        .outerjoin(Touchpoint, col(Touchpoint.code) == col(Invitation.touchpoint))
        .outerjoin(OrgUnit, col(OrgUnit.id) == col(Invitation.unit_id))
    )
    return query if scope.everything else query.where(in_scope(col(Invitation.unit_id), scope, now))


class ChannelSums(NamedTuple):
    """How a channel does."""

    waiting: int = 0
    oldest_due: datetime | None = None
    sent: int = 0
    dead: int = 0


def channel_sums(session: Session, now: datetime) -> dict[str, ChannelSums]:
    """What waits, what went out in the last day, and what came to a bad end, by channel; each from its own index."""
    by_channel = col(Message.channel)
    due = select(by_channel, func.count(), func.min(col(Message.due_at))).where(col(Message.state) == "waiting", col(Message.due_at) <= now)
    day = col(Message.done_at) > now - timedelta(days=1), col(Message.state) == "accepted"
    plain = func.coalesce(by_channel, literal_column("''"))  # or SQLite reads all messages in the order of another index
    sent = select(plain, func.count()).where(*day).group_by(plain)
    dead = select(by_channel, func.count()).where(DEAD)
    waiting = {row[0]: (row[1], row[2]) for row in session.execute(due.group_by(by_channel))}
    others = [{row[0]: row[1] for row in session.execute(one)} for one in (sent, dead.group_by(by_channel))]
    names = waiting.keys() | others[0].keys() | others[1].keys()
    return {name: ChannelSums(*waiting.get(name, (0, None)), others[0].get(name, 0), others[1].get(name, 0)) for name in names}


def switches(session: Session) -> dict[str, bool]:
    """Which channels were switched; those not named are on."""
    return {row.channel: row.on for row in session.scalars(select(ChannelSwitch))}


def put_switch(session: Session, channel: str, *, on: bool, user_id: UUID | None, now: datetime) -> None:
    """Switch a channel, or all of them (`*`)."""
    found = session.get(ChannelSwitch, channel)
    if found is None:
        found = ChannelSwitch(channel=channel, changed_at=now)
        session.add(found)
    found.on, found.changed_at, found.changed_by = on, now, user_id
    session.flush()


def counts(session: Session) -> dict[str, int]:
    """How many messages there are."""
    return {"messages": session.scalar(select(func.count()).select_from(Message)) or 0}


def newest(lines: Sequence[Line]) -> tuple[Sequence[Line], UUID | None]:
    """One page of lines, and after which message the next begins."""
    return (lines[:PAGE], lines[PAGE - 1].message.id) if len(lines) > PAGE else (lines, None)
