"""Load a file's events: in order of time, in batches, each batch a transaction; loading again adds nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.people.centres import ensure_centre
from scheduler.intake.dead import Refused, keep
from scheduler.intake.events import EventIn
from scheduler.intake.layout.reading import Reading
from scheduler.intake.layout.shape import Layout
from scheduler.intake.receive import Desk, receive

BATCH = 2_000


@dataclass(frozen=True)
class Loaded:
    """What became of a file: rows = skipped + rejected + events + duplicates."""

    rows: int
    skipped: int
    rejected: int
    events: int
    duplicates: int

    def as_dict(self) -> dict[str, Any]:
        """For printing."""
        return {
            "rows": self.rows, "skipped": self.skipped, "rejected": self.rejected, "events": self.events, "duplicates": self.duplicates,
        }  # fmt: skip


class _TriedOut(Exception):
    """Ends the transaction of a dry run, so that it is rolled back."""


def load_events(ground: Ground, reading: Reading, layout: Layout, *, dry_run: bool = False, batch: int = BATCH) -> Loaded:
    """Take in everything a reading holds. A dry run does the same work and keeps none of it."""
    events = duplicates = 0
    for numbered in _batches(reading.numbered(), batch):
        try:
            with ground.writing() as session:
                received, doubled = _load_batch(session, ground, reading, layout, numbered)
                if dry_run:
                    raise _TriedOut
        except _TriedOut:
            pass
        events, duplicates = events + received, duplicates + doubled
    return Loaded(reading.rows, reading.skipped, reading.rejected, events, reading.duplicates + duplicates)


def _load_batch(session: Session, ground: Ground, reading: Reading, layout: Layout, numbered: list[tuple[int, EventIn]]) -> tuple[int, int]:
    if layout.fixed_unit:
        ensure_centre(session, layout.fixed_unit)
    receipt = receive(session, [event for _line, event in numbered], Desk(ground.now(), ground.settings.zone, keys=ground.keys))
    keep(session, [Refused(numbered[one.place][1], one.code, one.field) for one in receipt.rejected], ground.keys, ground.now())
    for refusal in receipt.rejected:
        reading.reject(numbered[refusal.place][0], f"{refusal.field}: {refusal.code}")
    return receipt.received, receipt.duplicates


def _batches(numbered: Iterable[tuple[int, EventIn]], size: int) -> Iterator[list[tuple[int, EventIn]]]:
    stream = iter(numbered)
    while several := list(islice(stream, size)):
        yield several
