"""What becomes of messages: held up, accepted, tried again, given up; and what is counted of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from portal.foundation.chance import chance
from questionnaires.metrics.models import NO_UNIT
from questionnaires.metrics.store.counting import FunnelKey
from scheduler.delivery.channels.base import Channel, Letter, Outcome, Refused, Sent, Unknown
from scheduler.delivery.models import Message
from scheduler.delivery.rules.parts import parts_of
from scheduler.delivery.rules.retry import pause
from scheduler.delivery.store.people import LinkOf
from scheduler.delivery.store.queue import Mark

LOST = frozenset({"address_refused", "blocked", "not_following", "not_a_phone", "bounced"})
"""Reasons that say that a channel does not lead to the customer any more."""
BY_PARTS = frozenset({"sms"})
"""Channels that are paid by the part."""


class Verdict(NamedTuple):
    """What the last check before sending says. Neither: go on. `release` is why it must not be sent, `until` when to look again."""

    release: str | None = None
    until: datetime | None = None


class Attempt(NamedTuple):
    """One message that was tried: its letter, or why there could be none, and what came of it."""

    message: Message
    letter: Letter | Refused
    outcome: Outcome


def held_up(message: Message, verdict: Verdict, now: datetime, rest: timedelta | None) -> Mark | None:
    """What becomes of a message that does not go out now; its attempt does not count."""
    if verdict.release:
        return Mark(message.id, message.attempts, {"state": "refused", "reason": verdict.release, "done_at": now})
    until = verdict.until or (now + rest if rest else None)
    if until is None:
        return None
    return Mark(message.id, message.attempts, {"state": "waiting", "due_at": until, "attempts": message.attempts - 1})


def after(channel: Channel, attempt: Attempt, costs: Mapping[str, int], now: datetime) -> Mark:
    """What an outcome makes of a message; once somebody may have read it, its words are kept by their version."""
    message, letter, outcome = attempt
    version = letter.version if isinstance(letter, Letter) else message.template_version
    if isinstance(outcome, Sent):
        values: dict[str, Any] = {"state": "accepted", "reason": None, "provider_ref": outcome.provider_ref, "accepted_at": now}
        if channel.name == "file":
            values["delivered_at"] = now
        values |= {"done_at": now, "template_version": version, "via": outcome.via}
        return Mark(message.id, message.attempts, values | _paid(channel.name, letter, outcome, costs))
    final = "unknown" if isinstance(outcome, Unknown) else "refused"
    for_good = not channel.drops_copies if isinstance(outcome, Unknown) else outcome.permanent
    wait = None if for_good else pause(message.attempts, chance("retry", message.id.hex, str(message.attempts)))
    kept = {"reason": outcome.reason, "template_version": version if isinstance(outcome, Unknown) else message.template_version}
    if wait is None:
        return Mark(message.id, message.attempts, {"state": final, "done_at": now, **kept})
    return Mark(message.id, message.attempts, {"state": "waiting", "due_at": now + wait, **kept})


def _paid(channel: str, letter: Letter | Refused, outcome: Sent, costs: Mapping[str, int]) -> dict[str, Any]:
    """Parts and cents of what went out."""
    by = outcome.via or channel
    text = (letter.fallback if outcome.via else letter.text) if isinstance(letter, Letter) else ""
    parts = parts_of(text).parts if by in BY_PARTS else 1
    return {"parts": parts, "cost": costs[by] * parts if by in costs else None}


def funnel(sent: Sequence[Message], links: Mapping[UUID, LinkOf], day: date) -> dict[FunnelKey, int]:
    """Invitations that a provider took, by the unit in charge; reminders, test links and messages to staff do not count."""
    rows: Counter[FunnelKey] = Counter()
    for message in sent:
        invitation = links.get(message.invitation_id) if message.invitation_id else None
        if message.template != "reminder" and invitation and invitation.purpose == "customer" and not invitation.test:
            rows[FunnelKey(day, invitation.unit_id or NO_UNIT, invitation.touchpoint, message.channel, "delivered", "")] += 1
    return rows
