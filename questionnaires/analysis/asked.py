"""What the address of a page about words asks for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import request
from sqlmodel import Session

from portal.foundation import cursors, web
from portal.foundation.errors import NotFound
from portal.people import access, edge, store
from portal.people.rules.roles import Scope
from questionnaires.analysis.store.words import Wanted
from questionnaires.metrics.when import today

LENGTHS = {"7": 7, "30": 30, "90": 90, "365": 365}
MOODS = {"good": 1, "neither": 0, "bad": -1}


@dataclass(frozen=True)
class Asked:
    """The filters as they stand in the address; what makes no sense is as if it were not there."""

    unit: str
    period: str
    touchpoint: str
    source: str
    topic: str
    mood: str
    band: str


def asked() -> Asked:
    """The filters of this request."""
    period = edge.asked("period", 4)
    return Asked(
        edge.asked("unit", 60),
        period if period in LENGTHS else "30",
        edge.asked("touchpoint", 60),
        edge.asked("source", 12),
        edge.asked("topic", 40),
        edge.asked("mood", 8),
        edge.asked("band", 8),
    )


def wanted(session: Session, permission: str, asked: Asked) -> Wanted:
    """Which words these filters mean for this reader.

    Raises  NotFound for a unit that is not there or outside the scope
    """
    last = today()
    return Wanted(
        scope=units(session, permission, asked.unit),
        now=web.now(),
        first=last - timedelta(days=LENGTHS[asked.period] - 1),
        last=last,
        touchpoint=asked.touchpoint,
        source=asked.source,
        topic=asked.topic,
        mood=MOODS.get(asked.mood),
        band={"low": -1, "mid": 0, "high": 1}.get(asked.band),
    )


def units(session: Session, permission: str, code: str) -> Scope:
    """The reader's units, or of them the one with a code.

    Raises  NotFound
    """
    if not code:
        return access.view(permission)
    unit = store.unit_by_code(session, code)
    if unit is None:
        raise NotFound
    access.check_unit(permission, unit.id, session)
    return Scope(unit_ids=(unit.id,))


def unit_choices(session: Session, permission: str) -> list[dict[str, str]]:
    """The reader's units for a picker, by code, in the order of the tree."""
    return [
        {"id": node["name"].rpartition(" · ")[2], "name": node["name"].rpartition(" · ")[0], "depth": node["depth"]}
        for node in edge.unit_choices(session, access.scope(permission), web.now())
    ]


def cursor() -> tuple[datetime, UUID] | None:
    """Where a list goes on; None for its top and for what makes no sense."""
    return cursors.at(request.args.get("cursor"))


def cursor_after(at: datetime, key: UUID) -> str:
    """The address of what comes after a row."""
    return cursors.text_of(at, key)


def months(last: date, n: int) -> tuple[date, date]:
    """The first and last day of the n whole months before the one of a day."""
    end = last.replace(day=1) - timedelta(days=1)
    first = end.replace(day=1)
    for _ in range(n - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return first, end
