"""Tests of one row: `[[where]]` says which rows are events at all, `[[require]]` which of those are fit to be taken."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

Value = bool | int | float | str

_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?\Z")


class Op(StrEnum):
    """How a column is held against a value."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"
    IN = "in"
    MATCHES = "matches"
    PRESENT = "present"
    ABSENT = "absent"


class RowTest(BaseModel):
    """One column held against one value. Text compares as text, a number only with what reads as a number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: Annotated[str, Field(min_length=1)]
    op: Op
    value: Value | list[Value] | None = None

    @model_validator(mode="after")
    def _value_fits(self) -> "RowTest":
        if self.op in (Op.PRESENT, Op.ABSENT):
            if self.value is not None:
                raise ValueError(f"{self.op} takes no value")
        elif self.op is Op.IN:
            if not isinstance(self.value, list):
                raise ValueError("in takes a list")
        elif self.value is None or isinstance(self.value, list | bool):
            raise ValueError(f"{self.op} takes one text or number")
        if self.op is Op.MATCHES:
            self._check_pattern()
        return self

    def _check_pattern(self) -> None:
        try:
            re.compile(str(self.value))
        except re.error as error:
            raise ValueError(f"not a regular expression: {error.msg}") from None

    @cached_property
    def _holds(self) -> Callable[[str], bool]:
        return _compiled(self.op, self.value)

    def holds(self, row: Mapping[str, str]) -> bool:
        """Whether the row passes."""
        return self._holds(row[self.column])


class Requirement(RowTest):
    """A test that rejects a row, with the reason to tell."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


def as_number(text: str) -> float | None:
    """The number a text reads as, or None."""
    return float(text) if _NUMBER.match(text) else None


def _compiled(op: Op, value: Any) -> Callable[[str], bool]:
    if op is Op.PRESENT:
        return bool
    if op is Op.ABSENT:
        return lambda found: not found
    if op is Op.MATCHES:
        pattern = re.compile(str(value))
        return lambda found: pattern.search(found) is not None
    if op is Op.IN:
        return lambda found: any(_equal(found, one) for one in value)
    if op is Op.EQ:
        return lambda found: _equal(found, value)
    if op is Op.NE:
        return lambda found: not _equal(found, value)
    return _ordering(op, value)


def _equal(found: str, value: Value) -> bool:
    return found == value if isinstance(value, str) else as_number(found) == float(value)


_ORDER: dict[Op, Callable[[Any, Any], bool]] = {
    Op.GT: lambda found, value: bool(found > value),
    Op.GE: lambda found, value: bool(found >= value),
    Op.LT: lambda found, value: bool(found < value),
    Op.LE: lambda found, value: bool(found <= value),
}


def _ordering(op: Op, value: Any) -> Callable[[str], bool]:
    compare = _ORDER[op]
    if isinstance(value, str):
        return lambda found: bool(found) and compare(found, value)

    def numeric(found: str) -> bool:
        number = as_number(found)
        return number is not None and compare(number, value)

    return numeric
