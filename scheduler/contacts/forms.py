"""The contact policy as a form: how its entries become tables and come back.

Blank or 0 means that a rule is off. Names in the form: `cooldown.any.sent.days` for one entry, `caps-n2` for a row's.
"""

from collections.abc import Mapping
from typing import Any

from scheduler.contacts.policy_fields import COOLDOWNS, GROUPS, Entry, Table
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.reasons import Rule

MOST_ROWS = 60


def read(form: Mapping[str, str], lists: Any) -> dict[str, Any]:
    """The policy's tables as typed; sections without any figure are left out. `lists(name)` gives all values of a name.

    What is no number stays as it was typed: the policy itself says what is wrong with it
    """
    raw: dict[str, Any] = {}
    for group in GROUPS:
        for entry in (*group.entries, *(COOLDOWNS if group.rule is Rule.COOLDOWN else ())):
            value = _typed(entry, form.get(entry.path, ""), lists(entry.path))
            if value not in (None, "", [], False):
                _put(raw, entry.path.split("."), value)
        for table in group.tables:
            rows = _rows(table, form, lists)
            if rows:
                raw[table.path] = {row[table.columns[0].path]: row.get(table.columns[1].path) for row in rows} if table.keyed else rows
    return _whole(raw)


def _whole(raw: dict[str, Any]) -> dict[str, Any]:
    """A rule whose main figure is blank is off, whatever else was typed for it."""
    for section, main in (("workload", "capacity"), ("reminders", "count")):
        if section in raw and not raw[section].get(main):
            del raw[section]
    return raw


def _rows(table: Table, form: Mapping[str, str], lists: Any) -> list[dict[str, Any]]:
    rows = []
    for place in range(MOST_ROWS):
        names = {column.path: f"{table.path}-{column.path}{place}" for column in table.columns}
        row = {column.path: _typed(column, form.get(names[column.path], ""), lists(names[column.path])) for column in table.columns}
        row = {name: value for name, value in row.items() if value not in (None, "", [], False)}
        chosen = {column.path for column in table.columns if column.kind == "choice"}
        if set(row) - chosen:  # a row in which nothing was typed is none
            rows.append(row)
    return rows


def _typed(entry: Entry, text: str, several: list[str]) -> Any:
    text = text.strip()[:200]
    if entry.kind == "flag":
        return bool(text)
    if entry.kind == "several":
        return several
    if entry.kind == "list":
        return [_number(one) for one in text.replace("→", ",").replace("，", ",").replace(" ", ",").split(",") if one]
    if entry.kind in ("number", "percent") and text:
        number = _number(text)
        return number / 100 if entry.kind == "percent" and isinstance(number, int | float) else number
    return text or None


def _number(text: str) -> int | float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and abs(number) < 10**12 else number


def _put(raw: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        raw = raw.setdefault(name, {})
    raw[path[-1]] = value


def shown(policy: ContactPolicy) -> dict[str, Any]:
    """The policy as the form shows it: texts by the names of the form, rows as lists."""
    raw = policy.model_dump(mode="json", exclude_none=True, exclude={"salt"})
    values: dict[str, Any] = {}
    for group in GROUPS:
        for entry in (*group.entries, *(COOLDOWNS if group.rule is Rule.COOLDOWN else ())):
            values[entry.path] = _written(entry, _at(raw, entry.path))
        for table in group.tables:
            held: Any = raw.get(table.path) or []
            rows: list[dict[str, Any]] = list(held)
            if table.keyed and isinstance(held, dict):
                rows = [dict(zip([one.path for one in table.columns], pair, strict=True)) for pair in held.items()]
            values[table.path] = [{column.path: _written(column, row.get(column.path)) for column in table.columns} for row in rows]
    return values


def typed_again(form: Mapping[str, str], lists: Any) -> dict[str, Any]:
    """What was typed, to be shown again beside what is wrong with it."""
    values: dict[str, Any] = {}
    for group in GROUPS:
        for entry in (*group.entries, *(COOLDOWNS if group.rule is Rule.COOLDOWN else ())):
            values[entry.path] = lists(entry.path) if entry.kind == "several" else form.get(entry.path, "")
        for table in group.tables:
            found = []
            for place in range(MOST_ROWS):
                names = {column.path: (f"{table.path}-{column.path}{place}", column) for column in table.columns}
                row = {key: lists(name) if column.kind == "several" else form.get(name, "") for key, (name, column) in names.items()}
                if any(row[column.path] for column in table.columns if column.kind != "choice"):
                    found.append(row)
            values[table.path] = found
    return values


def _at(raw: Mapping[str, Any], path: str) -> Any:
    found: Any = raw
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _written(entry: Entry, value: Any) -> Any:
    if entry.kind == "several":
        return list(value or [])
    if value in (None, 0, 0.0, False):
        return ""
    if entry.kind == "percent":
        return f"{value * 100:g}"
    if entry.kind == "list":
        return ", ".join(f"{one:g}" for one in value)
    if entry.kind == "clock":
        return str(value)[:5]
    return f"{value:g}" if isinstance(value, float) else str(value)


def beside(field: str) -> str:
    """The form's name for a field of the policy that is wrong: `caps.0.n` is `caps-n0`."""
    parts = field.split(".")
    tables = {table.path for group in GROUPS for table in group.tables}
    if len(parts) >= 2 and parts[0] in tables:
        if parts[1].isdigit():
            return f"{parts[0]}-{parts[2] if len(parts) > 2 else ''}{parts[1]}" if len(parts) > 2 else parts[0]
        return parts[0]
    return ".".join(part for part in parts if not part.isdigit())
