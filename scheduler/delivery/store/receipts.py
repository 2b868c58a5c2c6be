"""The SQL of receipts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, func, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in, upsert_for
from scheduler.delivery.channel_models import Receipt
from scheduler.delivery.models import Message

QUIET = {"synchronize_session": False}


def messages(session: Session, channel: str, keys: Iterable[UUID], references: Iterable[str]) -> list[Message]:
    """The messages of a channel that were handed over at least once, by our key or the provider's reference; held, in order of ids."""
    meant_for = (channel, "rcs") if channel == "sms" else (channel,)  # a card may go out as SMS before we have marked it so
    by_channel = or_(col(Message.channel).in_(meant_for), col(Message.via) == channel)
    named = or_(ids_in(col(Message.id), keys), keys_in(col(Message.provider_ref), references))
    query = select(Message).where(named, by_channel, col(Message.attempts) > 0).order_by(col(Message.id))
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[bytes]:
    """Write receipts; returns the digests of those that were not there already."""
    if not rows:
        return set()
    table: Any = Receipt.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    insert = upsert_for(session)(table).on_conflict_do_nothing(index_elements=["digest"]).returning(table.c.digest)
    return set(session.scalars(insert, list(rows)))


def apply(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write on messages what became of them, all in one execution; contacts take it over from there.

    Shape   rows of key, receipt, receipt_at, delivered_at, now; a message of which nothing was known is known to have been taken
    """
    if not rows:
        return
    table: Any = Message.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    words: dict[str, Any] = {"receipt": bindparam("word"), "receipt_at": bindparam("word_at"), "taken_over_at": None}
    first = func.coalesce(table.c.delivered_at, bindparam("first"))
    statement = update(table).where(table.c.id == bindparam("key")).values(**words, delivered_at=first)
    session.connection().execute(statement, [{name: row[name] for name in ("key", "word", "word_at", "first")} for row in rows])


def known_now(session: Session, ids: Iterable[UUID], now: datetime) -> None:
    """Messages that were thought lost, or were to be tried again: the provider has them."""
    unsure = col(Message.state).in_(("unknown", "waiting", "refused"))
    values: dict[str, Any] = {
        "state": "accepted", "reason": None, "lease_until": None,
        "accepted_at": func.coalesce(col(Message.accepted_at), now), "done_at": func.coalesce(col(Message.done_at), now),
    }  # fmt: skip
    session.execute(update(Message).where(ids_in(col(Message.id), ids), unsure).values(**values).execution_options(**QUIET))


def waiting(session: Session, since: datetime) -> bool:
    """Whether a receipt waits for its message; a look into a partial index."""
    query = select(exists(select(col(Receipt.id)).where(col(Receipt.message_id).is_(None), col(Receipt.received_at) > since)))
    return bool(session.scalar(query))


def unmatched(session: Session, since: datetime, limit: int) -> Sequence[Receipt]:
    """Receipts that came before we knew their message."""
    query = select(Receipt).where(col(Receipt.message_id).is_(None), col(Receipt.received_at) > since)
    return session.scalars(query.order_by(col(Receipt.received_at)).limit(limit).with_for_update(skip_locked=True)).all()


def of_message(session: Session, message_id: UUID) -> Sequence[Receipt]:
    """All that a provider said of a message, in the order in which it happened."""
    return session.scalars(select(Receipt).where(col(Receipt.message_id) == message_id).order_by(col(Receipt.at))).all()


def forget(session: Session, before: datetime, limit: int) -> int:
    """Delete old receipts, some at a time."""
    ids = list(session.scalars(select(col(Receipt.id)).where(col(Receipt.received_at) < before).limit(limit)))
    if ids:
        session.execute(delete(Receipt).where(ids_in(col(Receipt.id), ids)).execution_options(**QUIET))
    return len(ids)
