"""Timed work of points; each safe to run twice and in two processes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.people import notices
from officers.points import expiry, redeeming, rulebooks
from officers.points.store import benefits as benefit_store
from officers.points.store import reading as store
from portal.foundation.clock import day_in
from portal.foundation.ground import Ground

BATCH = 2_000


def expire(ground: Ground, now: datetime) -> int:
    """Expire lots that are over, one batch a run."""
    with ground.writing() as session:
        return expiry.expire(session, now, BATCH)


def ripen(ground: Ground, now: datetime) -> int:
    """Tell officers whose points can be spent from now on; that they can is a matter of time, not of this job."""
    with ground.writing() as session:
        rulebooks.in_force(session, now, ground.settings.zone)  # the bank's zone is in the first rules
        ripe = store.ripe(session, now, BATCH)
        if not store.mark_told(session, [lot for lot, _officer, _left in ripe], now):
            return len(ripe)
        sums: dict[UUID, int] = defaultdict(int)
        for _lot, officer, left in ripe:
            sums[officer] += left
        for points, officers in _grouped(sums).items():
            notices.tell(session, officers, "points_usable", {"points": points}, now, url="/officers/shop")
    return len(ripe)


def warn(ground: Ground, now: datetime) -> int:
    """Warn of points that expire, at each of the rules' days once; the latest stage first, so that nobody is told twice in one run."""
    seen = 0
    with ground.writing() as session:
        book = rulebooks.in_force(session, now, ground.settings.zone).book
        for stage in (3, 2, 1):
            days = book.warn_days[stage - 1]
            found = store.to_warn(session, now, now + timedelta(days=days), stage, BATCH)
            store.mark_warned(session, [one[0] for one in found], stage)
            sums: dict[tuple[UUID, str], int] = defaultdict(int)
            for _lot, officer, left, expires in found:
                sums[officer, day_in(book.zone, expires - timedelta(seconds=1)).isoformat()] += left
            _tell_of_expiry(session, sums, days, now)
            seen += len(found)
    return seen


def _tell_of_expiry(session: Session, sums: dict[tuple[UUID, str], int], days: int, now: datetime) -> None:
    """Officers with the same to be told are told together."""
    groups: dict[tuple[str, int], list[UUID]] = defaultdict(list)
    for (officer, day), points in sums.items():
        groups[day, points].append(officer)
    for (day, points), officers in groups.items():
        facts = {"points": points, "day": day, "days": days}
        notices.tell(session, officers, "points_expiring", facts, now, url="/officers/points")


def _grouped(sums: dict[UUID, int]) -> dict[int, Iterable[UUID]]:
    groups: dict[int, list[UUID]] = defaultdict(list)
    for officer, points in sums.items():
        groups[points].append(officer)
    return dict(groups)


def let_go(ground: Ground, now: datetime) -> int:
    """Cancel reservations that nobody went on with."""
    with ground.writing() as session:
        return redeeming.let_go(session, now)


def erase_addresses(ground: Ground, now: datetime) -> int:
    """Addresses are gone 90 days after delivery."""
    with ground.writing() as session:
        return benefit_store.erase_addresses(session, now - redeeming.ADDRESS_KEPT)
