"""Claim, commit, check again, send, mark: no provider is ever called inside a transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from portal.foundation.jobs import Shards
from portal.people import reach
from questionnaires.metrics.store.counting import add_funnel
from scheduler.delivery import throttling
from scheduler.delivery.channels.available import available
from scheduler.delivery.channels.base import Channel, Letter, Outcome, Refused, Sent, Unknown
from scheduler.delivery.compose import Composer, Words
from scheduler.delivery.models import Message
from scheduler.delivery.outcomes import LOST, Attempt, Verdict, after, funnel, held_up
from scheduler.delivery.rules.throttle import STRIKES
from scheduler.delivery.store import channels as channel_store
from scheduler.delivery.store import queue
from scheduler.delivery.store.people import LinkOf

__all__ = ["Recheck", "Verdict", "nothing_changed", "send_due"]
log = structlog.get_logger()
LEASE = timedelta(minutes=10)
BATCH = 200
REST = timedelta(minutes=1)
OFF = timedelta(minutes=5)

Recheck = Callable[[Ground, Session, Sequence[Message], datetime], Mapping[UUID, Verdict]]
"""Given by whoever reserved the messages: locks the persons and decides; what it says nothing about goes on."""


def nothing_changed(_ground: Ground, _session: Session, _messages: Sequence[Message], _now: datetime) -> Mapping[UUID, Verdict]:
    """The check of an installation in which nobody reserves anything."""
    return {}


def send_due(
    ground: Ground,
    now: datetime,
    recheck: Recheck = nothing_changed,
    channels: Mapping[str, Channel] | None = None,
    limit: int = BATCH,
    shards: Shards | None = None,
) -> int:
    """Send what is due, of some shards or of all; returns how many messages were taken up. Safe to run twice and in two processes."""
    with ground.reading() as session:
        # SQLite knows one writer: its place is asked for only where there is work.
        channels = available(ground, session) if channels is None else channels
        if not queue.anything_due(session, now, throttling.awake(session, channels, now), shards):
            return 0
    with ground.writing() as session:
        left = queue.reclaim(session, now, [name for name, channel in channels.items() if channel.drops_copies])
        held = throttling.claim(session, channels, now, LEASE, limit, shards)
        costs = {name: row.cost for name, row in channel_store.settings(session).items() if row.cost is not None}
        run = _Run(ground, recheck, now + LEASE / 2, Words(session), costs)
    _all_channels(run, held, channels)
    return left + len(held)


def _all_channels(run: "_Run", held: Sequence[Message], channels: Mapping[str, Channel]) -> None:
    """Each channel by itself: a provider that hangs holds up nobody else's messages."""
    by_channel: dict[str, list[Message]] = defaultdict(list)
    for message in held:
        by_channel[message.channel].append(message)
    if len(by_channel) < 2:
        for name, messages in by_channel.items():
            run.take_all(channels[name], messages)
        return
    with ThreadPoolExecutor(len(by_channel)) as pool:
        for done in [pool.submit(run.take_all, channels[name], messages) for name, messages in by_channel.items()]:
            done.result()


def _portions(channel: Channel, messages: Sequence[Message]) -> Iterator[list[Message]]:
    """As many messages at a time as may be checked together."""
    for start in range(0, len(messages), channel.together):
        yield list(messages[start : start + channel.together])


class _Run:
    """One run over the claimed messages, with the strikes of each channel."""

    def __init__(self, ground: Ground, recheck: Recheck, stop_at: datetime, words: Words, costs: Mapping[str, int]) -> None:
        self._ground, self._recheck, self._stop_at, self._words, self._costs = ground, recheck, stop_at, words, costs
        self._strikes: Counter[str] = Counter()
        self._answered: set[str] = set()

    def take_all(self, channel: Channel, messages: Sequence[Message]) -> None:
        """All claimed messages of one channel, then what it learned about the channel."""
        for together in _portions(channel, messages):
            self._take(channel, together)
        strikes = self._strikes[channel.name]
        if not strikes and channel.name not in self._answered:
            return
        with self._ground.writing() as session:
            if channel.name in self._answered:
                throttling.recovered(session, channel.name)
            if strikes:
                throttling.strike(session, channel.name, strikes, self._ground.now())

    def _take(self, channel: Channel, messages: list[Message]) -> None:
        """Check, send and mark a portion; or put it back where the channel is down or the lease half over."""
        now = self._ground.now()
        if self._strikes[channel.name] >= STRIKES or now >= self._stop_at:
            with self._ground.writing() as session:
                queue.put_back(session, messages, now + REST)
            return
        letters, links = self._check(channel, messages, now)
        attempts = [Attempt(message, letter, self._send(channel, letter)) for message, letter in letters]
        if attempts:
            self._mark(channel, attempts, links)

    def _check(
        self, channel: Channel, messages: list[Message], now: datetime
    ) -> tuple[list[tuple[Message, Letter | Refused]], Mapping[UUID, LinkOf]]:
        """R17: once more before every attempt, in a transaction of its own; and write the letters of those that go on."""
        with self._ground.writing() as session:
            verdicts = self._recheck(self._ground, session, messages, now)
            off = queue.switched_off(session)
            rest = OFF if off & {"*", channel.name} else None
            queue.mark(session, [mark for one in messages if (mark := held_up(one, verdicts.get(one.id, Verdict()), now, rest))])
            going = [] if rest else [one for one in messages if verdicts.get(one.id, Verdict()) == Verdict()]
            composer = Composer(self._ground, session, going, self._words)
            letters = [(one, composer.write(one, channel)) for one in going]
            return [(one, _without_fallback(letter) if "sms" in off else letter) for one, letter in letters], composer.links

    def _send(self, channel: Channel, letter: Letter | Refused) -> Outcome:
        if isinstance(letter, Refused):
            return letter
        outcome = channel.send(letter)
        if isinstance(outcome, Unknown) or (isinstance(outcome, Refused) and outcome.unreachable):
            self._strikes[channel.name] += 1
        else:
            self._strikes[channel.name] = 0
            self._answered.add(channel.name)
        return outcome

    def _mark(self, channel: Channel, attempts: Sequence[Attempt], links: Mapping[UUID, LinkOf]) -> None:
        now = self._ground.now()
        with self._ground.writing() as session:
            marked = set(queue.mark(session, [after(channel, one, self._costs, now) for one in attempts]))
            sent = [one.message for one in attempts if isinstance(one.outcome, Sent) and one.message.id in marked]
            add_funnel(session, funnel(sent, links, day_in(self._ground.settings.zone, now)))
            customers = [one for one in attempts if one.message.id in marked and not one.message.to_staff]
            gone = [one.message.customer_id for one in customers if _leads_nowhere(one.outcome)]
            if gone:
                reach.lost(session, gone, channel.name, now)
        for one in attempts:
            what, why = type(one.outcome).__name__.lower(), getattr(one.outcome, "reason", None)
            log.info("message", message=str(one.message.id), channel=channel.name, outcome=what, reason=why, attempt=one.message.attempts)


def _without_fallback(letter: Letter | Refused) -> Letter | Refused:
    return replace(letter, fallback="") if isinstance(letter, Letter) else letter


def _leads_nowhere(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and outcome.permanent and outcome.reason in LOST
