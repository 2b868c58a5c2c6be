"""A delimited file as rows, one after the other: plain or gzip, in bounded memory, refused where it is not what it says."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from typing_extensions import Buffer

from portal.foundation.delimited import errors
from portal.foundation.delimited.shape import FileShape

Progress = Callable[[int], object]

MAX_LINE = 1_000_000
"""Characters of one line. No event is that long, and a bomb may well be one line."""

MAX_RATIO = 200
"""Expanded bytes for one compressed byte. Real files of rows stay below 50; a bomb reaches 1,000."""

SMALL = 4 * 1024 * 1024
"""Below this a file may expand as it likes: a few equal rows compress very well."""

_GZIP_MAGIC = b"\x1f\x8b"
_BLOCK = 1 << 18


class _Counted(io.RawIOBase):
    """A file that tells how many bytes were taken from it."""

    def __init__(self, file: BinaryIO, progress: Progress | None) -> None:
        self._file, self._progress, self.taken = file, progress, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        count = cast(io.RawIOBase, self._file).readinto(buffer) or 0
        self.taken += count
        if self._progress and count:
            self._progress(count)
        return count


class _Bounded(io.RawIOBase):
    """What a gzip file expands to, given up where it grows beyond reason."""

    def __init__(self, source: _Counted) -> None:
        self._source, self._plain, self._given = source, gzip.GzipFile(fileobj=cast(BinaryIO, io.BufferedReader(source, _BLOCK))), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        try:
            count = self._plain.readinto(buffer) or 0
        except EOFError:
            raise errors.FileCutShort(line=0) from None
        except (gzip.BadGzipFile, zlib.error):
            raise errors.FileDamaged() from None
        self._given += count
        if self._given > SMALL and self._given > MAX_RATIO * self._source.taken:
            raise errors.FileExpandsTooFar(expanded=self._given, compressed=self._source.taken)
        return count


@contextmanager
def open_text(path: Path, shape: FileShape, progress: Progress | None = None) -> Iterator[TextIO]:
    """The file as text. Gzip is known by its first bytes; a name in .gz without them is refused.

    Raises  FileUnreadable, FileDamaged; while reading also WrongEncoding, FileCutShort, FileExpandsTooFar
    """
    try:
        file = path.open("rb", buffering=0)
    except OSError as error:
        raise errors.FileUnreadable(problem=error.strerror or "unreadable") from None
    with file:
        packed = _starts_like_gzip(cast(BinaryIO, file))
        if path.suffix == ".gz" and not packed:
            raise errors.FileDamaged()
        counted = _Counted(cast(BinaryIO, file), progress)
        raw: io.RawIOBase = _Bounded(counted) if packed else counted
        yield io.TextIOWrapper(io.BufferedReader(raw, _BLOCK), encoding=shape.encoding, errors="strict", newline="")


def _starts_like_gzip(file: BinaryIO) -> bool:
    try:
        start = file.read(2)
        file.seek(0)
    except OSError as error:
        raise errors.FileUnreadable(problem=error.strerror or "unreadable") from None
    return start == _GZIP_MAGIC


def _lines(text: TextIO) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        try:
            line = text.readline(MAX_LINE)
        except UnicodeDecodeError:
            raise errors.WrongEncoding(line=number) from None
        if not line:
            return
        if len(line) >= MAX_LINE and not line.endswith("\n"):
            raise errors.RowTooLong(line=number)
        yield line


def rows_of(text: TextIO, shape: FileShape) -> Iterator[tuple[int, list[str] | None]]:
    """Each row with the number of its first line; None in place of its fields where the quoting makes no sense.

    Shape   blank lines are no rows
    Raises  FileCutShort for a quotation mark never closed, RowTooLong
    """
    reader = csv.reader(
        _lines(text),
        delimiter=shape.delimiter,
        quotechar=shape.quote or None,
        quoting=csv.QUOTE_MINIMAL if shape.quote else csv.QUOTE_NONE,
        strict=True,
    )
    while True:
        first = reader.line_num + 1
        try:
            fields = next(reader, None)
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise errors.FileCutShort(line=first) from None
            if "field larger" in str(error):
                raise errors.RowTooLong(line=first) from None
            yield first, None
            continue
        if fields is None:
            return
        if fields:
            yield first, fields
