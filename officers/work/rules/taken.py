"""When a photo was taken, as its own data says, held against the claim."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum

SLACK = timedelta(minutes=5)
"""Phones' clocks differ a little."""


class Timing(StrEnum):
    """What a photo's time says about it."""

    FITS = "time_fits"
    UNKNOWN = "time_unknown"
    BEFORE = "time_before_claim"
    AFTER = "time_after_sending"


def read(spoken: str, offset: str, zone: tzinfo) -> datetime | None:
    """The moment in a photo's data, `2026:11:20 14:03:11`; without an offset of its own it is the bank's time. None for nonsense."""
    try:
        local = datetime.strptime(spoken.strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  # its zone is added below
    except ValueError:
        return None
    return local.replace(tzinfo=_offset(offset) or zone).astimezone(UTC)


def _offset(spoken: str) -> tzinfo | None:
    spoken = spoken.strip("\x00 ")
    if len(spoken) != 6 or spoken[0] not in "+-" or spoken[3] != ":" or not (spoken[1:3] + spoken[4:]).isdigit():
        return None
    hours, minutes = int(spoken[1:3]), int(spoken[4:])
    if hours > 14 or minutes > 59:
        return None
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(away if spoken[0] == "+" else -away)


def timing(taken_at: datetime | None, claimed_at: datetime, sent_at: datetime) -> Timing:
    """Whether a photo was taken between the claim and its sending."""
    if taken_at is None:
        return Timing.UNKNOWN
    if taken_at < claimed_at - SLACK:
        return Timing.BEFORE
    return Timing.AFTER if taken_at > sent_at + SLACK else Timing.FITS
