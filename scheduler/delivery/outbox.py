"""The outbox: rows that say what is to be sent to whom, and when. Whoever decides writes them; the job sends them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.foundation.ids import new_id

NEWEST = 0
"""The version of a message that was not sent yet: whatever wording is in force by then."""
TemplateKey = tuple[str, str, str]
"""Code, channel, language."""


@dataclass(frozen=True)
class MessageSpec:
    """One message to be sent.

    template    `invite`, `reminder` or `rerate`: which words; the channel and language choose among them
    facts       what it is about (`name_zh`, `name_en`) and when (`occurred_at`, ISO); nothing of the person
    to_staff    `customer_id` is a member of staff's user, who is told by the address of his own choice
    id          the key given to the provider; made here where it is not given
    """

    channel: str
    customer_id: UUID
    shard: int
    template: str
    language: str
    due_at: datetime
    contact_id: UUID | None = None
    invitation_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    to_staff: bool = False
    id: UUID = field(default_factory=new_id)


def make_rows(specs: Iterable[MessageSpec], now: datetime) -> list[dict[str, Any]]:
    """Rows for `insert_rows(session, Message, rows)`; the wording is chosen when they are sent, and its version kept then."""
    return [
        {
            "id": spec.id,
            "contact_id": spec.contact_id,
            "invitation_id": spec.invitation_id,
            "channel": spec.channel,
            "customer_id": spec.customer_id,
            "to_staff": spec.to_staff,
            "template": spec.template,
            "template_version": NEWEST,
            "language": spec.language,
            "facts": dict(spec.facts),
            "due_at": spec.due_at,
            "created_at": now,
            "attempts": 0,
            "state": "waiting",
            "shard": spec.shard,
        }
        for spec in specs
    ]
