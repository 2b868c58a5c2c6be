"""How often within a minute: a counter for the hottest path, in memory, for one process.

The limiter's own store in memory starts a thread to forget old counts, which costs more than taking an answer.
"""

import threading
from collections import Counter


class Rates:
    """Counts of this minute; the turn of the minute forgets them all, so they never grow."""

    def __init__(self) -> None:
        self._minute = -1
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def count(self, name: str, key: str, now: float) -> int:
        """Count one more, and say the how-manieth it is in the minute of `now` (seconds)."""
        minute = int(now // 60)
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._counts.clear()
            self._counts[name, key] += 1
            return self._counts[name, key]
