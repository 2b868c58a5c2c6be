"""What receipts mean: which of several holds, and what follows from it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

SEVERITY = {"delivered": 0, "undelivered": 1, "bounced": 2, "blocked": 3}
AHEAD = timedelta(minutes=5)
"""How far a provider's clock may be ahead of ours."""


class Word(NamedTuple):
    """What a provider said of a message, and when it happened."""

    status: str
    at: datetime


def newest(words: Iterable[Word]) -> Word:
    """The word that holds: the latest by the provider's own time, whatever order they came in; of the same instant the graver."""
    return max(words, key=lambda one: (one.at, SEVERITY[one.status]))


def delivered_at(words: Iterable[Word]) -> datetime | None:
    """When the message first reached somebody."""
    return min((one.at for one in words if one.status == "delivered"), default=None)


def problem_of(at: datetime, created_at: datetime | None, now: datetime) -> str | None:
    """Why a receipt can't be true: it comes from the future, or from before its message was made."""
    if at > now + AHEAD:
        return "in_the_future"
    return "before_message" if created_at is not None and at < created_at - AHEAD else None
