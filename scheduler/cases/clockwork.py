"""A case's row as the rules see it: its facts, and its clock columns, moved when its stage changes."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from scheduler.cases.models import Case, CaseStep
from scheduler.cases.rules.clocks import Clocks, next_moment, stage_of
from scheduler.cases.rules.kinds import PLAIN, At, KindSpec
from scheduler.cases.rules.sla import MARKS, Stage
from scheduler.cases.rules.states import CaseFacts, Outcome, State
from scheduler.cases.rules.worktime import WorkCalendar
from scheduler.cases.store import units as unit_store


def clocks_of(case: Case) -> Clocks:
    """The limits as they stand in the row."""
    return Clocks(case.clock_from, case.accept_due_at, case.contact_due_at, case.resolve_due_at)


def stage_of_case(case: Case) -> Stage | None:
    """The stage that is waited for now."""
    accepted, contacted = case.accepted_at is not None, case.contacted_at is not None
    return stage_of(State(case.state), accepted=accepted, contacted=contacted, may_call=case.may_call is not False)


def set_clocks(case: Case, clocks: Clocks) -> None:
    """Write limits into the row."""
    case.clock_from, case.accept_due_at = clocks.clock_from, clocks.accept_due_at
    case.contact_due_at, case.resolve_due_at = clocks.contact_due_at, clocks.resolve_due_at


def wind(case: Case, stage_before: Stage | None, calendar: WorkCalendar, marks: tuple[float, ...] = MARKS) -> None:
    """After a step: the limit that counts now, and the moment at which the clock tells of it next.

    A new stage starts with no mark told; a paused case tells nothing.
    """
    stage = stage_of_case(case)
    if stage is not stage_before:
        case.clock_mark = 0
    case.due_at = clocks_of(case).due(stage) if stage else None
    waiting = stage is None or case.paused_at is not None
    case.next_mark_at = None if waiting or stage is None else next_moment(clocks_of(case), stage, case.clock_mark, calendar, marks)


def move_limit(session: Session, case: Case, resolve_due_at: datetime, marks: tuple[float, ...] = MARKS) -> None:
    """Another end for the solution, such as an extension that was allowed; what was told of the old limit may be told anew."""
    case.resolve_due_at = resolve_due_at
    if stage_of_case(case) is Stage.RESOLVE:
        case.clock_mark = 0
    wind(case, stage_of_case(case), unit_store.calendars(session, [case.unit_id])[case.unit_id], marks)


def first_times(case: Case) -> None:
    """Keep when the customer was first contacted and when the case was first solved, and whether in time; reopening changes neither."""
    if case.first_contacted_at is None and case.contacted_at is not None:
        case.first_contacted_at, case.contact_in_time = case.contacted_at, case.contacted_at <= case.contact_due_at
    if case.first_resolved_at is None and case.resolved_at is not None:
        case.first_resolved_at, case.resolved_in_time = case.resolved_at, case.resolved_at <= case.resolve_due_at


def restart(case: Case, clocks: Clocks, now: datetime) -> None:
    """A reopened case begins anew: its history stays in the timeline, its clocks and stamps start again."""
    set_clocks(case, clocks)
    case.accepted_at = case.contacted_at = case.resolved_at = case.closed_at = case.paused_at = None
    case.clock_from = now


def facts_of_case(case: Case, timeline: Sequence[CaseStep], spec: KindSpec = PLAIN) -> CaseFacts:
    """What the rules need to know of a case; tries and who resolved it are read from the timeline since it last opened."""
    tries, resolved_by, unreachable = 0, None, False
    for step in timeline:
        if step.act == "reopen":
            tries, resolved_by, unreachable = 0, None, False
        elif step.act == "contact":
            tries += 1
            unreachable = step.facts.get("outcome") == Outcome.UNREACHABLE
        elif step.act == "resolve":
            resolved_by = str(step.actor_id)
    return CaseFacts(
        state=State(case.state),
        kind=case.kind,
        owner=str(case.owner_id) if case.owner_id else None,
        unit=str(case.unit_id),
        rated_staff=case.rated_staff,
        resolved_by=resolved_by,
        accepted=case.accepted_at is not None,
        paused=case.paused_at is not None,
        may_call=case.may_call is not False,
        tries=tries,
        unreachable=unreachable,
        closing=spec.closing,
        needs_cause=spec.root_cause,
        missing={at: spec.missing(at, case.fields or {}) for at in At if at},
        unchecked=spec.unchecked(frozenset(case.checks or ())),
    )
