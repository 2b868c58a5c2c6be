"""What every layout file says of its file, and how a layout is read: a TOML document."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from portal.foundation.delimited import errors
from portal.foundation.delimited.slots import parse_slots
from portal.foundation.zones import zones


def _check_template(template: str) -> str:
    parse_slots(template)
    return template


def _check_zone(zone: str) -> str:
    if zone not in zones():
        raise ValueError("not a time zone of the IANA list")
    return zone


def _check_encoding(encoding: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        raise ValueError("not a known encoding") from None
    return "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding


Template = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_check_template)]
"""Text with column names in braces."""
Zone = Annotated[str, AfterValidator(_check_zone)]


class Strict(BaseModel):
    """A part of a layout: nothing in it that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileShape(Strict):
    """How the file is cut into rows and fields."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Annotated[str, AfterValidator(_check_encoding)] = "utf-8-sig"
    columns: Annotated[int, Field(ge=1, le=2000)] | None = None
    header: bool = True
    quote: Annotated[str, Field(max_length=1)] = '"'


Shape = TypeVar("Shape", bound=Strict)


def read_document(path: Path, shape: type[Shape]) -> Shape:
    """Read a layout file.

    Raises  LayoutInvalid with the field that is wrong
    """
    try:
        return parse_document(tomllib.loads(path.read_text(encoding="utf-8")), shape)
    except OSError as error:
        raise errors.LayoutInvalid(field="", problem=error.strerror or "unreadable") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise errors.LayoutInvalid(field="", problem=str(error)) from None


def parse_document(document: dict[str, Any], shape: type[Shape]) -> Shape:
    """A layout from a parsed document.

    Raises  LayoutInvalid with the field that is wrong
    """
    try:
        return shape.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise errors.LayoutInvalid(field=".".join(str(part) for part in first["loc"]), problem=first["msg"]) from None


def column_names(rows: Iterator[tuple[int, list[str] | None]], shape: FileShape, needed: Iterator[str]) -> list[str]:
    """The file's columns: from its header, or numbered from 1 where it has none.

    Raises  FileEmpty, LayoutInvalid, ColumnMissing, ColumnTwice
    """
    if not shape.header:
        if shape.columns is None:
            raise errors.LayoutInvalid(field="file.columns", problem="needed where there is no header")
        names = [str(number) for number in range(1, shape.columns + 1)]
    else:
        names = _header(rows, shape)
    for column in needed:
        if column not in names:
            raise errors.ColumnMissing(column=column)
        if names.count(column) > 1:
            raise errors.ColumnTwice(column=column)
    return names


def _header(rows: Iterator[tuple[int, list[str] | None]], shape: FileShape) -> list[str]:
    _, fields = next(rows, (0, None))
    if fields is None:
        raise errors.FileEmpty()
    if shape.columns is not None and len(fields) != shape.columns:
        raise errors.LayoutInvalid(field="file.columns", problem=f"the file's header has {len(fields)} columns")
    return [name.strip() for name in fields]
