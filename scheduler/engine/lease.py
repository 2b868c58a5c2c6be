"""The clock's lease, lent to others: while replay holds it, no clock runs a job."""

from datetime import timedelta

from sqlmodel import Session

from scheduler.engine import store
from scheduler.engine.clock import LEASE


class ClockLease:
    """Takes and gives back the lease that the clock leads by."""

    def take(self, session: Session, holder: str, span: timedelta) -> bool:
        """Take or renew it; False where another holds it."""
        return store.take_lease(session, LEASE, holder, span)

    def release(self, session: Session, holder: str) -> None:
        """Give it back."""
        store.release_lease(session, LEASE, holder)
