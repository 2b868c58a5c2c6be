"""What staff do with messages and channels: send again, switch on and off. Each is audited."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people.rules.roles import Scope
from scheduler.delivery.store import pages, queue
from scheduler.delivery.wordings import CHANNELS

ALL = "*"


def send_again(session: Session, scope: Scope, ids: Sequence[UUID], actor: Actor, now: datetime) -> int:
    """Put dead letters back into the queue under their old key; the last check before sending still decides."""
    sent = queue.send_again(session, pages.dead_among(session, scope, now, ids), now)
    for message_id in sent:
        trail.record(session, actor, "message.send_again", "message", message_id, now)
    return len(sent)


def switch(session: Session, channel: str, actor: Actor, now: datetime, *, on: bool) -> None:
    """Switch a channel, or everything (`*`).

    Raises  InvalidInput for a channel there is not
    """
    if channel not in (*CHANNELS, ALL):
        raise InvalidInput({"channel": "not_one_of_the_words"})
    pages.put_switch(session, channel, on=on, user_id=actor.user_id, now=now)
    trail.record(session, actor, "channel.on" if on else "channel.off", "channel", channel, now)
