"""One small JSON grammar of conditions, for branching, event filters, alert rules, segments and quotas.

A condition is `{"all": [...]}`, `{"any": [...]}`, `{"not": ...}` or a test `{"field": "nps", "op": "le", "value": 6}`.
Evaluation knows three values: a blank or absent field makes a test *unknown* (None), never true and never false, so
that an unanswered question is not "at most 6". `static/js/conditions.js` is the twin for the answer page; both are
held by the table in `tests/portal/foundation/conditions.json`.

Numbers compare by value, also when they arrive as digits in text. Everything else compares as text, letter by letter: ISO
dates (`2026-06-01`) and times (`09:30`) therefore order rightly among themselves, and have no order with a number. Of a
list (several choices, a ranking) it is enough that one entry fits; `ne` and `not_in` want that none does. Work is bounded:
8 levels, 100 parts, 500 values, no pattern language.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter, model_validator

MAX_DEPTH = 8
MAX_TESTS = 100
MAX_VALUES = 500
LONGEST_VALUE = 1000
LARGEST_NUMBER = 2**53
"""Beyond it a page's numbers are no longer exact."""

Facts = Mapping[str, Any]


class Op(StrEnum):
    """How a field is held against a value."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    STARTS = "starts"
    PRESENT = "present"
    ABSENT = "absent"


Scalar = bool | int | float | str
Value = (
    bool
    | Annotated[int, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
    | Annotated[float, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER, allow_inf_nan=False)]
    | Annotated[str, Field(max_length=LONGEST_VALUE)]
)
NEEDS_LIST = frozenset({Op.IN, Op.NOT_IN})
NEEDS_NOTHING = frozenset({Op.PRESENT, Op.ABSENT})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Test(_Strict):
    """One field held against one value."""

    __test__ = False  # pytest: this is no test class

    field: Annotated[str, Field(min_length=1, max_length=100)]
    op: Op
    value: Value | Annotated[tuple[Value, ...], Field(max_length=MAX_VALUES)] | None = None

    @model_validator(mode="after")
    def _value_fits_the_operator(self) -> "Test":
        if self.op in NEEDS_NOTHING and self.value is not None:
            raise ValueError(f"{self.op} takes no value")
        if self.op in NEEDS_LIST and not isinstance(self.value, tuple):
            raise ValueError(f"{self.op} takes a list")
        if self.op not in NEEDS_LIST | NEEDS_NOTHING and (self.value is None or isinstance(self.value, tuple)):
            raise ValueError(f"{self.op} takes one value")
        return self


class AllOf(_Strict):
    """True where every part is true; an empty list is true."""

    all: tuple["Condition", ...]


class AnyOf(_Strict):
    """True where one part is true; an empty list is false."""

    any: tuple["Condition", ...]


class Not(_Strict):
    """The opposite; unknown stays unknown."""

    not_: "Condition" = Field(alias="not")
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)


def _kind(value: object) -> Literal["all", "any", "not", "test"]:
    for name, model in (("all", AllOf), ("any", AnyOf), ("not", Not)):
        if isinstance(value, model) or (isinstance(value, dict) and name in value):
            return name  # type: ignore[return-value]  # the tuple above holds just these
    return "test"


Condition = Annotated[
    Annotated[AllOf, Tag("all")] | Annotated[AnyOf, Tag("any")] | Annotated[Not, Tag("not")] | Annotated[Test, Tag("test")],
    Discriminator(_kind),
]
AllOf.model_rebuild()
AnyOf.model_rebuild()
Not.model_rebuild()
Parsed = AllOf | AnyOf | Not | Test
_ADAPTER: TypeAdapter[Parsed] = TypeAdapter(Condition)


def parse(raw: object) -> "Parsed":
    """A condition from parsed JSON.

    Raises  ValueError (pydantic's) for an unknown key, operator or shape, for more than 8 levels or 100 tests
    """
    _bounded(raw, 0, [0])
    return _ADAPTER.validate_python(raw)


def _bounded(raw: object, depth: int, count: list[int]) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"conditions are nested at most {MAX_DEPTH} deep")
    if isinstance(raw, dict):
        for key in ("all", "any"):
            for part in raw.get(key) or () if isinstance(raw.get(key), list | tuple) else ():
                _bounded(part, depth + 1, count)
        if "not" in raw:
            _bounded(raw["not"], depth + 1, count)
    count[0] += 1
    if count[0] > MAX_TESTS:
        raise ValueError(f"a condition has at most {MAX_TESTS} parts")


def fields_of(condition: "Parsed") -> Iterator[str]:
    """The names of the fields a condition reads, in order, repeated where they repeat."""
    for test in tests_of(condition):
        yield test.field


def tests_of(condition: "Parsed") -> Iterator[Test]:
    """The single tests of a condition, in order."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Not):
        yield from tests_of(condition.not_)
    else:
        for part in condition.all if isinstance(condition, AllOf) else condition.any:
            yield from tests_of(part)


def evaluate(condition: "Parsed | None", facts: Facts) -> bool | None:
    """Whether the facts meet a condition: True, False, or None where a needed field is blank or of another kind.

    No condition at all is True. `holds` turns unknown into "no".
    """
    if condition is None:
        return True
    if isinstance(condition, Test):
        return _test(condition, facts)
    if isinstance(condition, Not):
        inner = evaluate(condition.not_, facts)
        return None if inner is None else not inner
    wanted = isinstance(condition, AnyOf)
    parts = condition.any if isinstance(condition, AnyOf) else condition.all
    unknown = False
    for part in parts:
        value = evaluate(part, facts)
        if value is wanted:
            return wanted
        unknown = unknown or value is None
    return None if unknown else not wanted


def holds(condition: "Parsed | None", facts: Facts) -> bool:
    """Whether the facts certainly meet the condition."""
    return evaluate(condition, facts) is True


def _test(test: Test, facts: Facts) -> bool | None:
    found = facts.get(test.field)
    blank = found is None or found == "" or found == [] or found == ()
    if test.op is Op.PRESENT:
        return not blank
    if test.op is Op.ABSENT:
        return blank
    if blank:
        return None
    if isinstance(found, list | tuple | set | frozenset):
        return _test_many(test, found)
    return _test_one(test.op, found, test.value)


def _test_many(test: Test, found: list[Any] | tuple[Any, ...] | set[Any] | frozenset[Any]) -> bool | None:
    """A multiple choice: `contains`, `eq` and `in` ask whether one of its values fits, `ne` and `not_in` whether none does."""
    if test.op in (Op.NE, Op.NOT_IN):
        positive = _test_many(Test.model_construct(field=test.field, op=Op.EQ if test.op is Op.NE else Op.IN, value=test.value), found)
        return None if positive is None else not positive
    op = Op.EQ if test.op is Op.CONTAINS else test.op
    results = [_test_one(op, one, test.value) for one in found]
    if True in results:
        return True
    return None if results and all(result is None for result in results) else False


def _test_one(op: Op, found: Any, value: Any) -> bool | None:
    if op is Op.IN or op is Op.NOT_IN:
        inside = any(_same(found, one) for one in value)
        return inside if op is Op.IN else not inside
    if op is Op.EQ:
        return _same(found, value)
    if op is Op.NE:
        return not _same(found, value)
    if op is Op.CONTAINS:
        return _as_text(value).lower() in _as_text(found).lower()
    if op is Op.STARTS:
        return _as_text(found).lower().startswith(_as_text(value).lower())
    return _ordered(op, found, value)


def _same(found: Any, value: Any) -> bool:
    """Numbers by value, also when one side arrived as text; truth values only with truth values; text to the letter."""
    if isinstance(found, bool) or isinstance(value, bool):
        return _as_flag(found) is _as_flag(value) and _as_flag(value) is not None
    left, right = _as_number(found), _as_number(value)
    if left is not None and right is not None:
        return left == right
    return _as_text(found) == _as_text(value)


def _ordered(op: Op, found: Any, value: Any) -> bool | None:
    left, right = _as_number(found), _as_number(value)
    if left is None or right is None:
        if not (isinstance(found, str) and isinstance(value, str)) or (left is None) != (right is None):
            return None
        return _compare(op, found, value)  # ISO dates order as text
    return _compare(op, left, right)


def _compare(op: Op, left: Any, right: Any) -> bool:
    if op is Op.LT:
        return bool(left < right)
    if op is Op.LE:
        return bool(left <= right)
    if op is Op.GT:
        return bool(left > right)
    return bool(left >= right)


_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?\Z")


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) <= LARGEST_NUMBER else None
    if isinstance(value, str) and _NUMBER.match(value):
        return float(value)
    return None


def _as_flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(_as_text(value).lower())


def _as_text(value: Any) -> str:
    """A value as the answer page writes it: `true`, 3 for 3.0, and small numbers without an exponent down to 0.000001."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float) or value != value or abs(value) > LARGEST_NUMBER:
        return str(value)
    if value.is_integer():
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    return f"{Decimal(text):f}" if abs(value) >= 1e-6 else text.replace("e-0", "e-")
