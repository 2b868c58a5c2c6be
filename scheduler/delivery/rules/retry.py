"""When a message that could not be handed over is tried again: 30 seconds, then four times as long each time, at most an hour."""

from datetime import timedelta

from portal.foundation.backoff import BackOff

MOST_ATTEMPTS = 8
PATIENCE = BackOff(timedelta(seconds=30), timedelta(hours=1), MOST_ATTEMPTS)
pause = PATIENCE.pause
