"""Signatures of what programs send each other: HMAC-SHA256 over a timestamp and the body, in the header `Soundings-Signature`."""

import hmac
from datetime import UTC, datetime, timedelta

HEADER = "Soundings-Signature"
TOLERANCE = timedelta(minutes=5)
"""How far the sender's clock may be off, and how long a signed body may be sent again by somebody who caught it."""


def sign(secret: str, at: datetime, body: bytes) -> str:
    """The header's value: `t=<seconds since 1970>,v1=<hex>`."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_mac(secret, seconds, body)}"


def verify(secret: str, header: str, body: bytes, now: datetime) -> bool:
    """Whether a body is signed with a secret, not longer ago than is tolerated; of several `v1` one must fit."""
    parts = [part.strip().partition("=") for part in header[:1000].split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if not secret or len(times) != 1 or not (times[0].isascii() and times[0].isdigit()) or len(times[0]) > 11:
        return False
    seconds = int(times[0])
    if abs(now - datetime.fromtimestamp(seconds, UTC)) > TOLERANCE:
        return False
    wanted = _mac(secret, seconds, body).encode()
    return any(hmac.compare_digest(value.encode("utf-8", "replace"), wanted) for name, _, value in parts if name == "v1")


def _mac(secret: str, seconds: int, body: bytes) -> str:
    return hmac.new(secret.encode(), b"%d." % seconds + body, "sha256").hexdigest()
