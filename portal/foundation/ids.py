"""Identifiers: UUIDs of version 7, sortable by the moment of their making."""

import os
import threading
import time
from typing import Any
from uuid import UUID, SafeUUID

_lock = threading.Lock()
_last = 0
_SLOTS: Any = vars(UUID)
_NEW, _SET_NUMBER, _SET_SAFE = UUID.__new__, _SLOTS["int"].__set__, _SLOTS["is_safe"].__set__


def id_of(number: int) -> UUID:
    """The id that a number of 128 bits is.

    Note    UUID's own constructor first asks in which of six ways it is called: that takes longer than making the id
    """
    made = _NEW(UUID)
    _SET_NUMBER(made, number)
    _SET_SAFE(made, SafeUUID.unknown)
    return made


def new_id() -> UUID:
    """A fresh UUIDv7 from the wall clock, rising within one process.

    Shape   48 bits milliseconds, 12 bits that count up within one millisecond, 62 random bits
    Note    business order never comes from ids: see the meanings in docs/architecture.md
    """
    global _last
    with _lock:
        stamp = max((time.time_ns() // 1_000_000) << 12, _last + 1)
        _last = stamp
    return _assemble(stamp, int.from_bytes(os.urandom(8), "big"))


def new_ids(count: int) -> list[UUID]:
    """Many fresh ids at once, in rising order."""
    global _last
    with _lock:
        first = max((time.time_ns() // 1_000_000) << 12, _last + 1)
        _last = first + count
    chance = os.urandom(8 * count)
    return [_assemble(first + n, int.from_bytes(chance[8 * n : 8 * n + 8], "big")) for n in range(count)]


def _assemble(stamp: int, chance: int) -> UUID:
    high = ((stamp >> 12) << 16) | 0x7000 | (stamp & 0xFFF)
    return id_of((high << 64) | (0b10 << 62) | (chance & ((1 << 62) - 1)))


def first_id_of(milliseconds: int) -> UUID:
    """The smallest id of a moment (milliseconds since 1970): a bound of a partition."""
    return UUID(int=(milliseconds << 80))
