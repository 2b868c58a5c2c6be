"""The hash chain over the trail: seals in batches, and the check that finds what was changed or taken out afterwards."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import store
from portal.audit.models import AuditEntry, AuditSeal

BATCH = 1000
START = "0" * 64
LONGEST_WAIT = timedelta(hours=1)


def digest(previous: str, entries: Sequence[AuditEntry]) -> str:
    """The hash of a batch, bound to the batch before it."""
    line = hashlib.sha256(previous.encode())
    for entry in entries:
        line.update(canonical(entry))
    return line.hexdigest()


def canonical(entry: AuditEntry) -> bytes:
    """An entry in one form only, on every database."""
    parts = [
        str(entry.id),
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_kind,
        entry.actor_id,
        entry.act,
        entry.object_kind,
        entry.object_id,
        entry.facts,
    ]
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def seal(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Seal a batch of entries into the chain; returns how many. Of two processes at once one seals, the other leaves it."""
    last = store.last_seal(session)
    batch = store.unsealed(session, limit)
    if not batch:
        return 0
    n, previous = (last.n + 1, last.hash) if last else (1, START)
    ids = [str(entry.id) for entry in batch]
    row = {"n": n, "entry_ids": ids, "previous": previous, "hash": digest(previous, batch), "sealed_at": now}
    if not store.add_seal(session, row):
        return 0
    store.add_marks(session, [entry.id for entry in batch], n)
    return len(batch)


def verify(session: Session, now: datetime) -> tuple[int, list[dict[str, Any]]]:
    """Go through the whole chain anew. Returns how many entries were checked, and what is wrong, each with its seal."""
    found: list[dict[str, Any]] = []
    previous, expected, checked = START, 1, 0
    marks = store.marks(session)
    seen: set[UUID] = set()
    for link in store.seals(session):
        if link.n != expected:
            found.append({"code": "seals_missing", "from": expected, "to": link.n - 1})
        elif link.previous != previous:
            found.append({"code": "chain_broken", "seal": link.n})
        found += _verify_link(session, link, marks, seen)
        checked += len(link.entry_ids)
        previous, expected = link.hash, link.n + 1
    found += [{"code": "mark_without_seal", "entry": str(key), "seal": n} for key, n in marks.items() if key not in seen]
    if count := store.waiting(session, now - LONGEST_WAIT):
        found.append({"code": "not_sealed_for_an_hour", "entries": count})
    return checked, found


def _verify_link(session: Session, link: AuditSeal, marks: dict[UUID, int], seen: set[UUID]) -> list[dict[str, Any]]:
    ids = [UUID(one) for one in link.entry_ids]
    there = store.entries(session, ids)
    found: list[dict[str, Any]] = [{"code": "entry_missing", "seal": link.n, "entry": str(key)} for key in ids if key not in there]
    found += [{"code": "sealed_twice", "seal": link.n, "entry": str(key)} for key in ids if key in seen]
    found += [{"code": "mark_wrong", "seal": link.n, "entry": str(key)} for key in ids if marks.get(key) != link.n]
    seen.update(ids)
    if not found and digest(link.previous, [there[key] for key in ids]) != link.hash:
        found.append({"code": "entry_changed", "seal": link.n, "first": link.entry_ids[0], "last": link.entry_ids[-1]})
    return found
