"""What went out by each channel on each day."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from portal.foundation.db import upsert_for
from scheduler.delivery.channel_models import ChannelDay
from scheduler.delivery.models import Message


class Sums(NamedTuple):
    """What went out, what providers said of it afterwards, and what it cost."""

    sent: int = 0
    parts: int = 0
    cents: int = 0
    delivered: int = 0
    lost: int = 0


def last_day(session: Session) -> date | None:
    """The last day that was counted."""
    return session.scalar(select(func.max(col(ChannelDay.day))))


def first_done(session: Session) -> datetime | None:
    """When the first message came to an end."""
    found: datetime | None = session.scalar(select(func.min(col(Message.done_at))))
    return found


def count(session: Session, start: datetime, end: datetime) -> dict[str, Sums]:
    """What was taken between two instants, by the channel that took it."""
    taken_by = func.coalesce(col(Message.via), col(Message.channel))
    counted = [
        func.count(),
        func.sum(func.coalesce(col(Message.parts), 0)),
        func.sum(func.coalesce(col(Message.cost), 0)),
        func.sum(case((col(Message.delivered_at).is_not(None), 1), else_=0)),
        func.sum(case((col(Message.receipt).in_(("bounced", "blocked", "undelivered")), 1), else_=0)),
    ]
    done = col(Message.done_at) >= start, col(Message.done_at) < end, col(Message.state) == "accepted"
    rows = session.execute(select(taken_by, *counted).where(*done).group_by(taken_by))
    return {row[0]: Sums(*(int(value) for value in row[1:])) for row in rows}


def put(session: Session, day: date, sums: dict[str, Sums]) -> None:
    """Write a day down, in place of what was counted before."""
    table: Any = ChannelDay.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    rows = [{"day": day, "channel": name, **one._asdict()} for name, one in sorted(sums.items())]
    if rows:
        insert = upsert_for(session)(table)
        new = {name: insert.excluded[name] for name in Sums._fields}
        session.execute(insert.on_conflict_do_update(index_elements=["day", "channel"], set_=new), rows)


def since(session: Session, first: date) -> dict[str, Sums]:
    """The days from one on, summed by channel."""
    sums = [func.sum(col(getattr(ChannelDay, name))) for name in Sums._fields]
    query = select(col(ChannelDay.channel), *sums).where(col(ChannelDay.day) >= first).group_by(col(ChannelDay.channel))
    return {row[0]: Sums(*(int(value) for value in row[1:])) for row in session.execute(query)}
