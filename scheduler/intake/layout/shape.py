"""The layout file: a TOML document that says how rows become events."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field

from portal.foundation.delimited.rowtests import Requirement, RowTest
from portal.foundation.delimited.shape import FileShape, Strict, Template, Zone, parse_document, read_document
from portal.foundation.delimited.slots import Slots, parse_slots


class EventShape(Strict):
    """How a row's columns become an event's fields; each is a template over column names in braces."""

    type: Template
    event_id: Template
    customer_ref: Template
    occurred_at: Template
    occurred_at_format: Annotated[str, Field(min_length=1)] = "iso"
    timezone: Zone = "UTC"
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


class Layout(Strict):
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
    return read_document(path, Layout)


def parse_layout(document: dict[str, Any]) -> Layout:
    """A layout from a parsed document.

    Raises  LayoutInvalid with the field that is wrong
    """
    return parse_document(document, Layout)
