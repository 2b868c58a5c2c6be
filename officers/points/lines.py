"""What every entry of the ledger says, how it is written, and what can go wrong with it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.points.models import PointEntry
from officers.points.store import ledger as store
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict
from portal.foundation.ids import new_id


class KeyTaken(Conflict):
    """The same key came before with other contents: nothing is written."""

    code = "point_key_conflict"


class NotEnough(Conflict):
    """Fewer points can be spent than this costs, or something is still owed."""

    code = "point_not_enough"


class LedgerBusy(Conflict):
    """Somebody changed the account in between, which the lock should prevent: nothing is written."""

    code = "point_ledger_moved"


@dataclass(frozen=True)
class Line:
    """What an entry says beside its amount. `payload` is what the same key must come with again."""

    officer_id: UUID
    kind: str
    key: str
    actor: Actor
    payload: Mapping[str, Any] = field(default_factory=dict)
    award_id: UUID | None = None
    redemption_id: UUID | None = None
    reverses: UUID | None = None
    rule: str = ""
    version_id: UUID | None = None
    factors: Mapping[str, Any] = field(default_factory=dict)


def digest(payload: Mapping[str, Any]) -> str:
    """A hash over a payload, whatever the order of its names."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True, default=str).encode()).hexdigest()


def replayed(session: Session, line: Line) -> PointEntry | None:
    """The entry that was written under this key already; None where it is new.

    Raises  KeyTaken where the same key came with another payload
    """
    found = store.entry_by_key(session, line.key)
    if found is not None and found.payload_hash != _hash_of(line):
        raise KeyTaken
    return found


def write(session: Session, line: Line, amount: int, now: datetime, owed: int = 0) -> PointEntry:
    """Write an entry of a line."""
    entry = PointEntry(
        id=new_id(), officer_id=line.officer_id, kind=line.kind, amount=amount, owed=owed, key=line.key, payload_hash=_hash_of(line),
        reverses=line.reverses, award_id=line.award_id, redemption_id=line.redemption_id, rule=line.rule, version_id=line.version_id,
        factors=dict(line.factors), actor_kind=line.actor.kind, actor_id=line.actor.id, at=now,
    )  # fmt: skip
    store.add_entry(session, entry)
    return entry


def _hash_of(line: Line) -> str:
    return digest({"officer": line.officer_id, "kind": line.kind, **line.payload})
