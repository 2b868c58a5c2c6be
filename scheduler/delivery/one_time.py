"""One-time codes of six digits: derived from an id whenever they are needed, as links are, so that no row of the outbox holds one."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from portal.foundation.crypto import Keys

DIGITS = 6
HIDDEN = "•" * DIGITS


def digits(keys: Keys, code_id: UUID, number: int | None = None) -> tuple[str, int]:
    """The code that belongs to an id, and the number of the key that made it."""
    token, key = keys.link_token(code_id, number)
    value = int.from_bytes(hashlib.sha256(f"one-time|{token}".encode()).digest()[:8], "big")
    return f"{value % 10**DIGITS:0{DIGITS}d}", key


def with_code(keys: Keys, facts: Mapping[str, Any], *, hidden: bool = False) -> Mapping[str, Any]:
    """A message's facts with the code in words where they name one: `{"code_of": {"id", "key"}}`; staff see dots."""
    named = facts.get("code_of")
    if not named:
        return facts
    return {**facts, "code": HIDDEN if hidden else digits(keys, UUID(named["id"]), named["key"])[0]}
