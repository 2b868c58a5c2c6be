"""Which channels may be used just now and how much: those that rest are passed over, rates are kept, what is down is tried with one."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from portal.foundation.jobs import Shards
from scheduler.delivery.channels.base import Channel
from scheduler.delivery.models import Message
from scheduler.delivery.rules.throttle import allowance, rest_after, trying
from scheduler.delivery.store import channels as store
from scheduler.delivery.store import queue


def awake(session: Session, channels: Collection[str], now: datetime) -> list[str]:
    """The channels that do not rest."""
    states = store.states(session)
    return sorted(name for name in channels if not ((row := states.get(name)) and row.open_until and row.open_until > now))


def claim(
    session: Session, channels: Mapping[str, Channel], now: datetime, lease: timedelta, limit: int, shards: Shards | None
) -> list[Message]:
    """Claim what is due, channel by channel: each as much as its rate and its state allow, at most `limit`."""
    rates = {name: row.rate for name, row in store.settings(session).items() if row.rate and name in channels}
    states = store.states(session)
    if missing := set(rates) - states.keys():
        store.make_states(session, missing)
    if rates:
        states |= store.states(session, rates)  # held: workers share one rate
    held: list[Message] = []
    for name in awake(session, channels, now):
        row, rate = states.get(name), rates.get(name)
        room, tokens = limit, 0.0
        if row is not None and trying(row.strikes):
            room = 1
        if row is not None and rate:
            tokens = allowance(row.tokens, row.tokens_at, rate, now)
            room = min(room, int(tokens))
        taken = queue.claim(session, now, now + lease, name, room, shards) if room else []
        if rate:
            store.use_tokens(session, name, tokens - len(taken), now)
        held += taken
    return held


def strike(session: Session, channel: str, strikes: int, now: datetime) -> datetime | None:
    """A channel did not answer so often in a row; returns until when it rests."""
    store.make_states(session, [channel])
    row = store.states(session, [channel])[channel]
    total = row.strikes + strikes
    rest = rest_after(total)
    until = now + rest if rest else None
    store.put_strikes(session, channel, total, until)
    return until


def recovered(session: Session, channel: str) -> None:
    """A channel answered: its strikes are forgotten."""
    row = store.states(session).get(channel)
    if row is not None and (row.strikes or row.open_until):
        store.put_strikes(session, channel, 0, None)
