"""How many open cases each unit can handle (R8): a number of its own, or the policy's; set on a page or by a file."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import record
from portal.foundation.errors import InvalidInput
from scheduler.contacts.lists import Editor
from scheduler.contacts.store import workload as store

COLUMNS, MOST_ROWS, MOST = ("unit", "capacity"), 20_000, 10_000


class Taken(NamedTuple):
    """What became of a file: how many units have another number now, and each row that could not be taken: line, column, code."""

    changed: int
    rejected: list[tuple[int, str, str]]


def number_of(text: str) -> int | None:
    """A capacity as it is typed; blank: as the policy says. 0 means that the rule is off for the unit.

    Raises  ValueError with a code
    """
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise ValueError("not_a_number")
    number = int(text.strip()[:9])
    if number > MOST:
        raise ValueError("out_of_range")
    return number


def change(session: Session, wanted: Mapping[UUID, int | None], editor: Editor, now: datetime) -> int:
    """Give units another capacity; units outside the scope are passed over. Returns how many changed."""
    held = store.own_capacities(session, editor.scope, now, wanted)
    changed = {unit: number for unit, number in wanted.items() if unit in held and held[unit] != number}
    store.set_capacities(session, changed, now)
    for unit, number in changed.items():
        record(session, editor.actor, "workload.capacity", "unit", unit, now, {"from": held[unit], "to": number})
    return len(changed)


def take_file(session: Session, text: str, editor: Editor, now: datetime) -> Taken:
    """Set what a CSV file names (columns unit, capacity); good rows are taken though others are rejected.

    Raises  InvalidInput for a file that has no such columns, or too many rows
    """
    reader = csv.DictReader(io.StringIO(text))
    if reader.fieldnames is None or set(reader.fieldnames) != set(COLUMNS):
        raise InvalidInput({"file": "wrong_columns"})
    rows = list(reader)
    if len(rows) > MOST_ROWS:
        raise InvalidInput({"file": "too_many_rows"})
    units = store.units_by_code(session, editor.scope, now, {(row["unit"] or "").strip() for row in rows})
    wanted: dict[UUID, int | None] = {}
    rejected: list[tuple[int, str, str]] = []
    for line, row in enumerate(rows, start=2):
        unit = units.get((row["unit"] or "").strip())
        try:
            number = number_of(row["capacity"] or "")
        except ValueError as error:
            rejected.append((line, "capacity", str(error)))
            continue
        if unit is None or unit in wanted:
            rejected.append((line, "unit", "unknown_unit" if unit is None else "twice_in_batch"))
            continue
        wanted[unit] = number
    return Taken(change(session, wanted, editor, now), rejected)
