"""Kinds of cases as data: limits, fields, checklist, who approves closing, who is told when a limit is over, what the customer is told."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scheduler.cases.rules.sla import LIMITS, MARKS, Basis, Limit, Stage

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Short = Annotated[str, Field(min_length=1, max_length=60)]
LONGEST_VALUE = 1000


class Closing(StrEnum):
    """Whose yes a case of this kind needs before it is closed."""

    NOBODY = "nobody"
    MANAGER = "manager"
    ABOVE = "above"


class To(StrEnum):
    """Who is told on a rung of the ladder."""

    OWNER = "owner"
    MANAGER = "manager"
    ABOVE = "above"
    HEAD = "head"


class FieldType(StrEnum):
    """What a field of a kind holds."""

    TEXT = "text"
    LONG = "long"
    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    FLAG = "flag"


class At(StrEnum):
    """The step at which a field must be filled in."""

    NEVER = ""
    ACCEPT = "accept"
    CONTACT = "contact"
    RESOLVE = "resolve"
    CLOSE = "close"


class Tell(StrEnum):
    """What the customer is told of."""

    OPENED = "opened"
    CONTACTED = "contacted"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(_Strict):
    """A code with its words."""

    code: Code
    zh: Short
    en: Annotated[str, Field(min_length=1, max_length=100)]


class LimitSpec(_Strict):
    """So much time for one stage."""

    amount: int = Field(ge=1, le=400)
    basis: Basis


class FieldSpec(Named):
    """A field that cases of this kind have beside the usual ones."""

    type: FieldType = FieldType.TEXT
    options: tuple[Named, ...] = ()
    required_at: At = At.NEVER

    @model_validator(mode="after")
    def _options_for_choices(self) -> Self:
        if (self.type is FieldType.CHOICE) != bool(self.options):
            raise ValueError("a choice has options, and nothing else has")
        return self


class CheckSpec(Named):
    """A line of the checklist; a required one must be ticked before the case is resolved."""

    required: bool = False


class Rung(_Strict):
    """After so many percent of a limit, somebody higher is told."""

    percent: int = Field(ge=50, le=400)
    to: To


class KindSpec(_Strict):
    """What a kind of case is; a published version binds the cases that open while it is in force.

    Shape   `contact`: the customer must be contacted; `hold`: no invitations to him while open; `rerate`: he rates the result
    """

    name_zh: Short
    name_en: Annotated[str, Field(min_length=1, max_length=100)]
    limits: dict[Stage, LimitSpec]
    contact: bool = True
    root_cause: bool = True
    rerate: bool = True
    hold: bool = True
    closing: Closing = Closing.NOBODY
    fields: tuple[FieldSpec, ...] = Field(default=(), max_length=40)
    checklist: tuple[CheckSpec, ...] = Field(default=(), max_length=40)
    ladder: tuple[Rung, ...] = Field(default=(Rung(percent=100, to=To.ABOVE),), max_length=8)
    tell: frozenset[Tell] = frozenset()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if set(self.limits) != set(Stage):
            raise ValueError("every stage has a limit")
        for part in (self.fields, self.checklist):
            if len({one.code for one in part}) != len(part):
                raise ValueError("codes must differ")
        return self

    @property
    def marks(self) -> tuple[float, ...]:
        """The shares of a limit at which somebody is told something."""
        return tuple(sorted({*MARKS, *(rung.percent / 100 for rung in self.ladder)}))

    @property
    def times(self) -> dict[Stage, Limit]:
        """The limits for the clocks."""
        return {stage: Limit(one.amount, one.basis) for stage, one in self.limits.items()}

    def told_at(self, percent: int) -> frozenset[To]:
        """Who is told at a mark by the ladder."""
        return frozenset(rung.to for rung in self.ladder if rung.percent == percent)

    def missing(self, step: str, filled: Mapping[str, Any]) -> frozenset[str]:
        """The fields that a step needs and that are empty."""
        return frozenset(one.code for one in self.fields if one.required_at == step and step and filled.get(one.code) in (None, "", []))

    def unchecked(self, ticked: frozenset[str]) -> frozenset[str]:
        """The required lines of the checklist that are not ticked."""
        return frozenset(one.code for one in self.checklist if one.required) - ticked


PLAIN = KindSpec(
    name_zh="工单", name_en="Case", limits={stage: LimitSpec(amount=limit.amount, basis=limit.basis) for stage, limit in LIMITS.items()}
)
"""What holds for a kind that nobody described."""


def read_value(field: FieldSpec, text: str) -> Any:
    """What was typed for a field; None where it is empty.

    Raises  ValueError for what the field cannot hold
    """
    typed = text.replace("\x00", "").strip()[:LONGEST_VALUE]
    if not typed:
        return None
    if field.type is FieldType.CHOICE and typed not in {one.code for one in field.options}:
        raise ValueError("not_one_of_the_words")
    if field.type is FieldType.FLAG:
        return True
    if field.type is FieldType.NUMBER:
        return _number(typed)
    if field.type is FieldType.DATE:
        return _day(typed)
    return typed


def _number(typed: str) -> float:
    value = float(typed)
    if not abs(value) < 1e12:
        raise ValueError("out_of_range")
    return value


def _day(typed: str) -> str:
    return date.fromisoformat(typed).isoformat()
