"""Bytes of a file as text or JSON, within limits; what can't be read is refused in a word."""

import json
from collections.abc import Mapping
from typing import Any

from portal.foundation.errors import InvalidInput

MB = 1024 * 1024
LARGEST = 32 * MB
"""The largest file that is read, in bytes."""
DEEPEST = 60
"""How deep groups may lie within groups."""


class CannotRead(InvalidInput):
    """The file is not what it should be; `fields` says where and why."""

    code = "file_cannot_be_read"

    def __init__(self, fields: Mapping[str, str] | str) -> None:
        super().__init__({"file": fields} if isinstance(fields, str) else fields)


def text_of(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 (with a mark) or GB18030.

    Raises  CannotRead for an empty file, for bytes that are no text, and for UTF-8 that ends within a sign
    """
    if not data.strip():
        raise CannotRead("empty_file")
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding == "utf-8-sig" and error.reason == "unexpected end of data" and not data[: error.start].isascii():
                raise CannotRead("file_cut_short") from None  # as GB18030 it would be read as other words
            continue
        if "\x00" not in text:
            return text
    raise CannotRead("wrong_encoding")


def json_of(data: bytes) -> Any:
    """The JSON of a file.

    Raises  CannotRead where it is none, is cut short, or is nested too deep
    """
    try:
        return json.loads(text_of(data))
    except RecursionError:
        raise CannotRead("nested_too_deep") from None
    except ValueError:
        raise CannotRead("not_json") from None


def objects_in(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, whatever else stands in it; of an object its values."""
    if isinstance(value, dict):
        value = list(value.values())
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def number_of(value: Any) -> float | None:
    """A number that a file wrote as one or as text; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(str(value).strip().replace(",", ".")[:40]) if not isinstance(value, int | float) else float(value)
    except (ValueError, OverflowError):
        return None
    return number if number == number and abs(number) <= 1e12 else None


def whole_of(value: Any) -> int | None:
    """A whole number, or None."""
    number = number_of(value)
    return int(number) if number is not None else None


def string_of(value: Any) -> str:
    """A value as the file would say it in an expression: `true`, 3 for 3.0."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else "" if value is None else str(value)
