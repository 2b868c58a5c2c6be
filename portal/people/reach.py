"""By which channels a customer can be reached: what came back as undeliverable is left out until a message arrives again."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.people import reach_store as store

OF_ADDRESS = {"phone": frozenset({"sms", "rcs", "voice"}), "email": frozenset({"email"}), "openid": frozenset({"wechat"})}
"""The channels that lead to each address: a new address may be reached again."""


def lost(session: Session, customer_ids: Iterable[UUID], channel: str, now: datetime) -> int:
    """A channel does not lead to these customers any more: a hard bounce, a number that does not exist, an account unfollowed.

    Returns how many were reachable by it until now
    """
    return _change(session, customer_ids, now, lambda held: held | {channel})


def found(session: Session, customer_ids: Iterable[UUID], channel: str, now: datetime) -> int:
    """A message arrived by a channel: it may be used again. Returns how many were thought unreachable by it."""
    return _change(session, customer_ids, now, lambda held: held - {channel})


def kept(held: str, changed: Iterable[str]) -> str:
    """What is still known to be unreachable once some addresses (phone, email, openid) are new."""
    gone: frozenset[str] = frozenset().union(*(OF_ADDRESS[name] for name in changed))
    return _text(set(held.split()) - gone)


def _change(session: Session, customer_ids: Iterable[UUID], now: datetime, change: "store.Change") -> int:
    rows = store.held(session, customer_ids)
    new = {one: text for one, held in rows.items() if (text := _text(change(set(held.split())))) != held}
    store.write(session, new, now)
    return len(new)


def _text(channels: Iterable[str]) -> str:
    return " ".join(sorted(channels))
