"""A table that leaves the house: its columns, told once for every format of file."""

from dataclasses import dataclass
from enum import StrEnum

Value = str | int | float | bool | None
LONGEST = 2000
"""Signs of a text in a file; what is longer is cut, and ends in an ellipsis."""


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"


@dataclass(frozen=True)
class FileColumn:
    """A column: a name for programs, a label for people, and for coded values what they mean.

    Shape   `width` is the most bytes of a text in UTF-8, for formats whose columns are of one width
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    width: int = 64
    labels: tuple[tuple[str | float, str], ...] = ()


def cut(text: str, most: int = LONGEST) -> str:
    """A text of at most so many signs."""
    return text if len(text) <= most else text[: most - 1] + "…"


def cut_bytes(text: str, most: int) -> bytes:
    """A text in UTF-8 of at most so many bytes, no sign torn."""
    raw = text.encode()
    return raw if len(raw) <= most else raw[:most].decode(errors="ignore").encode()
