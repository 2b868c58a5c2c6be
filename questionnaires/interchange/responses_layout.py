"""The layout of a file of old answers: how rows become responses."""

from collections.abc import Iterator
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from portal.foundation.delimited.rowtests import Requirement, RowTest
from portal.foundation.delimited.shape import FileShape, Strict, Template, Zone
from portal.foundation.delimited.slots import Slots, parse_slots

NAMES = ("id", "submitted_at", "unit", "touchpoint", "channel", "language", "segment", "staff", "product")


class ResponseShape(Strict):
    """How a row's columns become a response's facts; each is a template over column names in braces.

    `id` tells rows apart: without it a row is known by its line and its text, so that the same file adds nothing twice.
    """

    submitted_at: Template
    submitted_at_format: Annotated[str, Field(min_length=1)] = "iso"
    timezone: Zone = "UTC"
    id: Template | None = None
    unit: Template | None = None
    touchpoint: Template | None = None
    channel: Template | None = None
    language: Template | None = None
    segment: Template | None = None
    staff: Template | None = None
    product: Template | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times that carry none."""
        return ZoneInfo(self.timezone)

    def slots(self) -> dict[str, Slots]:
        """The templates taken apart, by the response's field."""
        return {name: parse_slots(template) for name in NAMES if (template := getattr(self, name)) is not None}


class AnswerShape(Strict):
    """Which column answers which question (`code`, or `code__row` of a matrix); values that mean no answer; others renamed.

    separator  between several choices in one cell; a choice whose own words hold it is found by `map`
    chosen     an option that counts as chosen wherever the column holds anything (own words beside it)
    """

    column: Annotated[str, Field(min_length=1)]
    question: Annotated[str, Field(min_length=1)]
    blank: tuple[str, ...] = ()
    map: dict[str, str] = {}
    separator: Annotated[str, Field(max_length=3)] = ""
    chosen: str = ""

    def values(self, cell: str) -> list[str]:
        """The values of a cell, renamed."""
        if self.chosen:
            return [self.chosen]
        if not self.separator or cell in self.map:
            return [self.map.get(cell, cell)]
        pieces, found = cell.split(self.separator), []
        while pieces:
            for end in range(len(pieces), 0, -1):
                part = self.separator.join(pieces[:end]).strip()
                if part in self.map or end == 1:
                    found.append(self.map.get(part, part))
                    del pieces[:end]
                    break
        return found


class ResponsesLayout(Strict):
    """All of a layout file."""

    file: FileShape = FileShape()
    response: ResponseShape
    answer: Annotated[tuple[AnswerShape, ...], Field(min_length=1)]
    where: tuple[RowTest, ...] = ()
    require: tuple[Requirement, ...] = ()

    def columns_named(self) -> Iterator[str]:
        """Every column the layout needs, in the order of its mention."""
        for slots in self.response.slots().values():
            yield from slots.columns
        yield from (one.column for one in self.answer)
        for test in (*self.where, *self.require):
            yield test.column

    @property
    def fixed_unit(self) -> str | None:
        """The one unit of every row, where the layout's unit names no column: made if it is absent."""
        unit = self.response.unit
        return unit if unit and not parse_slots(unit).columns else None
