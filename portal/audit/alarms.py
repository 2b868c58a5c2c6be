"""What the trail of the last hour says of attacks: wrong passwords and refused access, counted for figures, alarms and the home page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from portal.audit import store

HOUR = timedelta(hours=1)
LOG_IN_FAILED, REFUSED = "user.log_in_failed", "access.refused"
MANY = {LOG_IN_FAILED: 60, REFUSED: 60}
"""From so many an hour on somebody should look."""


@dataclass(frozen=True)
class LastHour:
    """Counts of the last hour."""

    failed: int
    refused: int

    @property
    def unusual(self) -> bool:
        """Whether somebody should look."""
        return self.failed >= MANY[LOG_IN_FAILED] or self.refused >= MANY[REFUSED]


def last_hour(session: Session, now: datetime) -> LastHour:
    """How many wrong passwords and refusals the trail holds of the last hour."""
    counts = store.counts_since(session, (LOG_IN_FAILED, REFUSED), now - HOUR)
    return LastHour(counts.get(LOG_IN_FAILED, 0), counts.get(REFUSED, 0))
