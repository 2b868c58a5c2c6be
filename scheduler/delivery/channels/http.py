"""HTTP gateways that drop copies by their Idempotency-Key: what SMS, RCS and the bank's app have in common."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.foundation.posting import CONNECT, READ, Answer, Bounds, NotSent, Post
from portal.foundation.posting import Outcome as Posted
from scheduler.delivery.channels.base import Letter, Outcome, Refused, Sent, Unknown

REASONS = {"invalid_number": "address_refused", "unknown_recipient": "address_refused", "blocked": "blocked", "not_capable": "not_capable"}
"""What a gateway may say in `code` of why it refused for good, and what we call it."""


@dataclass(frozen=True)
class Gateway:
    """Where messages are posted, and the token that lets us."""

    url: str
    token: str = ""
    connect_timeout: float = CONNECT
    read_timeout: float = READ


class HttpChannel:
    """Posts a small JSON object; any 2xx means that the gateway has it. Nothing is retried inside the call."""

    drops_copies = True
    together = 1

    def __init__(self, gateway: Gateway) -> None:
        self._headers = {"Authorization": f"Bearer {gateway.token}", "Content-Type": "application/json"}
        bounds = Bounds(gateway.connect_timeout, gateway.read_timeout, 2 * gateway.read_timeout)
        self._post = Post(gateway.url, bounds)

    def body(self, letter: Letter) -> Mapping[str, Any]:
        """What the gateway is sent."""
        raise NotImplementedError

    def problem(self, _letter: Letter) -> str | None:
        """Why a letter can't be sent at all."""
        return None

    def send(self, letter: Letter) -> Outcome:
        """Hand a message to the gateway."""
        if (problem := self.problem(letter)) is not None:
            return Refused(permanent=True, reason=problem)
        body = json.dumps(self.body(letter), ensure_ascii=False).encode()
        return outcome_of(self._post.send(body, {**self._headers, "Idempotency-Key": str(letter.key)}), letter)


def outcome_of(posted: Posted, letter: Letter) -> Outcome:
    """What a gateway's answer means."""
    if not isinstance(posted, Answer):
        return Refused(permanent=False, reason="unreachable", unreachable=True) if isinstance(posted, NotSent) else Unknown("no_answer")
    status, said = posted.status, document(posted)
    if _of_another(said, letter):
        return Unknown("no_answer")
    if 200 <= status < 300:
        reference = said.get("ref") or said.get("id")
        return Sent(str(reference)[:100] if reference else str(letter.key))
    if status in (401, 403):
        return Refused(permanent=False, reason="not_authorised", unreachable=True)
    if status in (408, 425, 429) or status >= 500:
        return Refused(permanent=False, reason="try_later")
    return Refused(permanent=True, reason=REASONS.get(str(said.get("code")), "message_refused"))


def _of_another(said: Mapping[str, Any], letter: Letter) -> bool:
    """A gateway that answers twice on a line that is kept open may give one message's answer to the next: then `id` tells."""
    try:
        return UUID(str(said.get("id"))) != letter.key
    except ValueError:
        return False


def document(answer: Answer) -> dict[str, Any]:
    """The small JSON object of an answer; empty where there is none, or only half of one."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
