"""SPSS system files, written row by row, so that memory does not grow with the rows: numbers, texts up to 32,767 bytes, labels, UTF-8.

The format is as PSPP documents it; tests read the files back with another program's reader (ReadStat).
"""

import re
import struct
from collections.abc import Sequence
from typing import BinaryIO

from questionnaires.reports.rules.tables import FileColumn, Kind, Value, cut_bytes

SEGMENT = 252
WIDEST = 255
BIAS = 100
MISSING = struct.pack("<d", -1.7976931348623157e308)
CODE_SPACES, CODE_MISSING, CODE_RAW, CODE_END = 254, 255, 253, 252
CASES_AT = 80
RESERVED = frozenset({"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"})


class SavWriter:
    """One file: made with its columns, then row by row, then closed."""

    def __init__(self, file: BinaryIO, columns: Sequence[FileColumn], made: str, label: str = "") -> None:
        """Write the head.

        made   day and time as `01 Jan 26` and `12:00:00`, one blank between
        """
        self._file = file
        self._columns = list(columns)
        self._codes = bytearray()
        self._raw = bytearray()
        self._rows = 0
        self._short = _short_names(len(self._columns), [_segments(column) for column in self._columns])
        self._head(made, label)

    def row(self, values: Sequence[Value]) -> None:
        """One case."""
        for column, value in zip(self._columns, values, strict=True):
            if column.kind is Kind.NUMBER:
                self._number(value)
            else:
                self._text("" if value is None else str(value), column)
        self._rows += 1

    def close(self) -> None:
        """Write what is left, and the number of cases into the head."""
        self._code(CODE_END)
        while self._codes:
            self._code(0)
        self._file.seek(CASES_AT)
        self._file.write(struct.pack("<i", self._rows))
        self._file.seek(0, 2)

    def _number(self, value: Value) -> None:
        if value is None or isinstance(value, str):
            self._code(CODE_MISSING)
        elif float(value).is_integer() and 1 - BIAS <= value <= 251 - BIAS:
            self._code(int(value) + BIAS)
        else:
            self._code(CODE_RAW, struct.pack("<d", float(value)))

    def _text(self, text: str, column: FileColumn) -> None:
        raw = cut_bytes(text.replace("\x00", ""), column.width).ljust(column.width)
        at = 0
        for width in _segments(column):
            part, at = raw[at : at + width], at + width
            part = part.ljust(_padded(width))
            for start in range(0, len(part), 8):
                eight = part[start : start + 8]
                if eight == b" " * 8:
                    self._code(CODE_SPACES)
                else:
                    self._code(CODE_RAW, eight)

    def _code(self, code: int, raw: bytes = b"") -> None:
        """Codes go out eight at a time, each followed by the values that did not fit into a code."""
        self._codes.append(code)
        self._raw += raw
        if len(self._codes) == 8:
            self._file.write(self._codes + self._raw)
            self._codes.clear()
            self._raw.clear()

    def _head(self, made: str, label: str) -> None:
        width = sum(_padded(part) // 8 if column.kind is Kind.TEXT else 1 for column in self._columns for part in _segments(column))
        day, _, clock = made.partition("|")
        head = b"$FL2" + b"@(#) SPSS DATA FILE Soundings".ljust(60)
        head += struct.pack("<iiiii", 2, width, 1, 0, -1) + struct.pack("<d", float(BIAS))
        self._file.write(head + day.encode().ljust(9)[:9] + clock.encode().ljust(8)[:8] + cut_bytes(label, 64).ljust(64) + b"\x00" * 3)
        for number, column in enumerate(self._columns):
            self._variable(column, self._short[number])
        for number, column in enumerate(self._columns):
            self._value_labels(number, column)
        self._extensions()
        self._file.write(struct.pack("<ii", 999, 0))

    def _variable(self, column: FileColumn, names: Sequence[str]) -> None:
        label = cut_bytes(column.label, 250)
        for place, (width, name) in enumerate(zip(_segments(column), names, strict=True)):
            text = column.kind is Kind.TEXT
            shown = _format(1, min(width, WIDEST), 0) if text else _format(5, 12, 2)
            labelled = bool(label) and place == 0
            self._file.write(struct.pack("<iiiiii", 2, width if text else 0, int(labelled), 0, shown, shown) + name.encode().ljust(8))
            if labelled:
                self._file.write(struct.pack("<i", len(label)) + label.ljust(-(-len(label) // 4) * 4, b"\x00"))
            for _ in range(_padded(width) // 8 - 1 if text else 0):
                self._file.write(struct.pack("<iiiiii", 2, -1, 0, 0, 0, 0) + b" " * 8)

    def _value_labels(self, number: int, column: FileColumn) -> None:
        """Labels of values; texts longer than eight bytes would need another record and go without."""
        if not column.labels or (column.kind is Kind.TEXT and column.width > 8):
            return
        self._file.write(struct.pack("<ii", 3, len(column.labels)))
        for value, label in column.labels:
            raw = struct.pack("<d", float(value)) if column.kind is Kind.NUMBER else str(value).encode().ljust(8)[:8]
            words = cut_bytes(label, 120)
            room = -(-(len(words) + 1) // 8) * 8
            self._file.write(raw + bytes([len(words)]) + words.ljust(room - 1))
        index = 1 + sum(_places(other) for other in self._columns[:number])
        self._file.write(struct.pack("<iii", 4, 1, index))

    def _extensions(self) -> None:
        """Machine facts, long names, very long texts, and the encoding."""
        self._extension(3, 4, struct.pack("<iiiiiiii", 1, 0, 0, -1, 1, 1, 2, 65001))
        self._extension(4, 8, MISSING + struct.pack("<d", 1.7976931348623157e308) + struct.pack("<d", -1.7976931348623155e308))
        names = zip(self._short, _long_names(self._columns), strict=True)
        self._extension(13, 1, b"\t".join(f"{short[0]}={long}".encode() for short, long in names))
        wide = [(short[0], column.width) for short, column in zip(self._short, self._columns, strict=True) if len(short) > 1]
        if wide:
            self._extension(14, 1, b"".join(f"{name}={width:05d}\x00\t".encode() for name, width in wide))
        self._extension(20, 1, b"UTF-8")

    def _extension(self, kind: int, size: int, data: bytes) -> None:
        self._file.write(struct.pack("<iiii", 7, kind, size, len(data) // size) + data)


def _segments(column: FileColumn) -> list[int]:
    """The widths of the variables that a column takes: one, or several for a very long text."""
    if column.kind is Kind.NUMBER:
        return [0]
    if column.width <= WIDEST:
        return [column.width]
    parts = -(-column.width // SEGMENT)
    return [WIDEST] * (parts - 1) + [column.width - (parts - 1) * SEGMENT]


def _padded(width: int) -> int:
    return -(-max(width, 1) // 8) * 8


def _places(column: FileColumn) -> int:
    return sum(_padded(width) // 8 for width in _segments(column)) if column.kind is Kind.TEXT else 1


def _format(kind: int, width: int, decimals: int) -> int:
    return (kind << 16) | (width << 8) | decimals


def _short_names(columns: int, segments: Sequence[Sequence[int]]) -> list[list[str]]:
    """Names of eight letters: V1, V2, …; the further parts of a very long text get names of their own."""
    return [[f"V{n + 1}"] + [f"V{n + 1}_{part}" for part in range(1, len(segments[n]))] for n in range(columns)]


def _long_names(columns: Sequence[FileColumn]) -> list[str]:
    """Names as SPSS takes them: letters first, no blanks, each once whatever its case."""
    found: list[str] = []
    taken: set[str] = set()
    for number, column in enumerate(columns):
        name = re.sub(r"[^0-9A-Za-z_.]", "_", column.name)[:60].rstrip(".") or "v"
        if not name[0].isalpha() or name.upper() in RESERVED:
            name = f"v_{name}"
        if name.upper() in taken:
            name = f"{name[:50]}_{number}"
        taken.add(name.upper())
        found.append(name)
    return found
