"""Tables in files: CSV and XLSX read into rows of text with their line numbers, and rows of text written as either.

What is read is text and stays text: a cell that begins with "=" is never worked out. On the way out, CSV cells that a
spreadsheet would take for a formula get an apostrophe in front, which the way in takes off again; XLSX cells are typed as
text, so they need none.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.foundation.archives import within_bounds
from portal.foundation.errors import InvalidInput

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES, MOST_COLUMNS = 20_000, 200
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?\Z")


@dataclass(frozen=True)
class Line:
    """One line of a table: its number in the file, its cells by column, and why it can't be taken."""

    number: int
    cells: dict[str, str]
    reason: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Table:
    """A file as a table: its columns and lines, and how it was read."""

    columns: tuple[str, ...]
    lines: list[Line]
    encoding: str = ""


def bad(code: str) -> InvalidInput:
    """What is wrong with the file as a whole."""
    return InvalidInput({"file": code})


def text_of(data: bytes) -> tuple[str, str]:
    """A text file's words and its encoding: UTF-8, UTF-16 by its mark, else GB18030, which Chinese spreadsheets write.

    Raises  InvalidInput where it is none of them
    """
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "gb18030": "GB18030"}[encoding]
    raise bad("file_encoding_unknown")


def read_csv(data: bytes) -> Table:
    """A CSV file, its columns split by commas, semicolons or tabs.

    Raises  InvalidInput
    """
    text, encoding = text_of(data)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    try:
        for cells in reader:
            found.append((before + 1, [unguarded(cell) for cell in cells]))
            before = reader.line_num
            if len(found) > MOST_LINES:
                raise bad("file_too_long")
    except csv.Error:
        raise bad("file_not_readable") from None
    return _table(found, encoding, {})


def read_xlsx(data: bytes) -> Table:
    """The sheet `questions`, else the first one. Lines with formulas or merged cells carry the reason and the cell's name.

    Raises  InvalidInput
    """
    try:
        if not within_bounds(data):
            raise bad("file_too_large")
        book = load_workbook(io.BytesIO(data), keep_links=False)
    except InvalidInput:
        raise
    except Exception:  # a broken file raises whatever the XML or the package brings up
        raise bad("file_not_readable") from None
    sheet = book["questions"] if "questions" in book.sheetnames else book.worksheets[0] if book.worksheets else None
    if not isinstance(sheet, Worksheet):
        raise bad("file_not_readable")
    if (sheet.max_row or 0) > MOST_LINES or (sheet.max_column or 0) > MOST_COLUMNS:
        raise bad("file_too_long")
    refused: dict[int, tuple[str, str]] = {}
    for area in sheet.merged_cells.ranges:
        refused |= dict.fromkeys(range(area.min_row, area.max_row + 1), ("merged_cell", area.coord))
    rows = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        formula = next((cell for cell in cells if cell.data_type == "f"), None)
        if formula is not None:
            refused.setdefault(number, ("formula_cell", formula.coordinate))
        rows.append((number, [_shown(cell.value) for cell in cells]))
    return _table(rows, "XLSX", refused)


def write_csv(columns: Sequence[str], lines: Iterable[dict[str, str]]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read Chinese; cells that look like formulas are guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for line in lines:
        writer.writerow([guarded(line.get(name, "")) for name in columns])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(columns: Sequence[str], lines: Iterable[dict[str, str]]) -> bytes:
    """One sheet, the head frozen; every cell is text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("questions")
    sheet.freeze_panes = "C2"
    for at, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(at)].width = 44 if name.startswith(("text:", "help:")) else 14
    sheet.append([_text_cell(sheet, name) for name in columns])
    for line in lines:
        sheet.append([_text_cell(sheet, line.get(name, "")) if line.get(name) else None for name in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula. Plain numbers such as -5 stay."""
    return f"'{text}" if _FORMULA.match(text) and not NUMBER.match(text) else text


def unguarded(text: str) -> str:
    """A cell as it was before it was guarded."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _table(rows: Sequence[tuple[int, list[str]]], encoding: str, refused: dict[int, tuple[str, str]]) -> Table:
    """The first line that is not empty names the columns."""
    filled = [(number, [_CONTROL.sub("", cell) for cell in cells]) for number, cells in rows if any(cell.strip() for cell in cells)]
    filled += [(number, []) for number in refused if number not in {one for one, _cells in filled}]
    if not filled:
        raise bad("file_empty")
    filled.sort(key=lambda one: one[0])
    head, columns = filled[0][0], tuple(name.strip() for name in filled[0][1])
    named = [name for name in columns if name]
    if head in refused or len(named) != len(set(named)) or len(columns) > MOST_COLUMNS:
        raise bad("file_head_unclear")
    lines = []
    for number, cells in filled[1:]:
        reason, cell = refused.get(number, ("", ""))
        lines.append(Line(number, {name: text for name, text in zip(columns, cells, strict=False) if name}, reason, cell))
    return Table(tuple(named), lines, encoding)


def _text_cell(sheet: Any, text: str) -> Cell:
    cell = WriteOnlyCell(sheet, value=_CONTROL.sub("", text))
    cell.data_type = "s"
    return cell


def _shown(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
