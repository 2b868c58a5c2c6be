"""How an officer stands between two tiers: what the zone and the desk show."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from officers.people import roster, tiers
from officers.people.rules.tiers import Facts, Scheme, Tier
from portal.foundation.errors import NotFound


class Standing(NamedTuple):
    """The tier held, the next one (None at the top), and what is known; `down_on`: the first day of a fall that was announced."""

    scheme: Scheme
    held: Tier
    next: Tier | None
    facts: Facts
    down_on: datetime | None

    @property
    def share(self) -> float:
        """How much of the way to the next tier is gone, 0–1."""
        if self.next is None:
            return 1.0
        return min(max(self.facts.growth / self.next.threshold, 0.0), 1.0)

    @property
    def missing(self) -> int:
        """Growth that is missing for the next tier."""
        return max(self.next.threshold - self.facts.growth, 0) if self.next else 0


def of_officer(session: Session, officer_id: UUID, now: datetime) -> Standing:
    """How an officer stands.

    Raises  NotFound
    """
    officer = roster.find(session, officer_id)
    if officer is None:
        raise NotFound
    scheme, facts = tiers.scheme(session), tiers.facts_of(session, [officer], now)[officer_id]
    place = scheme.place(officer.tier)
    above = scheme.tiers[place + 1] if place + 1 < len(scheme.tiers) else None
    down = officer.notice_at + timedelta(days=scheme.notice_days) if officer.notice_at else None
    return Standing(scheme, scheme.tiers[place], above, facts, down)
