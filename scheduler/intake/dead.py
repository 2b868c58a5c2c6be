"""Events that were refused, kept encrypted until what was wrong is mended; what is shown of them names nobody."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json, to_json
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.ids import new_ids
from scheduler.intake import dead_store as store
from scheduler.intake.events import EventIn

NEVER_KEPT = frozenset({"customer_erased", "too_large"})
"""What an erased customer's systems still send must leave no trace, and nobody fills the disk."""
CONFLICT = "event_id_conflict"
DISMISSED_AT_ONCE = 1_000


class Refused(NamedTuple):
    """An event that was refused: as it was parsed, or its raw object, and why."""

    event: EventIn | Mapping[str, Any]
    code: str
    field: str | None


def keep(session: Session, refused: Sequence[Refused], keys: Keys, now: datetime) -> int:
    """Keep refused events; returns how many. One statement a thousand."""
    wanted = [one for one in refused if one.code not in NEVER_KEPT]
    rows = {row["key"]: row for one, id_ in zip(wanted, new_ids(len(wanted)), strict=True) for row in [_row(one, id_, keys, now)]}
    store.add(session, list(rows.values()))
    return len(rows)


def _row(one: Refused, id_: UUID, keys: Keys, now: datetime) -> dict[str, Any]:
    raw = _raw(one.event)
    event_id, event_type, ref = (_text(raw.get(name)) for name in ("event_id", "event_type", "customer_ref"))
    body = to_json(raw, serialize_unknown=True)
    told = event_id if event_id and one.code != CONFLICT else body.decode()  # another body under the same id is another letter
    return {
        "id": id_,
        "key": blake2b(f"{one.code}|{told}".encode(), digest_size=16).digest(),
        "event_id": event_id[:100],
        "event_type": event_type[:60],
        "customer_index": index_of(ref) if ref else None,
        "body": keys.encrypt(body.decode()),
        "code": one.code,
        "field": one.field[:40] if one.field else None,
        "last_code": None,
        "times": 1,
        "first_at": now,
        "last_at": now,
        "state": "waiting",
        "done_at": None,
        "done_by": None,
    }


def _raw(event: EventIn | Mapping[str, Any]) -> Mapping[str, Any]:
    return event.model_dump(mode="json", exclude_none=True) if isinstance(event, EventIn) else event


def _text(value: object) -> str:
    """A short text without control characters, which PostgreSQL would not take."""
    return "".join(character for character in value if ord(character) >= 32)[:200] if isinstance(value, str) else ""


def index_of(ref: str) -> bytes:
    """By which an erasure finds a customer's refused events."""
    return blake2b(f"dead_letter|{ref}".encode(), digest_size=16).digest()


def body_of(letter: Any, keys: Keys) -> dict[str, Any]:
    """A refused event in the clear; only for taking it in again and for whoever reveals it, which is audited."""
    body: dict[str, Any] = from_json(keys.decrypt(letter.body))
    return body


def masked(body: Mapping[str, Any]) -> dict[str, Any]:
    """A refused event as a page shows it: its names and kinds, the customer's reference only by its last two characters."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        if name == "customer_ref":
            found[name] = f"••••{str(value)[-2:]}" if value else value
        elif name == "attributes" and isinstance(value, Mapping):
            found[name] = {str(key): _kind(held) for key, held in value.items()}
        elif name in ("event_id", "event_type", "occurred_at", "unit", "channel", "staff"):
            found[name] = str(value)[:100]
        else:
            found[str(name)[:40]] = _kind(value)
    return found


def _kind(value: object) -> str:
    kinds = {bool: "flag", int: "number", float: "number", str: "text", list: "list", dict: "object"}
    return kinds.get(type(value), "empty")


def dismiss(session: Session, ids: Iterable[UUID], actor: Actor, now: datetime) -> int:
    """Say of refused events that nobody needs them; they stay on the list of what was dismissed until they are purged."""
    found = store.letters_by_id(session, list(ids)[:DISMISSED_AT_ONCE])
    for one in found:
        one.state, one.done_at, one.done_by = "dismissed", now, actor.user_id
    session.flush()
    if found:
        facts = {"n": len(found), "ids": [str(one.id) for one in found]}
        trail.record(session, actor, "dead_letter.dismiss", "dead_letter", None, now, facts)
    return len(found)


def forget(session: Session, customer_ids: Sequence[UUID], _now: datetime) -> int:
    """Remove what was refused of customers who are being erased; their references are still there at this moment."""
    known = store.refs(session, customer_ids)
    return store.forget_customers(session, [index_of(ref) for ref, *_ in known.values() if ref])
