"""Files of rows in four formats, written row by row: memory does not grow with them. Cells that a spreadsheet would run are disarmed."""

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from portal.people.sheets import harmless
from questionnaires.reports.rules.sav import SavWriter
from questionnaires.reports.rules.tables import FileColumn, Value, cut

SHEET_ROWS = 1_000_000
MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sav": "application/x-spss-sav",
    "jsonl": "application/x-ndjson",
}


class Writer(Protocol):
    """Takes rows."""

    def row(self, values: Sequence[Value]) -> None:
        """One row, in the order of the columns."""


@contextmanager
def writing_to(path: Path, format: str, columns: Sequence[FileColumn], now: datetime, title: str = "") -> Iterator[Writer]:
    """A file of a format with its head written; whole when the block ends."""
    if format == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            yield _Csv(file, columns)
    elif format == "jsonl":
        with path.open("w", encoding="utf-8") as file:
            yield _JsonLines(file, columns)
    elif format == "sav":
        with path.open("wb+") as raw:
            made = SavWriter(raw, columns, f"{now:%d %b %y}|{now:%H:%M:%S}", title)
            yield made
            made.close()
    else:
        book = _Sheets(columns, title)
        yield book
        book.save(path)


class _Csv:
    def __init__(self, file: Any, columns: Sequence[FileColumn]) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow([harmless(column.name) for column in columns])

    def row(self, values: Sequence[Value]) -> None:
        self._writer.writerow([harmless(cut(value)) if isinstance(value, str) else value for value in values])


class _JsonLines:
    """Nothing is disarmed here: programs read it, and they are to get what was said."""

    def __init__(self, file: Any, columns: Sequence[FileColumn]) -> None:
        self._file = file
        self._names = [column.name for column in columns]

    def row(self, values: Sequence[Value]) -> None:
        self._file.write(json.dumps(dict(zip(self._names, values, strict=True)), ensure_ascii=False) + "\n")


class _Sheets:
    """A workbook; a further sheet begins where one is full."""

    def __init__(self, columns: Sequence[FileColumn], title: str) -> None:
        self._book = Workbook(write_only=True)
        self._columns = columns
        self._title = "".join(letter for letter in title if letter not in r"[]:*?/\\")[:24] or "Soundings"
        self._rows = 0
        self._sheet: Any = None
        self._begin()

    def _begin(self) -> None:
        number = len(self._book.sheetnames) + 1
        self._sheet = self._book.create_sheet(self._title if number == 1 else f"{self._title} {number}")
        self._sheet.freeze_panes = "A2"
        cells = []
        for column in self._columns:
            cell = WriteOnlyCell(self._sheet, value=printable(harmless(column.label)))
            cell.font = Font(bold=True)
            cells.append(cell)
        self._sheet.append(cells)

    def row(self, values: Sequence[Value]) -> None:
        if self._rows and self._rows % SHEET_ROWS == 0:
            self._begin()
        self._rows += 1
        self._sheet.append([printable(harmless(cut(value))) if isinstance(value, str) else value for value in values])

    def save(self, path: Path) -> None:
        self._book.save(path)


def printable(text: str) -> str:
    """Without the control signs that a spreadsheet's XML can't hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t")
