"""Lots: when they can be spent, when they expire, and which of them pays first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from officers.points.rules.rulebook import Rulebook


@dataclass(frozen=True)
class Remainder:
    """What is left in a lot."""

    lot_id: UUID
    remaining: int
    usable_from: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Take:
    """So much out of a lot."""

    lot_id: UUID
    amount: int


def usable_from(now: datetime, pending_days: int) -> datetime:
    """When points that come now can be spent."""
    return now + timedelta(days=pending_days)


def expires_at(now: datetime, months: int, zone: str) -> datetime:
    """The end of the month, in a zone, so many months on: the first instant of the month after it."""
    local = now.astimezone(ZoneInfo(zone))
    count = local.year * 12 + local.month - 1 + months + 1
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def lives(now: datetime, book: Rulebook) -> tuple[datetime, datetime]:
    """From when to when points that come now can be spent; always at least a day."""
    start = usable_from(now, book.pending_days)
    return start, max(expires_at(now, book.expiry_months, book.zone), start + timedelta(days=1))


def payers(lots: Iterable[Remainder], cost: int) -> list[Take] | None:
    """Which lots pay, first-expiring-first; None where they hold too little."""
    takes: list[Take] = []
    for lot in sorted(lots, key=lambda one: (one.expires_at, one.usable_from, one.lot_id)):
        if cost <= 0:
            break
        amount = min(lot.remaining, cost)
        if amount > 0:
            takes.append(Take(lot.lot_id, amount))
            cost -= amount
    return None if cost > 0 else takes


def as_much(lots: Iterable[Remainder], wanted: int) -> list[Take]:
    """The same, but as much of it as there is."""
    found = list(lots)
    return payers(found, min(wanted, sum(one.remaining for one in found))) or []


def month_of(now: datetime, zone: str) -> str:
    """The calendar month, as 2026-06."""
    return now.astimezone(ZoneInfo(zone)).strftime("%Y-%m")


def day_of(now: datetime, zone: str) -> str:
    """The calendar day, as 2026-06-15."""
    return now.astimezone(ZoneInfo(zone)).date().isoformat()


def year_of(now: datetime, zone: str) -> int:
    """The calendar year."""
    return now.astimezone(ZoneInfo(zone)).year
