"""Review appeals: how many, how soon."""

from datetime import datetime, timedelta
from enum import StrEnum

FILE_WITHIN = timedelta(hours=72)
WINDOW = timedelta(days=30)
AT_LEAST, SHARE = 2, 10
"""Two, and one more for every ten approvals of the last 30 days."""


class Refusal(StrEnum):
    """Why an appeal is not taken; each is an error code."""

    STATE = "review_appeal_nothing_to_appeal"
    TOO_LATE = "review_appeal_too_late"
    ALREADY = "review_appeal_already"
    TOO_MANY = "review_appeal_too_many"


def allowance(approvals: int) -> int:
    """How many appeals an officer has in 30 days, after so many approvals in them."""
    return AT_LEAST + approvals // SHARE


def until(decided_at: datetime) -> datetime:
    """The first moment at which it is too late."""
    return decided_at + FILE_WITHIN


def refuse(*, rejected: bool, already: bool, decided_at: datetime | None, now: datetime, used: int, approvals: int) -> Refusal | None:
    """Why the officer can't appeal now.

    used  his appeals of the last 30 days that were not won
    """
    if already:
        return Refusal.ALREADY
    if not rejected or decided_at is None:
        return Refusal.STATE
    if now >= until(decided_at):
        return Refusal.TOO_LATE
    return Refusal.TOO_MANY if used >= allowance(approvals) else None
