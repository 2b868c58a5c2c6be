"""Receipts: what providers say of messages afterwards. Copies are dropped, the order they come in does not matter."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people import consent, reach
from scheduler.delivery.models import Message
from scheduler.delivery.rules.receipts import Word, delivered_at, newest, problem_of
from scheduler.delivery.store import receipts as store

WAITS = timedelta(days=1)
"""How long a receipt waits for a message that we do not know yet."""
KEPT = timedelta(days=90)
BATCH = 500


class Said(NamedTuple):
    """One receipt: our key or the provider's reference, what happened, and when."""

    status: str
    at: datetime
    key: UUID | None = None
    ref: str | None = None
    reason: str = ""


class Refusal(NamedTuple):
    """A receipt that can't be true: its place, and why."""

    place: int
    code: str


class Taken(NamedTuple):
    """What became of some receipts: received = applied + repeated + unknown + refused."""

    applied: int
    repeated: int
    unknown: int
    refused: list[Refusal]


def take(session: Session, channel: str, said: Sequence[Said], now: datetime) -> Taken:
    """Take receipts of one channel in. Those of unknown messages wait for a day: a provider may be faster than our own mark."""
    found = _Messages(session, channel, said)
    rows, refused = [], []
    for place, one in enumerate(said):
        message = found.of(one)
        if problem := problem_of(one.at, message.created_at if message else None, now):
            refused.append(Refusal(place, problem))
        else:
            rows.append(_row(channel, one, message, now))
    rows = list({row["digest"]: row for row in rows}.values())
    fresh = store.add(session, rows)
    new = [row for row in rows if row["digest"] in fresh]
    _apply(session, channel, [(found.by_id[row["message_id"]], row) for row in new if row["message_id"]], now)
    unknown = sum(1 for row in new if not row["message_id"])
    return Taken(len(new) - unknown, len(said) - len(refused) - len(new), unknown, refused)


class _Messages:
    """The messages that some receipts speak of."""

    def __init__(self, session: Session, channel: str, said: Iterable[Said]) -> None:
        several = list(said)
        found = store.messages(session, channel, {one.key for one in several if one.key}, {one.ref for one in several if one.ref})
        self.by_id = {one.id: one for one in found}
        self._by_ref = {one.provider_ref: one for one in found if one.provider_ref}

    def of(self, one: Said) -> Message | None:
        """Our key counts before the provider's reference."""
        return self.by_id.get(one.key) if one.key else self._by_ref.get(one.ref or "")


def _row(channel: str, one: Said, message: Message | None, now: datetime) -> dict[str, Any]:
    """The same word about the same message is one receipt, however often it comes."""
    digest = sha256("|".join((channel, str(one.key or ""), one.ref or "", one.status, one.at.isoformat())).encode()).digest()
    row = {"id": new_id(), "channel": channel, "digest": digest, "message_id": message.id if message else None}
    own = {"key": one.key, "provider_ref": one.ref, "status": one.status, "reason": one.reason, "at": one.at, "received_at": now}
    return row | own


def _apply(session: Session, channel: str, new: Sequence[tuple[Message, dict[str, Any]]], now: datetime) -> None:
    """Write what is newest on each message; what leads nowhere is not used for that customer any more."""
    words: dict[UUID, list[Word]] = defaultdict(list)
    messages: dict[UUID, Message] = {}
    for message, row in new:
        messages[message.id] = message
        words[message.id].append(Word(row["status"], row["at"]))
    rows, changed = [], []
    for key, several in sorted(words.items()):
        message = messages[key]
        before = [Word(message.receipt, message.receipt_at)] if message.receipt and message.receipt_at else []
        best = newest(before + several)
        rows.append({"key": key, "word": best.status, "word_at": best.at, "first": delivered_at(several)})
        if best not in before and not message.to_staff:
            changed.append((message.customer_id, best.status))
    store.apply(session, rows)
    store.known_now(session, list(words), now)
    _reach(session, channel, changed, now)


def _reach(session: Session, channel: str, changed: Sequence[tuple[UUID, str]], now: datetime) -> None:
    """A bounce means that the address is gone, a block that the customer wants nothing by this channel."""
    by_status: dict[str, set[UUID]] = defaultdict(set)
    for customer_id, status in changed:
        by_status[status].add(customer_id)
    if by_status["bounced"]:
        reach.lost(session, by_status["bounced"], channel, now)
    if by_status["delivered"]:
        reach.found(session, by_status["delivered"], channel, now)
    for customer_id in sorted(by_status["blocked"]):
        consent.opt_out(session, customer_id, now, "blocked", channel=channel)


def match(ground: Ground, now: datetime) -> int:
    """Look again for the messages of receipts that came too early."""
    with ground.reading() as session:
        if not store.waiting(session, now - WAITS):
            return 0
    with ground.writing() as session:
        waiting = store.unmatched(session, now - WAITS, BATCH)
        by_channel: dict[str, list[Any]] = defaultdict(list)
        for row in waiting:
            by_channel[row.channel].append(row)
        for channel, rows in by_channel.items():
            said = [Said(row.status, row.at, row.key, row.provider_ref) for row in rows]
            found = _Messages(session, channel, said)
            pairs = [(message, row) for one, row in zip(said, rows, strict=True) if (message := found.of(one))]
            for message, row in pairs:
                row.message_id = message.id
            session.flush()
            _apply(session, channel, [(message, {"status": row.status, "at": row.at}) for message, row in pairs], now)
    return len(waiting)


def forget(ground: Ground, now: datetime) -> int:
    """Delete old receipts."""
    with ground.writing() as session:
        return store.forget(session, now - KEPT, 1_000)
