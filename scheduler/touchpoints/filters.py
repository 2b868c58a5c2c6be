"""A touchpoint's event filter as rows of a form, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.foundation.conditions import NEEDS_NOTHING, Op
from portal.foundation.errors import InvalidInput

ROWS = 6


@dataclass(frozen=True)
class Row:
    """One row: a field held against a value."""

    field: str = ""
    op: str = ""
    value: str = ""


@dataclass(frozen=True)
class Rows:
    """The rows of a filter and how they are joined."""

    join: str = "all"
    rows: tuple[Row, ...] = ()

    def padded(self) -> list[Row]:
        """The rows with empty ones up to as many as the form shows."""
        return [*self.rows, *([Row()] * max(ROWS - len(self.rows), 1))]


def rows_of(condition: Mapping[str, Any] | None) -> Rows | None:
    """A stored filter as rows; None where it says more than rows can show, so that the form leaves it as it is."""
    if not condition:
        return Rows()
    join = "any" if "any" in condition else "all"
    tests = condition.get(join, [condition])
    if any("field" not in test or isinstance(test.get("value"), list | tuple) for test in tests):
        return None
    return Rows(join, tuple(Row(test["field"], test["op"], _written(test.get("value"))) for test in tests))


def condition_of(form: Mapping[str, str], types: Mapping[str, str]) -> dict[str, Any] | None:
    """The filter that the form's rows say; None for no row at all. `types` names the fields there are.

    Raises  InvalidInput where a row is not complete or its value is of the wrong kind
    """
    tests = []
    for number in range(ROWS * 2):
        name, op = form.get(f"field{number}", ""), form.get(f"op{number}", "")
        if not name:
            continue
        if name not in types or op not in set(Op) - {Op.IN, Op.NOT_IN}:
            raise InvalidInput({"filter": "not_a_condition"})
        test: dict[str, Any] = {"field": name, "op": op}
        if Op(op) not in NEEDS_NOTHING:
            test["value"] = _value(form.get(f"value{number}", "").strip(), types[name])
        tests.append(test)
    return {"any" if form.get("join") == "any" else "all": tests} if tests else None


def _value(text: str, kind: str) -> str | int | float | bool:
    if not text:
        raise InvalidInput({"filter": "value_missing"})
    if kind == "flag":
        found = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}.get(text.lower())
        if found is None:
            raise InvalidInput({"filter": "not_a_flag"})
        return found
    if kind == "number":
        try:
            number = float(text)
        except ValueError:
            raise InvalidInput({"filter": "not_a_number"}) from None
        if not abs(number) < 10**15:
            raise InvalidInput({"filter": "not_a_number"})
        return int(number) if number.is_integer() else number
    return text[:100]


def _written(value: Any) -> str:
    return "" if value is None else "yes" if value is True else "no" if value is False else str(value)
