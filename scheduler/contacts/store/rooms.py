"""The SQL of what a batch shares: quotas and budgets of the day, units that rest, observed rates.

Rows come sorted by key, so that two processes that meet the same ones meet them in the same order; one statement each,
however many rows: they travel as one JSON text.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import Session, col

from portal.foundation.db import dialect_of, keys_in, keys_named
from portal.foundation.ids import new_ids
from portal.foundation.queries import Query
from portal.people.models import OrgUnit
from questionnaires.answering.models import Invitation
from scheduler.contacts.models import AskingRate, UnitPause


class Answered(NamedTuple):
    """An answer, as far as quotas of completes go."""

    at: datetime
    touchpoint: str
    unit_id: UUID | None
    segment: str | None


DayKey = tuple[str, date]
"""Quota scope, or channel, and day."""
OBSERVED = ("reached", "fitting", "passed", "sent")
_TABLES = {"quota": ("scope", "day", "date"), "budget": ("channel", "period", "text")}


def _source(session: Session, columns: Mapping[str, str]) -> str:
    """`SELECT` of the rows of the parameter `rows`; ids as each database keeps them."""
    if dialect_of(session) == "postgresql":
        shape = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return f"SELECT {', '.join(columns)} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given({shape})"  # noqa: S608  # own names
    return f"SELECT {', '.join(f'value->>{name!r} AS {name}' for name in columns)} FROM json_each(:rows) WHERE true"  # noqa: S608  # own names


def hold(session: Session, table: str, caps: Mapping[DayKey, int]) -> dict[DayKey, int]:
    """Hold the rows of these quotas or budgets until the transaction ends, making those that are new; how much each has used.

    Shape   `table` is `quota` or `budget`; taken after the persons' locks, never before
    """
    return add(session, table, {key: (cap, 0) for key, cap in caps.items()})


def add(session: Session, table: str, rows: Mapping[DayKey, tuple[int, int]]) -> dict[DayKey, int]:
    """Set the cap of these rows and add to what they have used, whether there is room or not; what they have used then."""
    if not rows:
        return {}
    name, day, kind = _TABLES[table]
    given = [
        {"id": key.hex, name: scope, day: at.isoformat(), "cap": cap, "used": used}
        for key, ((scope, at), (cap, used)) in zip(new_ids(len(rows)), sorted(rows.items()), strict=True)
    ]
    columns = {"id": "uuid", name: "text", day: kind, "cap": "int", "used": "int"}
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) {_source(session, columns)} ON CONFLICT ({name}, {day})"
        f" DO UPDATE SET cap = excluded.cap, used = {table}.used + excluded.used RETURNING {name}, {day}, used"
    )
    found = session.execute(text(statement), {"rows": json.dumps(given)})
    return {(row[0], row[1] if isinstance(row[1], date) else date.fromisoformat(row[1])): row[2] for row in found}


def take(session: Session, table: str, taken: Mapping[DayKey, int]) -> int:
    """Take places of rows that are held; returns how many rows had the room. Fewer than were asked for means that one had not."""
    if not taken:
        return 0
    name, day, kind = _TABLES[table]
    given = [{name: scope, day: at.isoformat(), "n": n} for (scope, at), n in sorted(taken.items())]
    source = _source(session, {name: "text", day: kind, "n": "int"})
    statement = (
        f"UPDATE {table} SET used = used + given.n FROM ({source}) AS given"  # noqa: S608  # own names
        f" WHERE {table}.{name} = given.{name} AND {table}.{day} = given.{day} AND used + given.n <= cap"
    )
    done: Any = session.execute(text(statement), {"rows": json.dumps(given)})
    return int(done.rowcount)


_OBSERVED = Query(
    tuple,
    [col(getattr(AskingRate, name)) for name in ("key", *OBSERVED)],
    lambda query: query.where(keys_named(col(AskingRate.key), "keys")),
)


def observed(session: Session, keys: Iterable[str]) -> dict[str, tuple[int, int, int, int]]:
    """How candidates of these touchpoints, units and months fared so far."""
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in _OBSERVED.rows(session, keys=keys)}


def observe(session: Session, rows: Mapping[str, Sequence[int]]) -> None:
    """Add to them."""
    if not rows:
        return
    given = [{"key": key, **dict(zip(OBSERVED, counts, strict=True))} for key, counts in sorted(rows.items())]
    source = _source(session, {"key": "text", **dict.fromkeys(OBSERVED, "int")})
    added = ", ".join(f"{name} = asking_rate.{name} + excluded.{name}" for name in OBSERVED)
    statement = f"INSERT INTO asking_rate (key, {', '.join(OBSERVED)}) {source} ON CONFLICT (key) DO UPDATE SET {added}"
    session.execute(text(statement), {"rows": json.dumps(given)})


def all_observed(session: Session) -> dict[str, tuple[int, int, int, int]]:
    """All of them, for replay."""
    columns = (col(getattr(AskingRate, name)) for name in ("key", *OBSERVED))
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in session.execute(select(*columns))}


def all_used(session: Session, table: str) -> dict[DayKey, int]:
    """What every quota or budget has used, for replay."""
    name, day, _ = _TABLES[table]
    rows = session.execute(text(f"SELECT {name}, {day}, used FROM {table}"))  # noqa: S608  # own names
    return {(row[0], row[1] if isinstance(row[1], date) else date.fromisoformat(row[1])): row[2] for row in rows}


def answered(session: Session) -> list[Answered]:
    """Every answer to an invitation of the ledger, for replay."""
    query = select(col(Invitation.submitted_at), col(Invitation.touchpoint), col(Invitation.unit_id), col(Invitation.segment))
    rows = session.execute(query.where(col(Invitation.submitted_at).is_not(None), col(Invitation.source) == "invited"))
    return [Answered(row[0], row[1], row[2], row[3]) for row in rows]


def rests(session: Session, now: datetime) -> list[tuple[UUID, datetime, datetime]]:
    """Units that rest now or did until lately: unit, from, until."""
    query = select(col(UnitPause.unit_id), col(UnitPause.from_), col(UnitPause.until)).where(col(UnitPause.until) > now)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def unit_ids(session: Session, codes: Iterable[str]) -> dict[str, UUID]:
    """Units by code; no statement where there is none to look for."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    return {row[0]: row[1] for row in session.execute(select(col(OrgUnit.code), col(OrgUnit.id)).where(keys_in(col(OrgUnit.code), wanted)))}
