"""Spreadsheets as rows of text, read as a stream: what is empty costs no memory, and what goes on being empty is not read on.

`.xlsx` is read by our own few lines (the common reader builds every empty cell), `.xls` by xlrd, which is an extra.
"""

import contextlib
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable

from questionnaires.interchange.carrying import cell_dates
from questionnaires.interchange.carrying.files import MB, CannotRead, string_of
from questionnaires.interchange.carrying.xml_tables import XmlStream

MOST_ROWS, MOST_COLUMNS = 20_000, 400
MOST_EMPTY_ROWS, MOST_EMPTY_CELLS = 3_000, 300_000
MOST_BYTES, MOST_STRINGS, MOST_PARTS = 100 * MB, 500_000, 2_000
MOST_SHEETS, MOST_CELLS = 20, 4_000_000
PIECE = 1 << 17
XLS_DATE, XLS_FLAG, XLS_ERROR = 3, 4, 5
Rows = list[list[str]]
Wanted = Callable[[str], bool]


class _Archive(zipfile.ZipFile):
    """A spreadsheet's archive with what may still be unpacked of it: its parts together, in bytes and in cells."""

    left = MOST_BYTES
    cells = MOST_CELLS
    since_1904 = False


class _Enough(Exception):
    """No need to read on."""


def sheets_of(data: bytes, wanted: Wanted) -> dict[str, Rows]:
    """The rows of each sheet whose name is wanted; rows without any value are left out.

    Raises  CannotRead
    """
    if data.startswith(b"PK"):
        return _of_xlsx(data, wanted)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _of_xls(data, wanted)
    raise CannotRead("not_a_spreadsheet")


def _of_xls(data: bytes, wanted: Wanted) -> dict[str, Rows]:
    try:
        import xlrd
    except ImportError:
        raise CannotRead("extra_missing") from None
    found: dict[str, Rows] = {}
    try:
        with xlrd.open_workbook(file_contents=data, on_demand=True, ragged_rows=True, logfile=io.StringIO()) as book:
            for name in book.sheet_names():
                if wanted(name):
                    sheet = book.sheet_by_name(name)
                    late = book.datemode == 1
                    rows = ([_xls_text(cell, late) for cell in sheet.row(n)[:MOST_COLUMNS]] for n in range(min(sheet.nrows, MOST_ROWS)))
                    found[name] = [row for row in rows if any(row)]
    except Exception:  # xlrd meets broken files with whatever its code trips over
        raise CannotRead("not_a_spreadsheet") from None
    return found


def _xls_text(cell: object, since_1904: bool) -> str:
    value, kind = getattr(cell, "value", ""), getattr(cell, "ctype", 0)
    if kind == XLS_FLAG:
        return "TRUE" if value else "FALSE"
    if kind == XLS_ERROR:
        return ""
    if kind == XLS_DATE and (date := cell_dates.said(float(value), since_1904=since_1904)) is not None:
        return date
    return string_of(value).strip()


def _of_xlsx(data: bytes, wanted: Wanted) -> dict[str, Rows]:
    try:
        with _Archive(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MOST_PARTS:
                raise CannotRead("not_a_spreadsheet")
            paths = {name: path for name, path in _paths(archive).items() if wanted(name)}
            if len(paths) > MOST_SHEETS:
                raise CannotRead("file_too_large")
            shared, dates = _shared(archive), _dates(archive)
            return {name: _sheet(archive, path, shared, dates) for name, path in paths.items()}
    except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        raise CannotRead("not_a_spreadsheet") from None


def _stream(archive: _Archive, path: str, stream: XmlStream) -> None:
    with archive.open(path) as part:
        while piece := part.read(PIECE):
            archive.left -= len(piece)
            if archive.left < 0:
                raise CannotRead("file_too_large")
            stream.feed(piece)
    stream.close()


def _paths(archive: _Archive) -> dict[str, str]:
    """Where each sheet lies, by its name."""
    targets: dict[str, str] = {}
    names: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "workbookPr":
            archive.since_1904 = attributes.get("date1904", "") in ("1", "true")
        elif _local(name) == "sheet" and len(names) < MOST_PARTS:
            link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            names.setdefault(attributes.get("name", ""), link)

    _stream(archive, "xl/_rels/workbook.xml.rels", XmlStream(relation, _nothing))
    _stream(archive, "xl/workbook.xml", XmlStream(sheet, _nothing))
    found: dict[str, str] = {}
    for name, link in names.items():
        target = targets.get(link, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        if path in archive.namelist():
            found[name] = path
    return found


def _dates(archive: _Archive) -> frozenset[int]:
    """The styles whose numbers are dates."""
    styles = cell_dates.Styles()
    if "xl/styles.xml" in archive.namelist():
        _stream(archive, "xl/styles.xml", XmlStream(styles.start, styles.end))
    return frozenset(styles.dates)


def _shared(archive: _Archive) -> list[str]:
    """The texts that cells point at; of a phonetic guide nothing."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    found: list[str] = []
    parts: list[str] = []
    silent = [0]

    def start(name: str, _attributes: dict[str, str]) -> None:
        silent[0] += _local(name) == "rPh"

    def end(name: str, text: str) -> None:
        local = _local(name)
        if local == "t" and not silent[0]:
            parts.append(text)
        elif local == "rPh":
            silent[0] -= 1
        elif local == "si":
            found.append("".join(parts))
            parts.clear()
            if len(found) > MOST_STRINGS:
                raise CannotRead("file_too_large")

    _stream(archive, "xl/sharedStrings.xml", XmlStream(start, end))
    return found


class _Sheet:
    """Takes the cells of one sheet."""

    def __init__(self, archive: _Archive, shared: list[str], dates: frozenset[int]) -> None:
        self.rows: Rows = []
        self._archive, self._shared, self._dates = archive, shared, {str(one) for one in dates}
        self._row: dict[int, str] = {}
        self._column, self._kind, self._value, self._style = 0, "", "", ""
        self._empty_rows = self._empty_cells = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local == "c":
            self._column = _column(attributes.get("r", "")) or self._column + 1
            self._kind, self._value, self._style = attributes.get("t", "n"), "", attributes.get("s", "")
        elif local == "row":
            self._row, self._column = {}, 0

    def end(self, name: str, text: str) -> None:
        local = _local(name)
        if local in ("v", "t"):
            self._value += text
        elif local == "c":
            self._take()
        elif local == "row":
            self._close()

    def _take(self) -> None:
        text = self._value
        if self._kind == "s":
            text = self._shared[int(text)] if text.isascii() and text.isdigit() and int(text) < len(self._shared) else ""
        elif self._kind == "b":
            text = "TRUE" if text == "1" else "FALSE"
        elif self._kind == "e":
            text = ""
        elif self._kind == "n" and text:
            text = self._date(text) if self._style in self._dates else _number(text)
        text = text.strip()
        if text and self._column <= MOST_COLUMNS:
            self._row[self._column] = text
            self._empty_cells = 0
        else:
            self._empty_cells += 1
            if self._empty_cells > MOST_EMPTY_CELLS:
                self._close()
                raise _Enough

    def _date(self, text: str) -> str:
        try:
            said = cell_dates.said(float(text), since_1904=self._archive.since_1904)
        except ValueError:
            return text
        return said if said is not None else _number(text)

    def _close(self) -> None:
        if not self._row:
            self._empty_rows += 1
            if self._empty_rows > MOST_EMPTY_ROWS:
                raise _Enough
            return
        self._empty_rows = 0
        self._archive.cells -= max(self._row)
        if len(self.rows) >= MOST_ROWS or self._archive.cells < 0:
            raise CannotRead("file_too_large")
        self.rows.append([self._row.get(number, "") for number in range(1, max(self._row) + 1)])
        self._row = {}


def _sheet(archive: _Archive, path: str, shared: list[str], dates: frozenset[int]) -> Rows:
    sheet = _Sheet(archive, shared, dates)
    with contextlib.suppress(_Enough):
        _stream(archive, path, XmlStream(sheet.start, sheet.end))
    return sheet.rows


def _nothing(_name: str, _text: str) -> None:
    return


def _local(name: str) -> str:
    return name.rpartition(":")[2]


_LETTERS = re.compile(r"[A-Z]{1,3}")


def _column(reference: str) -> int:
    """The number of a column from 1: `B7` is 2."""
    found = _LETTERS.match(reference)
    number = 0
    for letter in found[0] if found else "":
        number = number * 26 + ord(letter) - 64
    return number


def _number(text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        return text
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
