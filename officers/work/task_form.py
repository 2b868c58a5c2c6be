"""The form of a task: what was typed becomes a draft, and a task becomes what the form shows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from officers.work.models import Task, TaskCell
from officers.work.rules import audience, comparing
from officers.work.tasks import MOST_CELLS, CellDraft, TaskDraft
from portal.foundation.errors import InvalidInput
from portal.people.edge import uuid_of

SPARE = 3
PLAIN = ("kind", "title_zh", "title_en", "about_zh", "about_en", "evidence_zh", "evidence_en", "touchpoint", "tier")
NUMBERS = ("photos_min", "photos_max", "minutes", "hours", "budget")
MANY = ("kind", "device", "groups")
"""What is chosen from a list, several at once."""
CELL = ("name", "city", "device", "segment", "unit", "cap")
BETWEEN = "|"
YEARS = (2000, 9000)


def read(form: MultiDict[str, str], zone: ZoneInfo) -> TaskDraft:
    """A draft from what was typed.

    Raises  InvalidInput for a number or moment that is none
    """
    fields: dict[str, str] = {}
    values: dict[str, Any] = {name: _text(form, name) for name in PLAIN}
    for name in NUMBERS:
        typed = _text(form, name)
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 8):
            fields[name] = "not_a_number"
            typed = ""
        values[name] = int(typed) if typed else {"photos_min": 0, "photos_max": 0, "minutes": 15}.get(name)
    for name in ("opens_at", "closes_at"):
        values[name] = _moment(_text(form, name), zone, name, fields)
    values["steps"] = tuple(_pair(line) for line in _lines(form, "steps"))
    values["dimensions"] = tuple({"code": f"d{n}", **_pair(line)} for n, line in enumerate(_lines(form, "dimensions")))
    values["banks"] = tuple({"code": comparing.OWN if n == 0 else f"b{n}", **_pair(line)} for n, line in enumerate(_lines(form, "banks")))
    cells = _cells(form, fields)
    if fields:
        raise InvalidInput(fields)
    cuts = {"kind": form.getlist("audience.kind"), "groups": form.getlist("audience.groups")}
    cuts |= {name: audience.values(_text(form, f"audience.{name}")) for name in ("city", "segment")}
    cuts["device"] = audience.values(",".join(form.getlist("audience.device")))
    return TaskDraft(
        **values, version_id=uuid_of(form.get("version_id")), unit_id=uuid_of(form.get("unit_id")), automatic=form.get("automatic") == "1",
        audience=audience.condition(cuts), cells=cells,
    )  # fmt: skip


def revision(form: Mapping[str, str]) -> int | None:
    """Which revision the form was opened with; None where it says none."""
    raw = form.get("revision", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else None


def _text(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()


def _lines(form: Mapping[str, str], name: str) -> list[str]:
    return [line.strip() for line in _text(form, name).split("\n") if line.strip()]


def _pair(line: str) -> dict[str, str]:
    """`中文 | English`; one language alone stands for both."""
    first, _, second = line.partition(BETWEEN)
    return {"zh": first.strip(), "en": second.strip() or first.strip()}


def _moment(typed: str, zone: ZoneInfo, name: str, fields: dict[str, str]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(typed).replace(tzinfo=zone) if typed else None
    except ValueError:
        fields[name] = "not_a_moment"
        return None
    if moment is not None and not YEARS[0] <= moment.year <= YEARS[1]:  # no calendar reaches beyond its ends in another zone
        fields[name] = "not_a_moment"
        return None
    return moment


def _cells(form: Mapping[str, str], fields: dict[str, str]) -> tuple[CellDraft, ...]:
    found = []
    for n in range(MOST_CELLS):
        typed = {name: _text(form, f"cell.{n}.{name}") for name in CELL}
        if not typed["cap"]:
            continue
        if not (typed["cap"].isascii() and typed["cap"].isdigit() and len(typed["cap"]) < 7):
            fields["cells"] = "not_a_number"
            continue
        cuts = {name: audience.values(typed[name]) for name in ("city", "device", "segment")}
        found.append(CellDraft(typed["name"], audience.condition(cuts), uuid_of(typed["unit"]), int(typed["cap"])))
    return tuple(found)


def shown(task: Task | None, cells: Sequence[TaskCell], zone: ZoneInfo) -> dict[str, Any]:
    """A task as the form shows it."""
    if task is None:
        return {"minutes": "15", "photos_min": "0", "photos_max": "0", "cells": _rows([{"cap": "20"}])}
    found: dict[str, Any] = {name: getattr(task, name) for name in PLAIN}
    found |= {name: "" if getattr(task, name) is None else str(getattr(task, name)) for name in NUMBERS}
    for name in ("opens_at", "closes_at"):
        moment = getattr(task, name)
        found[name] = moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else ""
    for name in ("steps", "dimensions", "banks"):
        found[name] = "\n".join(f"{one['zh']} {BETWEEN} {one['en']}" for one in getattr(task, name))
    found |= {"version_id": str(task.version_id or ""), "unit_id": str(task.unit_id), "automatic": "1" if task.automatic else ""}
    cuts = audience.cuts_of(task.audience)
    found |= {f"audience.{name}": cuts.get(name, []) for name in MANY}
    found |= {f"audience.{name}": ", ".join(cuts.get(name, [])) for name in ("city", "segment")}
    return found | {"cells": _rows([_row(cell) for cell in cells])}


def _row(cell: TaskCell) -> dict[str, str]:
    cuts = audience.cuts_of(cell.condition)
    own = {name: ", ".join(cuts.get(name, [])) for name in ("city", "device", "segment")}
    return {"name": cell.name, "unit": str(cell.unit_id or ""), "cap": str(cell.cap), **own}


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, to be shown again beside what is wrong with it."""
    found: dict[str, Any] = dict(form.items())
    found |= {name: form.getlist(name) for name in (f"audience.{one}" for one in MANY)}
    rows = [{name: _text(form, f"cell.{n}.{name}") for name in CELL} for n in range(MOST_CELLS)]
    return found | {"cells": _rows([row for row in rows if any(row.values())])}


def _rows(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    empty = dict.fromkeys(CELL, "")
    return [{**empty, **row} for row in rows] + [dict(empty) for _ in range(min(SPARE, MOST_CELLS - len(rows)))]
