"""The clock at work: marks at 50, 80 and 100 % of a limit, and what is overdue goes to the level above."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from scheduler.cases import kinds, telling
from scheduler.cases.clockwork import clocks_of, stage_of_case
from scheduler.cases.models import Case
from scheduler.cases.rules.clocks import next_moment
from scheduler.cases.rules.kinds import KindSpec
from scheduler.cases.rules.sla import moment_of
from scheduler.cases.rules.worktime import WorkCalendar
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import units as unit_store

WHOLE = 100


def tick(session: Session, now: datetime, limit: int = 500) -> int:
    """Tell every mark that has passed, once: the highest one where several passed together.

    Returns the number of cases seen. The marks stand in the row, so that a second clock finds nothing to tell.
    """
    cases = case_store.claim_marks(session, now, limit)
    if not cases:
        return 0
    units = {case.unit_id for case in cases}
    calendars, above = unit_store.calendars(session, units), unit_store.level_above(session, units, now)
    book = kinds.load(session)
    found = [
        (case, _tell(case, calendars[case.unit_id], above.get(case.unit_id), now, book.of(case.kind, case.kind_version))) for case in cases
    ]
    case_store.add_steps(session, [step for _case, steps in found for step in steps])
    _notices(session, [(case, book.of(case.kind, case.kind_version)) for case, steps in found if steps], now)
    return len(cases)


def _notices(session: Session, marked: Sequence[tuple[Case, KindSpec]], now: datetime) -> None:
    """The owner hears of every mark; whom the ladder names hears of his rung."""
    telling.escalated(
        session, [(case, "clock", spec.told_at(case.clock_mark)) for case, spec in marked if spec.told_at(case.clock_mark)], now
    )
    words = [
        telling.Word(
            case.owner_id,
            "clock",
            case.id,
            f"clock:{case.id.hex}:{stage_of_case(case)}:{case.clock_mark}:{case.reopened}",
            {"number": case.number, "mark": case.clock_mark, "stage": str(stage_of_case(case))},
        )
        for case, _spec in marked
        if case.owner_id is not None
    ]
    telling.tell_staff(session, words, now)


def _tell(case: Case, calendar: WorkCalendar, above: UUID | None, now: datetime, spec: KindSpec) -> Sequence[dict[str, Any]]:
    stage = stage_of_case(case)
    if stage is None or case.paused_at is not None:
        case.next_mark_at = None
        return []
    clocks = clocks_of(case)
    passed = [round(mark * WHOLE) for mark in spec.marks if moment_of(mark, clocks.clock_from, clocks.due(stage), calendar) <= now]
    mark = max(passed, default=0)
    case.next_mark_at = next_moment(clocks, stage, max(mark, case.clock_mark), calendar, spec.marks)
    if mark <= case.clock_mark:
        return []
    before, case.clock_mark = case.clock_mark, mark
    steps = [case_store.step_row(case.id, now, "clock", facts={"mark": mark, "stage": stage, "due": clocks.due(stage).isoformat()})]
    if mark >= WHOLE > before or (mark > WHOLE and spec.told_at(mark)):
        case.escalated += 1
        facts = {"unit": str(above) if above else None, "stage": stage, "by": "clock"}
        steps.append(case_store.step_row(case.id, now, "escalate", facts=facts))
    return steps
