"""Customers: known by the bank's reference; an unknown reference in an event makes a stub."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.foundation.crypto import Keys
from portal.foundation.ids import new_ids
from portal.people import customer_store as store
from portal.people.customer_store import CustomerKey
from portal.people.rules.persons import shard_of

__all__ = ["CustomerKey", "customers_by_ref"]


def customers_by_ref(
    session: Session, refs: Iterable[str], now: datetime, origin: str = "stub", keys: Keys | None = None
) -> dict[str, CustomerKey]:
    """The customers of these references; unknown ones get a stub row, in sets and safely beside other writers.

    keys    where given, a reference that was erased gets no row again and is absent from the answer
    """
    wanted = set(refs)
    found = store.keys_by_ref(session, wanted)
    missing = sorted(wanted - found.keys())
    if missing and keys is not None:
        missing = _not_erased(session, keys, missing)
    if missing:
        store.insert_unless_there(session, stub_rows(missing, now, origin))
        found |= store.keys_by_ref(session, missing)
    return found


def stub_rows(refs: Sequence[str], now: datetime, origin: str) -> list[dict[str, Any]]:
    """Rows of customers of whom only the reference is known; each is a person of their own."""
    return [
        {
            "id": key,
            "ref": ref,
            "person_id": key,
            "shard": shard_of(key),
            "origin": origin,
            "staff": False,
            "attributes": {},
            "created_at": now,
            "updated_at": now,
        }
        for ref, key in zip(refs, new_ids(len(refs)), strict=True)
    ]


def ref_hash(keys: Keys, ref: str) -> bytes:
    """The keyed hash by which an erased reference is known again; looked up with all live keys."""
    return keys.blind_index("ref", ref)


def _not_erased(session: Session, keys: Keys, refs: Sequence[str]) -> list[str]:
    hashes = {ref: keys.blind_indexes("ref", ref) for ref in refs}
    erased = store.erased_among(session, [one for several in hashes.values() for one in several])
    return [ref for ref in refs if erased.isdisjoint(hashes[ref])]
