"""Bring everything that is sealed to the newest keys while the product serves: in small steps, resumable, losing nothing.

Older keys stay readable all the while. A row is changed only where it still holds what was read; a process that still used an
older key leaves a row for the next round; rounds go on until one finds nothing to do. Only then may older keys be dropped.
"""

import contextlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.fernet import InvalidToken
from sqlalchemy import MetaData
from sqlmodel import SQLModel

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation import sealing, suites
from portal.foundation.crypto import Keys
from portal.foundation.errors import Conflict
from portal.foundation.ground import Ground
from portal.foundation.sealing import Place
from portal.foundation.suites import Suite
from portal.privacy import key_store as store
from portal.privacy.key_store import Changed, Sealed
from portal.privacy.models import KeyProgress

ROWS, FILES = 200, 4
"""Rows a step; of contents of files fewer, for each may be many megabytes."""
ROUNDS = 20
ACTOR = Actor.system("keys")


@dataclass(frozen=True)
class Done:
    """What a rotation did: rows changed, rows that no key opens, rounds it took."""

    changed: int
    unreadable: int
    rounds: int


def with_new(keys: Keys, suite: Suite, *, standby: bool = False) -> Keys:
    """The keys with a further generation; on standby it is known and not yet used, so that it can be brought to every machine."""
    data, number = suites.new_data_key(suite), max(keys.index) + 1
    index = {**keys.index, number: suites.new_mac_key(suite)}
    if standby:
        return replace(_plain(keys), data=(*keys.data, data), index=index, index_used=keys.newest_index)
    return replace(_plain(keys), data=(data, *keys.data), index=index, index_used=None)


def in_use(keys: Keys) -> Keys:
    """The generation on standby taken into use.

    Raises  Conflict where none stands by
    """
    if keys.index_used is None:
        raise Conflict(hint="no key stands by")
    return replace(_plain(keys), data=(keys.data[-1], *keys.data[:-1]), index_used=None)


def rotate(ground: Ground, now: Callable[[], datetime], tell: Callable[[str], None], metadata: MetaData = SQLModel.metadata) -> Done:
    """Go round all sealed columns until one round changes nothing."""
    changed = unreadable = 0
    for round_ in range(1, ROUNDS + 1):
        ended = [_place(ground, place, now(), tell, fresh=round_ > 1) for place in sealing.places(metadata)]
        here = sum(one.changed for one in ended) + _files(ground)
        changed, unreadable = changed + here, sum(one.unreadable for one in ended)
        if not here:
            break
    with ground.writing() as session:
        facts = {"changed": changed, "unreadable": unreadable, "generation": ground.keys.generation}
        trail.record(session, ACTOR, "keys.rotate", "keys", None, now(), facts)
    return Done(changed, unreadable, round_)


def _place(ground: Ground, place: Place, now: datetime, tell: Callable[[str], None], *, fresh: bool) -> Done:
    """One column from where it was left off; `fresh`: from its beginning, though it was finished."""
    made = _begun(ground, place, fresh=fresh)
    changed = unreadable = 0
    limit = FILES if place.column == "sealed" else ROWS
    while made.finished_at is None:
        with ground.reading() as session:
            rows = store.batch(session, place, made.after, limit)
        ready = [one for row in rows if (one := renewed(ground.keys, place, row))]
        lost = sum(not _opens(ground.keys, row.sealed) for row in rows)
        with ground.writing() as session:
            store.change(session, place, ready)
            made = store.progress(session, place.name) or made
            made.after = store.position(rows[-1].key) if rows else made.after
            made.changed, made.unreadable = made.changed + len(ready), made.unreadable + lost
            made.finished_at = now if len(rows) < limit else None
        changed, unreadable = changed + len(ready), unreadable + lost
    if changed:
        tell(f"{place.name}: {changed}")
    return Done(changed, unreadable, 1)


def _begun(ground: Ground, place: Place, *, fresh: bool) -> KeyProgress:
    generation = ground.keys.generation
    with ground.writing() as session:
        made = store.progress(session, place.name)
        if made is None:
            made = KeyProgress(place=place.name, generation=generation)
            session.add(made)
        elif made.generation != generation or fresh or made.finished_at is not None:
            made.generation, made.after, made.changed, made.unreadable, made.finished_at = generation, "", 0, 0, None
    return made


def renewed(keys: Keys, place: Place, row: Sealed) -> Changed | None:
    """A row under the newest keys; None where it is so already, or where no key opens it: such a row is never touched."""
    try:
        content = keys.unseal(row.sealed)
    except InvalidToken:
        return None
    index = row.blind
    if index and index[0] != keys.newest_index and index[0] in keys.index:
        value = content.decode(errors="replace")
        if keys.index_under(index[0], place.field, value) == index:  # else it was made from another form of the value: it stays
            index = keys.blind_index(place.field, value)
    newest = keys.is_newest(row.sealed)
    if newest and index == row.blind:
        return None
    return Changed(row, row.sealed if newest else keys.seal(content), index)


def _opens(keys: Keys, sealed: bytes) -> bool:
    with contextlib.suppress(InvalidToken):
        keys.unseal(sealed)
        return True
    return not sealed  # an emptied content is nobody's


def _files(ground: Ground) -> int:
    """Sealed files of the data folder."""
    changed = 0
    for path in _sealed_files(ground.settings.data_dir):
        with contextlib.suppress(FileNotFoundError, InvalidToken):
            held = path.read_bytes()
            if not ground.keys.is_newest(held):
                temporary = path.with_suffix(".new")
                fresh = ground.keys.seal(ground.keys.unseal(held))
                temporary.unlink(missing_ok=True)  # of a round that was cut short
                with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(fresh)
                if not path.exists():  # deleted meanwhile: it must not come back
                    temporary.unlink()
                    continue
                temporary.replace(path)
                changed += 1
    return changed


def _sealed_files(folder: Path) -> Iterable[Path]:
    return sorted(folder.rglob("*.sealed"))


def left(ground: Ground, metadata: MetaData = SQLModel.metadata) -> dict[str, int]:
    """How many rows of each column the newest key did not seal, those that no key opens left out."""
    found: dict[str, int] = {}
    for place in sealing.places(metadata):
        after, count = "", 0
        limit = FILES if place.column == "sealed" else ROWS
        while True:
            with ground.reading() as session:
                rows = store.batch(session, place, after, limit)
            count += sum(not ground.keys.is_newest(row.sealed) and bool(row.sealed) and _opens(ground.keys, row.sealed) for row in rows)
            if len(rows) < limit:
                break
            after = store.position(rows[-1].key)
        if count:
            found[place.name] = count
    return found


def without_old(ground: Ground, metadata: MetaData = SQLModel.metadata) -> Keys:
    """The keys without those that nothing needs any more. Links' keys stay, as long as somebody may still hold a link.

    Raises  Conflict where something is still sealed with an older key, or one stands by
    """
    keys = ground.keys
    if keys.index_used is not None:
        raise Conflict(hint="a key stands by")
    if waiting := left(ground, metadata):
        raise Conflict(**{name: str(count) for name, count in waiting.items()})
    with ground.reading() as session:
        needed = {number for table, column in sealing.indexes(metadata) for number in store.numbers(session, table, column)}
    index = {number: key for number, key in keys.index.items() if number in needed or number == keys.newest_index}
    return replace(_plain(keys), data=keys.data[:1], index=index)


def _plain(keys: Keys) -> Keys:
    """The keys as they are now, apart from their file."""
    return Keys(keys.session, keys.data, keys.index, keys.link, keys.index_used)
