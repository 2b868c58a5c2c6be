"""The clocks of one case: which limit counts now, when to tell of it next, what waiting does to it."""

from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.cases.rules.sla import LIMITS, MARKS, Limit, Pause, Stage, after_pause, due, next_mark
from scheduler.cases.rules.states import OPEN_STATES, State
from scheduler.cases.rules.worktime import WorkCalendar


@dataclass(frozen=True)
class Clocks:
    """When a case's limits began and when each ends."""

    clock_from: datetime
    accept_due_at: datetime
    contact_due_at: datetime
    resolve_due_at: datetime

    def due(self, stage: Stage) -> datetime:
        """The end of one stage's limit."""
        return {Stage.ACCEPT: self.accept_due_at, Stage.CONTACT: self.contact_due_at, Stage.RESOLVE: self.resolve_due_at}[stage]


def start(now: datetime, calendar: WorkCalendar, limits: dict[Stage, Limit] = LIMITS) -> Clocks:
    """All limits of a case that opens, or reopens, now."""
    return Clocks(now, *(due(now, limits[stage], calendar) for stage in Stage))


def handed_over(clocks: Clocks, now: datetime, calendar: WorkCalendar, limits: dict[Stage, Limit] = LIMITS) -> Clocks:
    """A transfer gives the new unit its time to accept; the customer's own limits run on."""
    return replace(clocks, clock_from=now, accept_due_at=due(now, limits[Stage.ACCEPT], calendar))


def continued(clocks: Clocks, waited_from: datetime, now: datetime, calendar: WorkCalendar) -> Clocks:
    """All limits, and their beginning, moved on by the open hours that were spent waiting for the customer."""
    pause = Pause(waited_from, now)
    return Clocks(
        calendar.add(clocks.clock_from, calendar.between(waited_from, now)),
        *(after_pause(clocks.due(stage), pause, now, calendar) for stage in Stage),
    )


def stage_of(state: State, *, accepted: bool, contacted: bool, may_call: bool) -> Stage | None:
    """The stage that is waited for; none when nothing is owed any more."""
    if state not in OPEN_STATES:
        return None
    if not accepted:
        return Stage.ACCEPT
    return Stage.CONTACT if may_call and not contacted else Stage.RESOLVE


def next_moment(clocks: Clocks, stage: Stage, marked: int, calendar: WorkCalendar, marks: tuple[float, ...] = MARKS) -> datetime | None:
    """When the clock has something to tell next (50, 80, 100 % of the stage's limit, and the ladder's rungs); none after the last."""
    found = next_mark(marked / 100, clocks.clock_from, clocks.due(stage), calendar, marks)
    return found[1] if found else None
