"""The outbox as a queue: claimed with a lease, marked by whoever holds it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Update, and_, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.foundation.jobs import Shards
from scheduler.delivery.models import ChannelSwitch, Message

QUIET = {"synchronize_session": False}


class Mark(NamedTuple):
    """What becomes of one message that was held under a number of attempts."""

    id: UUID
    attempts: int
    values: dict[str, Any]


def anything_due(session: Session, now: datetime, channels: Iterable[str], shards: Shards | None = None) -> bool:
    """Whether a message waits that can be sent, or a lease has run out; a look into partial indexes for each channel."""
    waiting = [exists(select(col(Message.id)).where(_due(now, name, shards))) for name in sorted(channels)]
    stale = exists(select(col(Message.id)).where(_left_behind(now)))
    return bool(session.scalar(select(or_(stale, *waiting))))


def claim(session: Session, now: datetime, lease_until: datetime, channel: str, limit: int, shards: Shards | None = None) -> list[Message]:
    """A channel's messages due first, now held until the lease ends; rows that another process is taking are passed over."""
    query = select(col(Message.id)).where(_due(now, channel, shards)).order_by(col(Message.due_at)).limit(limit)
    ids = list(session.scalars(query.with_for_update(skip_locked=True)))
    if not ids:
        return []
    taken = update(Message).where(ids_in(col(Message.id), ids), col(Message.state) == "waiting")
    values = {"state": "sending", "lease_until": lease_until, "attempts": col(Message.attempts) + 1}
    session.execute(taken.values(**values).execution_options(**QUIET))
    return list(session.scalars(select(Message).where(ids_in(col(Message.id), ids)).order_by(col(Message.due_at))))


def mark(session: Session, marks: Iterable[Mark]) -> list[UUID]:
    """Write what became of messages, each only while it is still held under the same attempt; returns those that were."""
    done = []
    for one in marks:
        held = update(Message).where(col(Message.id) == one.id, col(Message.state) == "sending", col(Message.attempts) == one.attempts)
        if _write(session, held.execution_options(**QUIET), {"lease_until": None, **one.values}):
            done.append(one.id)
    return done


def _write(session: Session, held: Update, values: dict[str, Any]) -> bool:
    """A provider may give one reference twice; then the message is marked without it, or it would be sent again for ever."""
    try:
        with session.begin_nested():
            result: Any = session.execute(held.values(**values))
    except IntegrityError:
        result = session.execute(held.values(**{**values, "provider_ref": None}))
    return bool(result.rowcount)


def reclaim(session: Session, now: datetime, dropping: Sequence[str]) -> int:
    """Messages whose holder died between sending and marking: nobody knows whether the provider has them.

    Where the channel drops copies they wait again under the same key; elsewhere they count as sent and are shown.
    """
    drops = col(Message.channel).in_(dropping)
    again = update(Message).where(_left_behind(now), drops).values(state="waiting", lease_until=None)
    unknown = update(Message).where(_left_behind(now), ~drops).values(state="unknown", reason="no_answer", lease_until=None, done_at=now)
    results: list[Any] = [session.execute(one.execution_options(**QUIET)) for one in (again, unknown)]
    return sum(int(one.rowcount) for one in results)


def put_back(session: Session, held: Sequence[Message], due_at: datetime) -> None:
    """Let go of messages that were not tried after all; the attempt does not count."""
    mine = [
        and_(col(Message.id) == one.id, col(Message.state) == "sending", col(Message.attempts) == one.attempts) for one in held
    ]  # fmt: skip
    if mine:
        values = {"state": "waiting", "lease_until": None, "attempts": col(Message.attempts) - 1, "due_at": due_at}
        session.execute(update(Message).where(or_(*mine)).values(**values).execution_options(**QUIET))


def switched_off(session: Session) -> set[str]:
    """Channels that are off; `*` stands for all of them."""
    return set(session.scalars(select(col(ChannelSwitch.channel)).where(col(ChannelSwitch.on).is_(False))))


def send_again(session: Session, ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Put messages that came to a bad end back into the queue under the same key."""
    dead = update(Message).where(ids_in(col(Message.id), ids), col(Message.state).in_(("refused", "unknown")))
    values = {"state": "waiting", "attempts": 0, "due_at": now, "reason": None, "accepted_at": None, "done_at": None, "taken_over_at": None}
    return list(session.scalars(dead.values(**values).returning(col(Message.id)).execution_options(**QUIET)))


def _due(now: datetime, channel: str, shards: Shards | None) -> Any:
    due = and_(col(Message.state) == "waiting", col(Message.channel) == channel, col(Message.due_at) <= now)
    return due if shards is None else and_(due, col(Message.shard).between(*shards))


def _left_behind(now: datetime) -> Any:
    return and_(col(Message.state) == "sending", col(Message.lease_until) <= now)


def withdraw_of_customers(session: Session, customer_ids: Sequence[UUID], reason: str, now: datetime) -> int:
    """Close what still waits to be sent to some customers; returns how many messages."""
    waiting = update(Message).where(ids_in(col(Message.customer_id), customer_ids), col(Message.state) == "waiting")
    values = {"state": "refused", "reason": reason, "done_at": now}
    result = session.execute(waiting.values(**values).execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def withdraw(session: Session, reasons: Mapping[UUID, str], now: datetime) -> None:
    """Close messages that still wait, each for its reason."""
    by_reason: dict[str, list[UUID]] = {}
    for message_id, reason in sorted(reasons.items()):
        by_reason.setdefault(str(reason), []).append(message_id)
    for reason, ids in by_reason.items():
        waiting = update(Message).where(ids_in(col(Message.id), ids), col(Message.state) == "waiting")
        session.execute(waiting.values(state="refused", reason=reason, done_at=now).execution_options(**QUIET))
