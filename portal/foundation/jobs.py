"""A job: work done by the clock, again and again; and a queue: rows that wait for one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from flask_babel import LazyString
from sqlmodel import Session

from portal.foundation.ground import Ground

SHARDS = 256
"""Customers, candidates and messages carry a shard, 0 to 255, by their person."""
LONGEST_NAME = 34


class Shards(NamedTuple):
    """A range of shards, both ends included."""

    first: int
    last: int


def parts_of(number: int) -> list[Shards]:
    """All shards in so many ranges of the same size, or nearly."""
    return [Shards(SHARDS * place // number, SHARDS * (place + 1) // number - 1) for place in range(number)]


@dataclass(frozen=True)
class Job:
    """Timed work of a feature.

    `run` takes the ground and now, returns how many rows it saw, and must be safe to run twice and in two processes.
    With `batch` set, a run that saw at least so many rows is followed by another at once.
    `by_shard` is the same work over the customers of some shards only: on many machines each part is a task of its own.
    """

    name: str
    every: timedelta
    run: Callable[[Ground, datetime], int]
    title: LazyString | str
    batch: int = 0
    by_shard: Callable[[Ground, datetime, Shards], int] | None = None


class QueueState(NamedTuple):
    """How many rows of a queue are up, and since when the oldest of them is."""

    depth: int
    oldest: datetime | None = None


@dataclass(frozen=True)
class Queue:
    """A table that is a queue. `look` counts through a partial index, so that looking costs little."""

    name: str
    title: LazyString | str
    look: Callable[[Session, datetime], QueueState]
