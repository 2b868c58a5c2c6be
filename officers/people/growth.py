"""Growth: what tiers and leaderboards count. Untouched by spending and expiry; only what is revoked takes it back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.people import growth_store as store
from officers.people import roster, tiers
from officers.people.rules.tiers import YEAR
from portal.foundation.ids import new_id


def add(session: Session, officer_id: UUID, amount: int, source: str, now: datetime) -> None:
    """Add growth once for each source, and raise the tier at once where it is reached and the gates hold.

    source  what it is for, such as `submission:<id>:first`; a second call with the same one changes nothing, whatever its amount
    Raises  NotFound for no such officer, ValueError for an amount below 0; 0 is nothing to add
    """
    if amount < 0:
        raise ValueError("growth is taken back by its source, not by a negative amount")
    if amount == 0:
        return
    officer = roster.lock(session, officer_id)
    row = {"id": new_id(), "officer_id": officer_id, "amount": amount, "source": source, "at": now, "counts_at": now, "reverses": None}
    if store.add(session, row):
        tiers.look_again(session, officer, now)


def take_back(session: Session, source: str, now: datetime) -> int:
    """Take back all growth of a source and its parts (`source:…`), of every officer, once; returns how many entries.

    Note    the tier stays until the monthly check: nobody falls for one thing revoked
    """
    entries = store.to_take_back(session, source)
    for entry in entries:
        roster.lock(session, entry.officer_id)
        back = {
            "id": new_id(), "officer_id": entry.officer_id, "amount": -entry.amount, "source": f"{entry.source}:back"[:120], "at": now,
            "counts_at": entry.counts_at, "reverses": entry.id,
        }  # fmt: skip
        store.add(session, back)
    return len(entries)


def over_year(session: Session, officer_ids: Iterable[UUID], now: datetime) -> dict[UUID, int]:
    """Growth of the last 365 days, in one statement; every officer asked for is there."""
    wanted = set(officer_ids)
    return dict.fromkeys(wanted, 0) | store.sums(session, wanted, now - YEAR)
