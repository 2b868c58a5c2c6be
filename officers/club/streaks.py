"""Looking in day after day: a friendly row of days, worth nothing but itself."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.club.rules import streaks as rules
from officers.club.store import standings as store
from portal.foundation.clock import day_in


def look_in(session: Session, officer_id: UUID, zone: str, now: datetime) -> int | None:
    """Count the bank's day for an officer; gives the row's length, None where the day was counted before."""
    row = store.look_in(session, officer_id, day_in(zone, now))
    return row.streak if row else None


def state(session: Session, officer_id: UUID, zone: str, now: datetime) -> tuple[int, int, bool]:
    """How long the row is today, the longest so far, and whether today is counted."""
    kept, today = store.member(session, officer_id), day_in(zone, now)
    return rules.current(kept.last_day, kept.streak, today), kept.longest, rules.done_today(kept.last_day, today)
