"""CSV files as people upload them: any of the usual encodings and separators, read row by row, refused with line and reason."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from portal.foundation.errors import InvalidInput

Row = TypeVar("Row", bound=BaseModel)
ROWS_MOST = 200_000
SEPARATORS = ",;\t"
CODES = (
    ("missing", "missing"),
    ("too_long", "too_long"),
    ("date", "not_a_date"),
    ("bool", "not_yes_or_no"),
    ("enum", "not_one_of_the_words"),
    ("literal", "not_one_of_the_words"),
)
"""Parts of pydantic's error types, and what a person is told."""


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken: its line in the file, the column at fault where there is one, and a code. Never the value."""

    line: int
    column: str
    code: str


@dataclass(frozen=True)
class Line(Generic[Row]):
    """A row that was read well, with its line in the file."""

    line: int
    row: Row


def decode(raw: bytes) -> str:
    """The text of a file: UTF-8, with or without a mark, else GB18030, which Excel writes in China.

    Raises  InvalidInput for `file`: empty_file, spreadsheet_file, wrong_encoding
    """
    if not raw.strip():
        raise InvalidInput({"file": "empty_file"})
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InvalidInput({"file": "spreadsheet_file"})
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InvalidInput({"file": "wrong_encoding"})


def read(text: str, model: type[Row], known_as: Mapping[str, str], required: Collection[str]) -> Iterator[Line[Row] | Rejected]:
    """Each row as the model, or why not; empty cells count as absent. The head is checked before this returns.

    known_as  other names of columns, such as the Chinese ones
    Raises    InvalidInput for `file`: missing_columns, unknown_columns, duplicate_columns, malformed_file,
              too_many_rows; the facts name the columns or the line
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        head = [_column(name, known_as) for name in next(reader)]
    except (csv.Error, StopIteration):
        raise InvalidInput({"file": "malformed_file"}, line=1) from None
    _check_head(head, list(model.model_fields), required)
    return _rows(reader, head, model)


def dump(columns: Sequence[str], rows: Collection[Sequence[Any]]) -> str:
    """A CSV file with a mark that makes Excel read it as UTF-8. Cells that a spreadsheet would run as a formula are disarmed."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def harmless(cell: Any) -> str:
    """A cell's text, disarmed where a spreadsheet would run it as a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(("=", "@", "\t", "\r")) or (text[:1] in "+-" and not text[1:].isdigit() and text[1:]) else text


def _separator(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(SEPARATORS, key=head.count)


def _column(name: str, known_as: Mapping[str, str]) -> str:
    plain = name.strip().lower()
    return known_as.get(plain, plain)


def _check_head(head: Sequence[str], known: Sequence[str], required: Collection[str]) -> None:
    for code, names in (
        ("duplicate_columns", sorted({name for name in head if head.count(name) > 1})),
        ("missing_columns", sorted(set(required) - set(head))),
        ("unknown_columns", sorted(set(head) - set(known))),
    ):
        if names:
            raise InvalidInput({"file": code}, columns=", ".join(name[:40] for name in names[:20]))


def _rows(reader: Any, head: Sequence[str], model: type[Row]) -> Iterator[Line[Row] | Rejected]:
    seen = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise InvalidInput({"file": "malformed_file"}, line=line) from None
        if not any(cell.strip() for cell in cells):
            continue
        seen += 1
        if seen > ROWS_MOST:
            raise InvalidInput({"file": "too_many_rows"}, most=ROWS_MOST)
        yield _row(line, cells, head, model)


def _row(line: int, cells: Sequence[str], head: Sequence[str], model: type[Row]) -> Line[Row] | Rejected:
    if len(cells) != len(head):
        return Rejected(line, "", "wrong_number_of_cells")
    values = {name: cell.strip() for name, cell in zip(head, cells, strict=True) if cell.strip()}
    try:
        return Line(line, model.model_validate(values))
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=True, include_url=False)[0]
        column = str(first["loc"][0]) if first["loc"] else ""
        return Rejected(line, column, code_of(first))


def code_of(error: Any) -> str:
    """Our code for one of pydantic's errors: that of a validator of ours (`ValueError("code")`), else one of a few plain ones."""
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    for part, code in CODES:
        if part in error["type"]:
            return code
    return "not_valid"
