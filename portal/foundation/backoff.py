"""When something that could not be handed over is tried again: growing pauses, spread by chance."""

from dataclasses import dataclass
from datetime import timedelta

JITTER = 0.2


@dataclass(frozen=True)
class BackOff:
    """The first pause, how much longer each next one is, the longest, and after how many attempts one gives up."""

    first: timedelta
    longest: timedelta
    attempts: int
    factor: int = 4

    def pause(self, attempts: int, roll: float) -> timedelta | None:
        """How long to wait after so many attempts; None to give up.

        roll    chance in [0, 1): spreads by a fifth either way, so that a provider that comes back is not met by everything at once
        """
        if attempts >= self.attempts:
            return None
        plain: timedelta = min(self.first * self.factor ** (attempts - 1), self.longest)
        return plain * (1 - JITTER + 2 * JITTER * roll)
