"""What operation looks at: queues through their partial indexes, messages by channel, partitions."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select, text
from sqlmodel import Session, col

from portal.foundation.db import dialect_of
from portal.foundation.jobs import QueueState
from questionnaires.answering.models import Response
from scheduler.delivery.models import Message
from scheduler.intake.models import Candidate, DeadLetter
from scheduler.intake.removal_models import Removal


def _state(session: Session, oldest: Any, *where: ColumnElement[bool]) -> QueueState:
    row = session.execute(select(func.count(), func.min(oldest)).where(*where)).one()
    return QueueState(row[0], row[1])


def candidates(session: Session, now: datetime) -> QueueState:
    """Candidates that are due and not decided."""
    return _state(session, col(Candidate.due_at), col(Candidate.decided_at).is_(None), col(Candidate.due_at) <= now)


def messages(session: Session, now: datetime) -> QueueState:
    """Messages that are due and wait."""
    return _state(session, col(Message.due_at), col(Message.state) == "waiting", col(Message.due_at) <= now)


def in_flight(session: Session, _now: datetime) -> QueueState:
    """Messages that a sender holds."""
    return _state(session, col(Message.due_at), col(Message.state) == "sending")


def to_count(session: Session, _now: datetime) -> QueueState:
    """Answers that are in no figure yet."""
    return _state(session, col(Response.submitted_at), col(Response.submitted_at).is_not(None), col(Response.counted_at).is_(None))


def to_follow_up(session: Session, _now: datetime) -> QueueState:
    """Answers that no alert rule has seen yet."""
    return _state(session, col(Response.submitted_at), col(Response.submitted_at).is_not(None), col(Response.followed_up_at).is_(None))


def misfits(session: Session, _now: datetime) -> QueueState:
    """Refused events that somebody must look at."""
    return _state(session, col(DeadLetter.first_at), col(DeadLetter.state) == "waiting")


class Sent(NamedTuple):
    """What became of a channel's messages in a span."""

    accepted: int
    refused: int
    unknown: int


def by_channel(session: Session, since: datetime) -> dict[str, Sent]:
    """Messages that came to an end since a time, by channel; those that the contact policy withdrew are not counted."""
    query = select(
        col(Message.channel),
        func.sum(case((col(Message.state) == "accepted", 1), else_=0)),
        func.sum(case(((col(Message.state) == "refused") & (col(Message.reason) == func.lower(col(Message.reason))), 1), else_=0)),
        func.sum(case((col(Message.state) == "unknown", 1), else_=0)),
    )
    rows = session.execute(query.where(col(Message.done_at) > since).group_by(col(Message.channel)))
    return {row[0]: Sent(int(row[1]), int(row[2]), int(row[3])) for row in rows}


def accepted_times(session: Session, since: datetime) -> list[datetime]:
    """When messages were handed over since a time; for the rate of the last hour."""
    return list(session.scalars(select(col(Message.done_at)).where(col(Message.done_at) > since, col(Message.state) == "accepted")))


class Partition(NamedTuple):
    """A month of a partitioned table: rows as the planner guesses them, bytes with indexes."""

    name: str
    rows: int
    size: int


def partitions(session: Session) -> list[Partition]:
    """The partitions there are; none on SQLite."""
    if dialect_of(session) != "postgresql":
        return []
    rows = session.execute(
        text(
            "SELECT c.relname, greatest(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid) FROM pg_inherits i "
            "JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent "
            "WHERE p.relname IN ('event', 'candidate', 'decision') ORDER BY c.relname"
        )
    )
    return [Partition(row[0], row[1], row[2]) for row in rows]


def removals(session: Session) -> list[Removal]:
    """What retention removed, newest first."""
    return list(session.scalars(select(Removal).order_by(col(Removal.month).desc(), col(Removal.table_name))))
