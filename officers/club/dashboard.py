"""The programme's dashboard: what it costs, what it brings, what it changed. A constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from officers.club.rules.agreement import edges, kappa, per_hundred
from officers.club.store import figures as store
from portal.foundation.clock import day_in
from portal.people.rules.roles import Scope
from scheduler.improvement.models import Issue

USUAL, LONGEST = timedelta(days=90), timedelta(days=731)


@dataclass(frozen=True)
class Period:
    """Days of the bank, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Board:
    """All that the page shows."""

    period: Period
    way: store.Way
    states: dict[tuple[str, str], int]
    at_work: int
    kinds: list[store.Kind]
    reviews: store.Reviews
    kappa: float | None
    agreed: float | None
    pairs: int
    moved: dict[str, int]
    points: store.Points
    spans: list[date]
    work: list[int]
    issued: list[int]
    verified: int
    per_hundred: float | None
    proven: Sequence[Issue]

    @property
    def active(self) -> int:
        """Officers who are active now."""
        return sum(n for (_, state), n in self.states.items() if state == "active")

    @property
    def handed_in(self) -> int:
        """Work handed in."""
        return sum(one.handed_in for one in self.kinds)

    @property
    def issued_points(self) -> int:
        """Points issued, both parts and corrections upward and downward."""
        return sum(self.moved.get(kind, 0) for kind in ("award", "second", "correction"))

    @property
    def spent_points(self) -> int:
        """Points spent, what came back taken off."""
        return -sum(self.moved.get(kind, 0) for kind in ("redeem", "refund"))


def period(first: date | None, last: date | None, today: date) -> Period:
    """The asked days, put right where they can't be meant: the last 90 by default, never the future, at most two years."""
    end = min(last or today, today)
    begin = first if first is not None and first <= end else end - USUAL + timedelta(days=1)
    return Period(max(begin, end - LONGEST + timedelta(days=1)), end)


def read(session: Session, scope: Scope, wanted: Period, zone: str, now: datetime) -> Board:
    """Read the programme's figures."""
    start = datetime.combine(wanted.first, time(), ZoneInfo(zone))
    end = datetime.combine(wanted.last + timedelta(days=1), time(), ZoneInfo(zone))
    asked = store.Asked(scope, start, end, now)
    cuts = edges(start, end)
    work, issued = store.over_time(session, asked, cuts)
    value, agreed, pairs = kappa(store.pairs(session, asked))
    kinds, verified = store.kinds(session, asked), store.verified(session, asked)
    return Board(
        wanted, store.way(session, asked), store.states(session, asked), store.at_work(session, asked), kinds,
        store.reviews(session, asked), value, agreed, pairs, store.moved(session, asked), store.points(session, asked),
        [day_in(zone, one) for one in cuts[:-1]], work, issued, verified,
        per_hundred(verified, sum(one.handed_in for one in kinds)), store.proven(session, asked),
    )  # fmt: skip
