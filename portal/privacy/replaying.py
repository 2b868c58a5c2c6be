"""Erasures that a backup does not know: a list of keyed hashes beside the database, and their replay after a restore.

A backup from before an erasure brings the person back. So every erasure is also written to a file of the data folder, one
keyed hash a line, which says nothing of anybody; it is kept apart from backups and replayed after a restore.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people import erasure
from portal.people.parts import CustomerPart
from portal.privacy import replay_store as store
from portal.privacy.holding import OnLegalHold

NAME = "erasures.jsonl"
ACTOR = Actor.system("replay")
STEP = 1_000


class Replayed(NamedTuple):
    """How many were erased again, and how many were left for now since they are under a legal hold."""

    done: int
    skipped: int


def note(ground: Ground, now: datetime) -> int:
    """Write erasures that the file does not hold yet; returns how many. Safe to run twice: a line more does no harm."""
    del now
    path = ground.settings.data_dir / NAME
    known = {line["ref"] for line in read(path)} if path.exists() else set()
    with ground.reading() as session:
        rows = [(bytes(one.ref_hash).hex(), one.erased_at.isoformat()) for one in store.erased(session)]
    fresh = [{"ref": ref, "at": at} for ref, at in rows if ref not in known]
    if fresh:
        with path.open("a", encoding="ascii") as file:
            file.writelines(json.dumps(line) + "\n" for line in fresh)
        path.chmod(0o600)
    return len(fresh)


def read(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a list; one that was cut short by a crash is left out."""
    with path.open(encoding="ascii") as file:
        for line in file:
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict) and isinstance(found.get("ref"), str):
                yield found


def replay(ground: Ground, lists: Iterable[Path], parts: Sequence[CustomerPart], now: datetime) -> Replayed:
    """Erase again whoever a list names and the database still knows. Each in a transaction of its own."""
    wanted = {line["ref"] for path in lists for line in read(path)}
    done, skipped, after = 0, 0, ""
    while wanted:
        with ground.reading() as session:
            refs = store.refs_after(session, after, STEP)
        if not refs:
            break
        for ref in refs:
            if any(one.hex() in wanted for one in ground.keys.blind_indexes("ref", ref)):
                try:
                    with ground.writing() as session:
                        done += erasure.erase(session, ground.keys, ref, parts, ACTOR, now)
                except OnLegalHold:
                    skipped += 1
        after = refs[-1]
    return Replayed(done, skipped)
