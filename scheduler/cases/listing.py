"""The list of cases as a page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.people.rules.roles import Scope
from scheduler.cases.models import Case
from scheduler.cases.rules.sla import Urgency, urgency
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import holds
from scheduler.cases.store import listing as store
from scheduler.cases.store import units as unit_store
from scheduler.cases.store.listing import Filter

PAGE = 25
Names = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """One case in a list."""

    case: Case
    unit: Names
    owner: str | None
    touchpoint: Names
    urgency: Urgency

    @property
    def metric(self) -> str:
        """nps, csat or ces: how the score's box is coloured."""
        return (self.case.indicator or "").partition(".")[0]


@dataclass(frozen=True)
class CasePage:
    """A page of the list and where the next one begins."""

    lines: Sequence[Line]
    next_cursor: str | None


def read_page(session: Session, wanted: Filter, cursor: str | None, limit: int = PAGE) -> CasePage:
    """One page of the list. A cursor that makes no sense starts at the top."""
    rows = list(store.page(session, wanted, _read_cursor(cursor, wanted), limit))
    more, rows = len(rows) > limit, rows[:limit]
    return CasePage(lines(session, rows, wanted.now), _cursor(rows[-1], wanted) if more else None)


def _cursor(case: Case, wanted: Filter) -> str:
    value = case.due_at.isoformat() if wanted.order.endswith("due") and case.due_at else ""
    return f"{value}~{case.number}"


def _read_cursor(cursor: str | None, wanted: Filter) -> tuple[str, str] | None:
    value, mark, number = (cursor or "").partition("~")
    if not mark:
        return None
    if wanted.order.endswith("due"):
        try:
            if datetime.fromisoformat(value).tzinfo is None:
                return None
        except ValueError:
            return None
    return value, number


def lines(session: Session, cases: Sequence[Case], now: datetime) -> list[Line]:
    """Cases with the names of what they point at; three statements, however many cases."""
    units = {case.unit_id for case in cases}
    names, calendars = unit_store.names_and_calendars(session, units)
    owners = unit_store.people(session, {case.owner_id for case in cases if case.owner_id})
    touchpoints = answer_store.touchpoints(session, {case.touchpoint for case in cases})
    made = []
    for case in cases:
        touchpoint = touchpoints.get(case.touchpoint)
        word = urgency(case.clock_from, case.due_at, now, calendars[case.unit_id], paused=case.paused_at is not None)
        made.append(
            Line(
                case,
                names[case.unit_id],
                owners.get(case.owner_id) if case.owner_id else None,
                (touchpoint.name_zh, touchpoint.name_en) if touchpoint else (case.touchpoint, case.touchpoint),
                word,
            )
        )
    return made


def badges(session: Session, scope: Scope, me: UUID, now: datetime) -> dict[str, int]:
    """The numbers on the tabs, of open cases only: what is settled may be millions and is not counted."""
    mine, overdue = store.counts(session, Filter(scope, now, "mine", me=me))
    return {"open": holds.load(session, scope, now), "mine": mine, "overdue": overdue}


def due_today(session: Session, me: UUID, now: datetime, zone: str, limit: int = 5) -> list[Line]:
    """One person's cases that fall due before the bank's day is over, or have."""
    midnight = datetime.combine(day_in(zone, now) + timedelta(days=1), time(0), tzinfo=ZoneInfo(zone))
    return lines(session, store.due_today(session, me, midnight, limit), now)
