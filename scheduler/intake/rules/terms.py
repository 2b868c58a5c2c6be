"""On what terms events are taken: how late, how early, how long they may be asked about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID


@dataclass(frozen=True)
class Terms:
    """The defaults are those of live intake.

    stale_after, future_after   None switches the check off, never "at once"
    as_it_happened              replay: an event is received when it occurred, so that nobody sees the future
    origin                      of the stub rows that unknown customers get
    checked                     whether an event must be as the catalogue says; recorded events are taken as they were
    """

    stale_after: timedelta | None = timedelta(hours=72)
    future_after: timedelta | None = timedelta(minutes=5)
    expires_after: timedelta = timedelta(days=10)
    as_it_happened: bool = False
    origin: str = "stub"
    checked: bool = True

    def untimely(self, occurred_at: datetime, received_at: datetime) -> str | None:
        """STALE, FUTURE, or None where the time is right."""
        if self.stale_after is not None and received_at - occurred_at > self.stale_after:
            return "STALE"
        if self.future_after is not None and occurred_at - received_at > self.future_after:
            return "FUTURE"
        return None


LIVE = Terms()
REPLAY = Terms(stale_after=None, future_after=None, as_it_happened=True, origin="replay", checked=False)


def event_key(event_id: str) -> bytes:
    """By which an event is known again."""
    return _key(("event", event_id))


def transaction_key(touchpoint: str, person_id: UUID, transaction_ref: str) -> bytes:
    """By which a transaction that a touchpoint already asked this person about is known again."""
    return _key(("txn", touchpoint, person_id.hex, transaction_ref))


def _key(parts: Iterable[str]) -> bytes:
    return blake2b("‖".join(parts).encode(), digest_size=16).digest()
