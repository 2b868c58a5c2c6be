"""Claim, commit, check again, send, mark: no provider is ever called inside a transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.foundation.chance import chance
from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from questionnaires.metrics.models import NO_UNIT
from questionnaires.metrics.store.counting import FunnelKey, add_funnel
from scheduler.delivery.channels.available import available
from scheduler.delivery.channels.base import Channel, Letter, Outcome, Refused, Sent, Unknown
from scheduler.delivery.compose import Composer
from scheduler.delivery.models import Message
from scheduler.delivery.outbox import NEWEST
from scheduler.delivery.rules.retry import pause
from scheduler.delivery.store import queue
from scheduler.delivery.store.people import LinkOf
from scheduler.delivery.store.queue import Mark

LEASE = timedelta(minutes=10)
BATCH = 200
STRIKES = 3
"""So many unreachable in a row and a channel is left alone for a while."""
REST = timedelta(minutes=1)
OFF = timedelta(minutes=5)


class Verdict(NamedTuple):
    """What the last check before sending says. Neither: go on. `release` is why it must not be sent, `until` when to look again."""

    release: str | None = None
    until: datetime | None = None


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
    shards: tuple[int, int] | None = None,
) -> int:
    """Send what is due, of some shards or of all; returns how many messages were taken up. Safe to run twice and in two processes."""
    channels = available(ground.settings) if channels is None else channels
    with ground.reading() as session:
        # SQLite knows one writer: its place is asked for only where there is work.
        if not queue.anything_due(session, now, channels, shards):
            return 0
    with ground.writing() as session:
        left = queue.reclaim(session, now, [name for name, channel in channels.items() if channel.drops_copies])
        held = queue.claim(session, now, now + LEASE, channels, limit, shards)
    run = _Run(ground, recheck, now + LEASE / 2)
    for channel, together in _portions(held, channels):
        run.take(channel, together)
    return left + len(held)


def _portions(held: Sequence[Message], channels: Mapping[str, Channel]) -> Iterator[tuple[Channel, list[Message]]]:
    """The messages by channel, as many at a time as may be checked together."""
    by_channel: dict[str, list[Message]] = defaultdict(list)
    for message in held:
        by_channel[message.channel].append(message)
    for name, messages in by_channel.items():
        size = channels[name].together
        for start in range(0, len(messages), size):
            yield channels[name], messages[start : start + size]


class _Run:
    """One run over the claimed messages, with the strikes of each channel."""

    def __init__(self, ground: Ground, recheck: Recheck, stop_at: datetime) -> None:
        self._ground, self._recheck, self._stop_at = ground, recheck, stop_at
        self._strikes: Counter[str] = Counter()

    def take(self, channel: Channel, messages: list[Message]) -> None:
        """Check, send and mark a portion; or put it back where the channel is down or the lease half over."""
        now = self._ground.now()
        if self._strikes[channel.name] >= STRIKES or now >= self._stop_at:
            with self._ground.writing() as session:
                queue.put_back(session, messages, now + REST)
            return
        letters, links = self._check(channel, messages, now)
        outcomes = [(message, self._send(channel, letter), getattr(letter, "version", NEWEST)) for message, letter in letters]
        if outcomes:
            self._mark(channel, outcomes, links)

    def _check(
        self, channel: Channel, messages: list[Message], now: datetime
    ) -> tuple[list[tuple[Message, Letter | Refused]], Mapping[UUID, LinkOf]]:
        """R17: once more before every attempt, in a transaction of its own; and write the letters of those that go on."""
        with self._ground.writing() as session:
            verdicts = self._recheck(self._ground, session, messages, now)
            off = queue.switched_off(session)
            rest = OFF if off & {"*", channel.name} else None
            queue.mark(session, [mark for one in messages if (mark := _held_up(one, verdicts.get(one.id, Verdict()), now, rest))])
            going = [] if rest else [one for one in messages if verdicts.get(one.id, Verdict()) == Verdict()]
            composer = Composer(self._ground, session, going)
            return [(one, composer.write(one, channel)) for one in going], composer.links

    def _send(self, channel: Channel, letter: Letter | Refused) -> Outcome:
        if isinstance(letter, Refused):
            return letter
        outcome = channel.send(letter)
        unreachable = isinstance(outcome, Refused) and outcome.unreachable
        self._strikes[channel.name] = self._strikes[channel.name] + 1 if unreachable else 0
        return outcome

    def _mark(self, channel: Channel, outcomes: Sequence[tuple[Message, Outcome, int]], links: Mapping[UUID, LinkOf]) -> None:
        now = self._ground.now()
        with self._ground.writing() as session:
            marked = set(queue.mark(session, [_after(channel, *one, now) for one in outcomes]))
            sent = [message for message, outcome, _version in outcomes if isinstance(outcome, Sent) and message.id in marked]
            add_funnel(session, _funnel(sent, links, day_in(self._ground.settings.zone, now)))


def _held_up(message: Message, verdict: Verdict, now: datetime, rest: timedelta | None) -> Mark | None:
    """What becomes of a message that does not go out now; its attempt does not count."""
    if verdict.release:
        return Mark(message.id, message.attempts, {"state": "refused", "reason": verdict.release, "done_at": now})
    until = verdict.until or (now + rest if rest else None)
    if until is None:
        return None
    return Mark(message.id, message.attempts, {"state": "waiting", "due_at": until, "attempts": message.attempts - 1})


def _after(channel: Channel, message: Message, outcome: Outcome, version: int, now: datetime) -> Mark:
    """What an outcome makes of a message; once somebody may have read it, its words are kept by their version."""
    if isinstance(outcome, Sent):
        delivered_at = now if channel.name == "file" else None
        values: dict[str, Any] = {"state": "accepted", "reason": None, "provider_ref": outcome.provider_ref, "accepted_at": now}
        return Mark(message.id, message.attempts, {**values, "delivered_at": delivered_at, "done_at": now, "template_version": version})
    final = "unknown" if isinstance(outcome, Unknown) else "refused"
    for_good = not channel.drops_copies if isinstance(outcome, Unknown) else outcome.permanent
    wait = None if for_good else pause(message.attempts, chance("retry", message.id.hex, str(message.attempts)))
    kept = {"reason": outcome.reason, "template_version": version if isinstance(outcome, Unknown) else message.template_version}
    if wait is None:
        return Mark(message.id, message.attempts, {"state": final, "done_at": now, **kept})
    return Mark(message.id, message.attempts, {"state": "waiting", "due_at": now + wait, **kept})


def _funnel(sent: Sequence[Message], links: Mapping[UUID, LinkOf], day: Any) -> dict[FunnelKey, int]:
    """Invitations that a provider took, by the unit in charge; reminders, test links and messages to staff do not count."""
    rows: Counter[FunnelKey] = Counter()
    for message in sent:
        invitation = links.get(message.invitation_id) if message.invitation_id else None
        if message.template != "reminder" and invitation and invitation.purpose == "customer" and not invitation.test:
            rows[FunnelKey(day, invitation.unit_id or NO_UNIT, invitation.touchpoint, message.channel, "delivered", "")] += 1
    return rows
