"""When a message that could not be handed over is tried again."""

from datetime import timedelta

FIRST = timedelta(seconds=30)
LONGEST = timedelta(hours=1)
MOST_ATTEMPTS = 8
JITTER = 0.2


def pause(attempts: int, roll: float) -> timedelta | None:
    """How long to wait after so many attempts: 30 seconds, then four times as long each time, at most an hour; None to give up.

    roll    chance in [0, 1): spreads by a fifth either way, so that a provider that comes back is not met by everything at once
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    plain: timedelta = min(FIRST * 4 ** (attempts - 1), LONGEST)
    return plain * (1 - JITTER + 2 * JITTER * roll)
