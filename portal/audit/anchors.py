"""Anchors: each day the end of the chain is written to a file outside the database, signed and bound to the anchor before it.

Whoever rewrites the whole trail with its seals can't make the seals equal to yesterday's anchors; whoever takes the newest entries and
seals away is found out by the anchor that names them. Copies of the folder belong on a machine that the database's keepers don't reach.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from portal.audit import store

FOLDER = "anchors"
PURPOSE = b"audit anchor|"
SIGNED = ("day", "made_at", "n", "hash", "entries", "previous", "key")


@dataclass(frozen=True)
class Place:
    """Where anchors lie, and the keys that sign them, by number."""

    folder: Path
    keys: Mapping[int, bytes]


def write(session: Session, place: Place, day: str, now: datetime) -> bool:
    """Write the day's anchor; False where it is there already, or nothing is sealed yet. `day` is the bank's, ISO."""
    path = place.folder / f"{day}.json"
    last = store.last_seal(session)
    if last is None or path.exists():
        return False
    place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    earlier = sorted(one for one in place.folder.glob("*.json") if one.name < path.name)
    facts: dict[str, Any] = {
        "day": day,
        "made_at": now.astimezone(UTC).isoformat(),
        "n": last.n,
        "hash": last.hash,
        "entries": store.sealed_entries(session),
        "previous": hashlib.sha256(earlier[-1].read_bytes()).hexdigest() if earlier else "",
        "key": max(place.keys),
    }
    facts["mac"] = _mac(facts, place.keys[facts["key"]])
    return _once(path, json.dumps(facts, indent=1).encode() + b"\n")


def verify(session: Session, place: Place) -> tuple[int, list[dict[str, Any]]]:
    """Hold every anchor against the chain. Returns how many there are, and what is wrong."""
    found: list[dict[str, Any]] = []
    paths = sorted(place.folder.glob("*.json")) if place.folder.is_dir() else []
    previous = ""
    for path in paths:
        raw = path.read_bytes()
        if code := _wrong(session, place, raw, previous):
            found.append({"code": code, "anchor": path.name})
        previous = hashlib.sha256(raw).hexdigest()
    return len(paths), found


def _wrong(session: Session, place: Place, raw: bytes, previous: str) -> str:
    try:
        facts = json.loads(raw)
        key = place.keys[int(facts["key"])]
        signed = hmac.compare_digest(_mac(facts, key), str(facts["mac"]))
    except (ValueError, KeyError, TypeError):
        return "anchor_unreadable"
    if not signed:
        return "anchor_forged"
    if facts["previous"] != previous:
        return "anchors_missing"
    seal = store.seal(session, facts["n"])
    if seal is None:
        return "anchored_seal_missing"
    return "" if seal.hash == facts["hash"] else "anchor_differs"


def _mac(facts: Mapping[str, Any], key: bytes) -> str:
    text = json.dumps([facts[name] for name in SIGNED], separators=(",", ":"))
    return hmac.new(key, PURPOSE + text.encode(), "sha256").hexdigest()


def _once(path: Path, content: bytes) -> bool:
    """Two clocks may run: a hard link is made or refused as a whole."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.chmod(0o400)
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    return True
