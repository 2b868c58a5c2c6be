"""How fast a channel may be used, and when one that is down is left alone."""

from datetime import datetime, timedelta

STRIKES = 3
"""So many times in a row without a word from the provider, and the channel rests."""
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(minutes=30)
PORTION = 10
"""Seconds' worth of a rate that may leave at once after a pause."""


def allowance(tokens: float, at: datetime | None, rate: int, now: datetime) -> float:
    """How many messages may leave now, at so many a minute; what was not used is kept for ten seconds' worth, at least one."""
    most = max(1.0, rate * PORTION / 60)
    if at is None:
        return most
    seconds = max(0.0, (now - at).total_seconds())
    return min(most, tokens + seconds * rate / 60)


def rest_after(strikes: int) -> timedelta | None:
    """How long a channel rests after so many strikes in a row: a minute, then twice as long each time, at most half an hour."""
    if strikes < STRIKES:
        return None
    rest: timedelta = min(FIRST_REST * 2 ** min(strikes - STRIKES, 10), LONGEST_REST)
    return rest


def trying(strikes: int) -> bool:
    """Whether a channel that rested is tried with one message first."""
    return strikes >= STRIKES
