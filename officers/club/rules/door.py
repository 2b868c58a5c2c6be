"""Checking in at an activity: its code, and from when until when it counts."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

STEP = timedelta(seconds=60)
"""A rotating code lives so long; the one before it still counts, for those who were typing."""
DIGITS = 6


class Refusal(StrEnum):
    """Why somebody can't check in."""

    TOO_EARLY = "check_in_too_early"
    TOO_LATE = "check_in_too_late"
    WRONG_CODE = "check_in_wrong_code"


@dataclass(frozen=True)
class Door:
    """An activity's door: when it begins, how long before and after that one may check in, and how its code is made."""

    activity_id: UUID
    starts_at: datetime
    early_minutes: int
    late_minutes: int
    code_kind: str
    secret: str

    @property
    def opens_at(self) -> datetime:
        """From this moment on codes count."""
        return self.starts_at - timedelta(minutes=self.early_minutes)

    @property
    def closes_at(self) -> datetime:
        """From this moment on they don't any more."""
        return self.starts_at + timedelta(minutes=self.late_minutes)


def code(door: Door, now: datetime, back: int = 0) -> str:
    """Six digits: the activity's own, or those of this minute (`back` minutes ago)."""
    step = 0 if door.code_kind == "fixed" else int(now.timestamp() // STEP.total_seconds()) - back
    digest = hmac.digest(door.secret.encode(), b"check-in" + door.activity_id.bytes + step.to_bytes(8, "big"), "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def refusal(door: Door, typed: str, now: datetime) -> Refusal | None:
    """Why a typed code does not open the door now; None where it does. The time is said before the code is looked at."""
    if now < door.opens_at:
        return Refusal.TOO_EARLY
    if now >= door.closes_at:
        return Refusal.TOO_LATE
    digits = "".join(letter for letter in typed if letter.isascii() and letter.isdigit())
    # Both are compared, so that the time it takes tells nothing.
    right = [hmac.compare_digest(digits.encode(), code(door, now, back).encode()) for back in (0, 1)]
    return None if any(right) else Refusal.WRONG_CODE
