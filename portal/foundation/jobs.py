"""A job: work done by the clock, again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import LazyString

from portal.foundation.ground import Ground


@dataclass(frozen=True)
class Job:
    """Timed work of a feature.

    `run` takes the ground and now, returns how many rows it saw, and must be safe to run twice and in two processes.
    With `batch` set, a run that saw at least so many rows is followed by another at once.
    """

    name: str
    every: timedelta
    run: Callable[[Ground, datetime], int]
    title: LazyString | str
    batch: int = 0
