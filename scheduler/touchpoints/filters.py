"""A touchpoint's event filter as rows of a form, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.foundation.conditions import NEEDS_NOTHING, Op
from portal.foundation.errors import InvalidInput

ROWS = 6
MOST_ROWS = 40
GROUPS = ("A", "B", "C", "D")
"""Rows of one group are joined the other way than the groups and the single rows are."""


@dataclass(frozen=True)
class Row:
    """One row: a field held against a value, alone or in a group."""

    field: str = ""
    op: str = ""
    value: str = ""
    group: str = ""


@dataclass(frozen=True)
class Rows:
    """The rows of a filter and how they are joined."""

    join: str = "all"
    rows: tuple[Row, ...] = ()

    def padded(self) -> list[Row]:
        """The rows with a few empty ones, for readers without script."""
        return [*self.rows, *([Row()] * max(3 - len(self.rows), 1))]


def rows_of(condition: Mapping[str, Any] | None) -> Rows | None:
    """A stored filter as rows; None where it says more than rows can show, so that the form leaves it as it is."""
    if not condition:
        return Rows()
    join = "any" if "any" in condition else "all"
    inner = "all" if join == "any" else "any"
    rows: list[Row] = []
    names = iter(GROUPS)
    for part in condition.get(join, [condition]):
        if "field" in part:
            rows.append(_row(part))
            continue
        group = next(names, None)
        if group is None or set(part) != {inner} or any("field" not in one for one in part[inner]):
            return None
        rows += [_row(one, group) for one in part[inner]]
    return Rows(join, tuple(rows))


def _row(test: Mapping[str, Any], group: str = "") -> Row:
    return Row(test["field"], test["op"], _written(test.get("value")), group)


def entered(form: Mapping[str, str]) -> Rows:
    """The rows as they were typed, to be shown again."""
    rows = (Row(*(form.get(f"{name}{n}", "")[:200] for name in ("field", "op", "value", "group"))) for n in range(MOST_ROWS))
    return Rows("any" if form.get("join") == "any" else "all", tuple(row for row in rows if row.field))


def condition_of(form: Mapping[str, str], types: Mapping[str, str]) -> dict[str, Any] | None:
    """The filter that the form's rows say; None for no row at all. `types` names the fields that the event has.

    Raises  InvalidInput where a row is not complete, names no field of the event, or its value is of the wrong kind
    """
    typed = entered(form)
    inner = "all" if typed.join == "any" else "any"
    parts: list[dict[str, Any]] = []
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in typed.rows:
        test = _test(row, types)
        if row.group not in GROUPS:
            parts.append(test)
        elif row.group in groups:
            groups[row.group].append(test)
        else:
            groups[row.group] = [test]
            parts.append({inner: groups[row.group]})
    return {typed.join: parts} if parts else None


def _test(row: Row, types: Mapping[str, str]) -> dict[str, Any]:
    if row.field not in types:
        raise InvalidInput({"filter": "no_such_attribute"})
    if row.op not in set(Op) - {Op.NOT_IN}:
        raise InvalidInput({"filter": "not_a_condition"})
    test: dict[str, Any] = {"field": row.field, "op": row.op}
    kind = types[row.field]
    if row.op == Op.IN:
        test["value"] = [_value(one.strip(), kind) for one in row.value.replace("，", ",").split(",") if one.strip()] or _value("", kind)
    elif Op(row.op) not in NEEDS_NOTHING:
        test["value"] = _value(row.value.strip(), kind)
    return test


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
    if isinstance(value, list | tuple):
        return ", ".join(_written(one) for one in value)
    return "" if value is None else "yes" if value is True else "no" if value is False else str(value)
