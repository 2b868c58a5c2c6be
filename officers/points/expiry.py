"""Expiry: lots that are over lose what is left in them, once, in sets: the statements of a batch do not depend on its size."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.people import roster
from officers.points.lines import LedgerBusy, digest
from officers.points.models import PointAllocation, PointEntry
from officers.points.store import ledger as store
from portal.foundation.bulk import bulk_insert
from portal.foundation.ids import new_ids

NOBODY = {"reverses": None, "redemption_id": None, "version_id": None, "rule": "", "owed": 0}


def expire(session: Session, now: datetime, limit: int = 2_000) -> int:
    """Expire one batch of lots, all their officers held; how many it were."""
    found = store.dead_lots(session, now, limit)
    roster.lock_all(session, {officer for _lot, officer in found})
    return expire_lots(session, [lot for lot, _officer in found], now)


def expire_lots(session: Session, lot_ids: Sequence[UUID], now: datetime) -> int:
    """Expire these lots, whose officers are held; an entry for each, under a key that can't come twice.

    Raises  LedgerBusy where a lot changed although its officer was held
    """
    dead = store.remainders(session, lot_ids, now) if lot_ids else []
    if not dead:
        return 0
    keys = new_ids(len(dead))
    entries = [
        {"id": key, "officer_id": one["officer_id"], "kind": "expiry", "amount": -one["remaining"], "key": f"expiry:{one['id']}",
         "payload_hash": digest({"lot": one["id"]}), "award_id": one["award_id"], "factors": {"expired": one["expires_at"].isoformat()},
         "actor_kind": "system", "actor_id": "points.expire", "at": now, **NOBODY}
        for key, one in zip(keys, dead, strict=True)
    ]  # fmt: skip
    bulk_insert(session, PointEntry, entries)
    taken = [{"entry_id": key, "lot_id": one["id"], "amount": one["remaining"]} for key, one in zip(keys, dead, strict=True)]
    bulk_insert(session, PointAllocation, taken)
    if not store.sink(session, [one["id"] for one in dead], {one["officer_id"] for one in dead}, now):
        raise LedgerBusy
    return len(dead)
