"""Reads a file by its layout: every row is skipped, rejected, an event or a duplicate, and the four add up."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pydantic_core import from_json

from portal.foundation.delimited.rows import Progress, open_text, rows_of
from portal.foundation.delimited.shape import column_names
from portal.foundation.delimited.slots import Slots
from scheduler.intake.events import EventIn, Problem, parse_event
from scheduler.intake.layout.shape import Layout
from scheduler.intake.store.spool import Kept, Spool

_WRITTEN_AS_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?\Z")


class Rejection(NamedTuple):
    """A row that was not taken: the number of its first line, and why."""

    line: int
    reason: str


@dataclass
class Reading:
    """A file that was read to its end; its events are given out in order of time. Close it, or use it in a `with`."""

    rows: int = 0
    skipped: int = 0
    rejected: int = 0
    duplicates: int = 0
    spool: Spool = field(default_factory=Spool, repr=False)

    @property
    def count(self) -> int:
        """How many events there are."""
        return self.rows - self.skipped - self.rejected - self.duplicates

    def events(self) -> Iterator[EventIn]:
        """The events in order of time, whatever the file's order; may be asked for again."""
        for _line, event in self.numbered():
            yield event

    def numbered(self) -> Iterator[tuple[int, EventIn]]:
        """The same, each with the number of its line."""
        for line, body in self.spool.bodies():
            yield line, EventIn.model_validate(from_json(body))

    def reject(self, line: int, reason: str) -> None:
        """Note that an event of this file was refused later on, by whoever took it in."""
        self.rejected += 1
        self.spool.reject(line, reason)

    def rejections(self) -> Iterator[Rejection]:
        """The rejected rows in order of the file."""
        for line, reason in self.spool.rejections():
            yield Rejection(line, reason)

    def write_rejected(self, path: Path) -> None:
        """Write the rejected rows beside the file, as `FILE.rejected.csv`; without any, an older list is taken away."""
        target = path.with_name(f"{path.name}.rejected.csv")
        if not self.rejected:
            target.unlink(missing_ok=True)
            return
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("line", "reason"))
            writer.writerows(self.rejections())

    def close(self) -> None:
        """Let go of the temporary file."""
        self.spool.close()

    def __enter__(self) -> "Reading":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_file(path: Path, layout: Layout, progress: Progress | None = None) -> Reading:
    """Read a whole file before anything is made of it: one that turns out to be cut short leaves no half behind.

    Shape   CSV or TSV, plain or gzip; memory stays bounded whatever its size
    Raises  InputRefused and its kinds where the file as a whole can't be trusted
    """
    reading = Reading()
    try:
        with open_text(path, layout.file, progress) as text:
            rows = rows_of(text, layout.file)
            names = column_names(rows, layout.file, layout.columns_named())
            _read_rows(reading, rows, _RowReader(layout, names), layout.file.columns or len(names))
    except BaseException:
        reading.close()
        raise
    return reading


def _read_rows(reading: Reading, rows: Iterator[tuple[int, list[str] | None]], reader: "_RowReader", width: int) -> None:
    for line, fields in rows:
        reading.rows += 1
        if fields is None:
            found: EventIn | str | None = "malformed_row"
        else:
            found = reader.read(fields) if len(fields) == width else "wrong_number_of_columns"
        if found is None:
            reading.skipped += 1
            continue
        if isinstance(found, EventIn):
            kept = reading.spool.add(line, found.event_id, found.occurred_at, found.digest(), found.model_dump_json().encode())
            if kept is Kept.NEW:
                continue
            if kept is Kept.DUPLICATE:
                reading.duplicates += 1
                continue
            found = "event_id_conflict"
        reading.rejected += 1
        reading.spool.reject(line, found)


class _RowReader:
    """Makes an event of one row's fields; everything that is the same for all rows is prepared once."""

    def __init__(self, layout: Layout, names: list[str]) -> None:
        self._layout, self._names = layout, names
        self._slots: dict[str, Slots] = layout.event.slots()
        self._zone, self._format = layout.event.zone, layout.event.occurred_at_format

    def read(self, fields: list[str]) -> EventIn | str | None:
        """The event, the reason why the row is rejected, or None where it is skipped."""
        row = dict(zip(self._names, (value.strip() for value in fields), strict=True))
        if not all(test.holds(row) for test in self._layout.where):
            return None
        for test in self._layout.require:
            if not test.holds(row):
                return test.reason
        found = parse_event(self._raw(row))
        return _reason(found) if isinstance(found, Problem) else found

    def _raw(self, row: Mapping[str, str]) -> dict[str, object]:
        filled = {name: value for name, slots in self._slots.items() if (value := slots.fill(row)) is not None}
        raw: dict[str, object] = {"event_type" if name == "type" else name: value for name, value in filled.items()}
        if "occurred_at" in filled:
            raw["occurred_at"] = self._moment(filled["occurred_at"])
        raw["attributes"] = {name: _number_or_text(value) for name in self._layout.event.attributes if (value := row[name])}
        return raw

    def _moment(self, text: str) -> datetime | str:
        """The time a row tells; text that is none goes on as it is, to be refused like any other wrong value."""
        try:
            moment = datetime.fromisoformat(text) if self._format == "iso" else datetime.strptime(text, self._format)  # noqa: DTZ007  # the zone follows
        except ValueError:
            return "not a time"
        return moment if moment.utcoffset() is not None else moment.replace(tzinfo=self._zone)


def _number_or_text(value: str) -> str | int | float:
    """Numbers become numbers; codes that begin with a nought or a plus stay text."""
    if not _WRITTEN_AS_NUMBER.match(value):
        return value
    return float(value) if "." in value else int(value)


def _reason(problem: Problem) -> str:
    return f"{problem.field}: {problem.code}" if problem.field else problem.code
