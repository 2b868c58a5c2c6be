"""The layout file: a TOML document that says how rows become events."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from portal.foundation.zones import zones
from scheduler.intake.layout.errors import LayoutInvalid
from scheduler.intake.layout.rowtests import Requirement, RowTest
from scheduler.intake.layout.slots import Slots, parse_slots


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


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileShape(_Strict):
    """How the file is cut into rows and fields."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Annotated[str, AfterValidator(_check_encoding)] = "utf-8-sig"
    columns: Annotated[int, Field(ge=1, le=2000)] | None = None
    header: bool = True
    quote: Annotated[str, Field(max_length=1)] = '"'


class EventShape(_Strict):
    """How a row's columns become an event's fields; each is a template over column names in braces."""

    type: Template
    event_id: Template
    customer_ref: Template
    occurred_at: Template
    occurred_at_format: Annotated[str, Field(min_length=1)] = "iso"
    timezone: Annotated[str, AfterValidator(_check_zone)] = "UTC"
    transaction_ref: Template | None = None
    unit: Template | None = None
    staff: Template | None = None
    channel: Template | None = None
    attributes: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times that carry none."""
        return ZoneInfo(self.timezone)

    def slots(self) -> dict[str, Slots]:
        """The templates taken apart, by the event's field."""
        names = ("type", "event_id", "customer_ref", "occurred_at", "transaction_ref", "unit", "staff", "channel")
        return {name: parse_slots(template) for name in names if (template := getattr(self, name)) is not None}


class Layout(_Strict):
    """All of a layout file."""

    file: FileShape = FileShape()
    event: EventShape
    where: tuple[RowTest, ...] = ()
    require: tuple[Requirement, ...] = ()

    def columns_named(self) -> Iterator[str]:
        """Every column the layout needs, in the order of its mention."""
        for slots in self.event.slots().values():
            yield from slots.columns
        yield from self.event.attributes
        for test in (*self.where, *self.require):
            yield test.column

    @property
    def fixed_unit(self) -> str | None:
        """The one unit of every row, where the layout's unit names no column: `events load` and `replay` make it if it is absent."""
        unit = self.event.unit
        return unit if unit and not parse_slots(unit).columns else None


def read_layout(path: Path) -> Layout:
    """Read a layout file.

    Raises  LayoutInvalid with the field that is wrong
    """
    try:
        return parse_layout(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise LayoutInvalid(field="", problem=error.strerror or "unreadable") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayoutInvalid(field="", problem=str(error)) from None


def parse_layout(document: dict[str, Any]) -> Layout:
    """A layout from a parsed document.

    Raises  LayoutInvalid with the field that is wrong
    """
    try:
        return Layout.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise LayoutInvalid(field=".".join(str(part) for part in first["loc"]), problem=first["msg"]) from None
